/**
 * Alerts and records as documents of Elasticsearch or OpenSearch, by the bulk API. A document's id is the alert's, so it
 * is created once; that it is there already is as good as written.
 */
import type { Fields } from "../engine/model/value.ts";
import { isFields } from "../engine/model/value.ts";
import { halving, unanswered } from "./batch/halving.ts";
import type { Answer } from "./http/client.ts";
import { endpointSchema, openEndpoint } from "./http/endpoint.ts";
import { mendable } from "./http/verdict.ts";
import type { Delivery, SinkKind, Verdict } from "./sink.ts";
import { fieldsOf, idOf } from "./text/content.ts";
import { text, textOf } from "./text/options.ts";
import { type PathTemplate, pathTemplate } from "./text/path_template.ts";
import { hidden } from "./text/secrets.ts";

export const elasticsearch: SinkKind = {
  name: "elasticsearch",
  summary: "Indexes in Elasticsearch or OpenSearch",
  schema: {
    type: "object",
    additionalProperties: false,
    required: ["url"],
    properties: {
      ...endpointSchema,
      api_key: { description: "API key in base64, as Elasticsearch gives it.", ...text },
      index: {
        description: "Index or data stream, a template such as `vigie-{pack}`; `vigie-alerts` when absent.",
        ...text,
      },
      records: { description: "The same for records; `vigie-{output}` when absent.", ...text },
    },
  },
  secondSend: "creates nothing: the document's id is the alert's",
  batchMax: 1_000,
  create(options, { name }) {
    const key = textOf(options.api_key);
    const endpoint = openEndpoint(options, name, { secrets: key === undefined ? [] : [key] });
    const alerts = pathTemplate(textOf(options.index) ?? "vigie-alerts");
    const records = pathTemplate(textOf(options.records) ?? "vigie-{output}");
    const headers = {
      "content-type": "application/x-ndjson",
      ...(key === undefined ? {} : { authorization: `ApiKey ${key}` }),
    };
    const send = (body: string, items: (verdicts: readonly Verdict[]) => void) =>
      endpoint.post({
        path: "/_bulk",
        query: { filter_path: "errors,items.*.status,items.*.error" },
        headers,
        body,
        judge: (answer) => itemsOf(answer, key === undefined ? [] : [key], items),
      });
    return {
      open: () => Promise.resolve(),
      deliver: (batch) => deliver(batch, (item) => linesOf(item, "alert" in item ? alerts : records), send),
      close: () => Promise.resolve(endpoint.close()),
    };
  },
  example: 'search: { elasticsearch: { url: "${env:ELASTICSEARCH_URL}", index: "alerts-{pack}" } }',
};

type Send = (body: string, items: (verdicts: readonly Verdict[]) => void) => Promise<Verdict>;

/** An answer speaks of each item, or of the request as a whole; a request that is too large is halved. */
async function deliver(
  batch: readonly Delivery[],
  lines: (item: Delivery) => string | undefined,
  send: Send,
): Promise<readonly Verdict[]> {
  const verdicts = new Map<Delivery, Verdict>();
  const written = batch.filter((item) => lines(item) !== undefined);
  const whole = await halving(written, (part) =>
    send(
      part.map(lines).join(""),
      (items) => part.forEach((item, i) => verdicts.set(item, items[i] ?? unanswered)),
    ));
  written.forEach((item, i) => {
    if (!verdicts.has(item)) verdicts.set(item, whole[i] ?? unanswered);
  });
  return batch.map((item) => verdicts.get(item) ?? nameless);
}

const nameless: Verdict = { result: "rejected", reason: "it lacks a field that the index is named by" };

/** The action and the document, a line each. `@timestamp` is what data streams and dashboards go by. */
function linesOf(item: Delivery, index: PathTemplate): string | undefined {
  const fields = fieldsOf(item);
  const name = index(fields);
  if (name === undefined) return undefined;
  const action = { create: { _index: indexName(name), _id: idOf(item) } };
  return `${JSON.stringify(action)}\n${JSON.stringify({ "@timestamp": fields.event_time ?? null, ...fields })}\n`;
}

/** Names are lower case, without the signs that Elasticsearch refuses, at most 255 bytes. */
function indexName(name: string): string {
  return name.toLowerCase().replace(/[\s\\/*?"<>|,#:]/g, "_").replace(/^[-_+.]+/, "").slice(0, 80);
}

/** Reads the verdict of each item out of an answer that has one; then the request as a whole counts as delivered. */
function itemsOf(
  { status, text }: Answer,
  secrets: readonly string[],
  take: (verdicts: readonly Verdict[]) => void,
): Verdict | undefined {
  if (status !== 200) return undefined;
  const answer: unknown = JSON.parse(text);
  if (!isFields(answer) || !Array.isArray(answer.items)) {
    return { result: "retry", after: undefined, reason: "the answer is not that of a bulk request" };
  }
  take(answer.items.map((item) => verdictOf(isFields(item) && isFields(item.create) ? item.create : {}, secrets)));
  return { result: "delivered" };
}

/** 409 says that the document is there. A missing index and a full queue pass; a document that does not fit never will. */
function verdictOf({ status, error }: Fields, secrets: readonly string[]): Verdict {
  const code = Number(status ?? 0);
  if ((code >= 200 && code < 300) || code === 409) return { result: "delivered" };
  const reason = hidden(`status ${code}: ${JSON.stringify(error ?? null)}`, secrets).slice(0, 300);
  if (code === 429 || code >= 500 || code === 0 || mendable.has(code)) {
    return { result: "retry", after: undefined, reason };
  }
  return { result: "rejected", reason };
}
