/**
 * Alerts as POST requests to somebody else's server, signed as Standard Webhooks says: the receiver verifies who sent the
 * body and when, and tells a second send by `webhook-id`. The address may be hostile: only public ones are called.
 */
import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import { now } from "../engine/adapters/clock.ts";
import { parseDuration } from "../engine/model/time.ts";
import type { Fields, Value } from "../engine/model/value.ts";
import { isFields } from "../engine/model/value.ts";
import { type HttpSettings, openHttp } from "./http/client.ts";
import { inOrder } from "./batch/order.ts";
import { post } from "./http/verdict.ts";
import type { Delivery, RetrySchedule, Sink, SinkContext, SinkKind } from "./sink.ts";
import { fieldsOf, idOf, jsonOf } from "./text/content.ts";
import { duration, millisOf, text, textMapOf, textsOf, urlOf } from "./text/options.ts";
import { secretsOf } from "./text/secrets.ts";

export const webhook: SinkKind = {
  name: "webhook",
  summary: "Posts JSON to a URL, signed by Standard Webhooks",
  schema: {
    type: "object",
    additionalProperties: false,
    required: ["url"],
    properties: {
      url: { description: "http or https address.", ...text },
      secret: {
        description: "`whsec_` and the key in base64; several while one replaces another, each signs.",
        anyOf: [text, { type: "array", items: text, minItems: 1 }],
      },
      body: {
        description: "`alert` for the alert as it is, or expressions over `alert` by the name of each field.",
        anyOf: [{ const: "alert" }, { type: "object", minProperties: 1, additionalProperties: text }],
      },
      headers: { description: "Further headers.", type: "object", additionalProperties: text },
      retry: {
        description:
          "Waits before each further try, or `doubling`: 1, 2, 4, 8, 16 minutes, 30 s for an answer, all retried.",
        anyOf: [{ const: "doubling" }, { type: "array", items: duration }],
      },
      retry_all: { description: "Tries again what was refused, too.", type: "boolean" },
      timeout: { description: "Longest wait for a whole answer; 10s by default.", ...duration },
      allow_private: { description: "Allows private, loopback and link-local addresses.", type: "boolean" },
    },
  },
  secondSend: "posts again with the same `webhook-id`, the id of the alert, by which receivers tell it",
  batchMax: 50,
  retries: scheduleOf,
  create: openWebhook,
  example: 'hook: { webhook: { url: "${env:HOOK_URL}", secret: "${env:HOOK_SECRET}" } }',
};

const standardWaits = ["5s", "1m", "5m", "30m", "2h", "5h", "10h"];
const doublingWaits = ["1m", "2m", "4m", "8m", "16m"];

function scheduleOf({ retry, retry_all }: Fields): RetrySchedule {
  const waits = retry === "doubling" ? doublingWaits : retry === undefined ? standardWaits : textsOf(retry);
  const all = typeof retry_all === "boolean" ? retry_all : retry === "doubling";
  return { waits: waits.map((wait) => parseDuration(wait) ?? 0), all };
}

/** Requests of one sink that are under way at once. */
const connections = 50;
const answerMax = 64 * 1024;

/** Requests without an answer after which an endpoint counts as away. */
const silent = 20;

function settingsOf({ timeout, retry, allow_private }: Fields): HttpSettings {
  const usual = retry === "doubling" ? 30_000 : 10_000;
  return { timeout: millisOf(timeout, usual), allowPrivate: allow_private === true, answerMax, connections };
}

function openWebhook(options: Fields, context: SinkContext): Sink {
  const url = urlOf(options.url, context.name);
  const secrets = textsOf(options.secret);
  const keys = secrets.map((secret) => keyOf(secret, context.name));
  const headers = textMapOf(options.headers);
  const render = bodyOf(options.body, context);
  const client = openHttp(settingsOf(options));
  const rules = { secrets: [...secrets, ...Object.values(headers), ...secretsOf(url)] };
  const send = (delivery: Delivery) => {
    const body = render(delivery);
    return post(client, { method: "POST", url, body, headers: headersOf(delivery, body, keys, headers) }, rules);
  };
  return {
    open: () => Promise.resolve(),
    async deliver(batch) {
      const [first, ...rest] = batch;
      if (first === undefined || client.silences() < silent) return await inOrder(batch, send);
      // Who has been away is asked with one request, not with a whole batch that would fail one by one.
      const verdict = await send(first);
      if (verdict.result === "retry" && client.silences() > 0) {
        return [verdict, ...rest.map(() => ({ ...verdict, inferred: true } as const))];
      }
      return [verdict, ...await inOrder(rest, send)];
    },
    close: () => Promise.resolve(client.close()),
  };
}

function headersOf(
  delivery: Delivery,
  body: string,
  keys: readonly Uint8Array[],
  more: Readonly<Record<string, string>>,
) {
  const id = idOf(delivery);
  const timestamp = Math.floor(now() / 1_000);
  const signatures = keys.map((key) => `v1,${signature(key, `${id}.${timestamp}.${body}`)}`);
  return {
    "content-type": "application/json",
    "user-agent": "vigie",
    ...more,
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    ...(signatures.length === 0 ? {} : { "webhook-signature": signatures.join(" ") }),
  };
}

/** https://www.standardwebhooks.com: base64 of HMAC-SHA256 over `id.timestamp.body`. */
function signature(key: Uint8Array, content: string): string {
  return createHmac("sha256", key).update(content).digest("base64");
}

function keyOf(secret: string, sink: string): Uint8Array {
  const [, key = ""] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? [];
  if (key !== "") return Buffer.from(key, "base64");
  throw new Error(`A secret of the sink "${sink}" is not "whsec_" followed by base64`);
}

type Render = (delivery: Delivery) => string;

function bodyOf(body: Value | undefined, { name, expression }: SinkContext): Render {
  if (!isFields(body)) return jsonOf;
  if (expression === undefined) throw new Error(`The sink "${name}" cannot use expressions in "body" here`);
  const fields = Object.entries(body).map(([field, source]) => [field, expression(String(source))] as const);
  return (delivery) => {
    const content = fieldsOf(delivery);
    return JSON.stringify(Object.fromEntries(fields.map(([field, evaluate]) => [field, evaluate(content) ?? null])));
  };
}
