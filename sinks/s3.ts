/**
 * Alerts and records as objects in S3 or a store that speaks its language: NDJSON or Parquet, one object a batch, output
 * and day. The name follows from what is in it, so the same batch sent twice is the same object.
 */
import { createHash } from "node:crypto";
import { AwsV4Signer } from "aws4fetch";
import type { Fields } from "../engine/model/value.ts";
import { byPart } from "./batch/halving.ts";
import { openHttp, trusted } from "./http/client.ts";
import { mendable, post } from "./http/verdict.ts";
import type { Delivery, Sink, SinkKind, Verdict } from "./sink.ts";
import { columnsOf, columnsSchema } from "./text/columns.ts";
import { fieldsOf, idOf, jsonOf } from "./text/content.ts";
import { duration, millisOf, text, textOf, urlOf } from "./text/options.ts";
import { parquetOf } from "./text/parquet.ts";
import { pathTemplate } from "./text/path_template.ts";

export const s3: SinkKind = {
  name: "s3",
  summary: "Writes NDJSON or Parquet objects to S3, MinIO and the like",
  schema: {
    type: "object",
    additionalProperties: false,
    required: ["bucket", "access_key", "secret_key"],
    properties: {
      bucket: { description: "Bucket.", type: "string", pattern: "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$" },
      region: { description: "Region; us-east-1 when absent.", ...text },
      endpoint: { description: "Address of the service; that of AWS in the region when absent.", ...text },
      path_style: { description: "Bucket in the path instead of the host name, as MinIO wants it.", type: "boolean" },
      access_key: { description: "Access key.", ...text },
      secret_key: { description: "Secret key.", ...text },
      session_token: { description: "Token of temporary credentials.", ...text },
      prefix: { description: "Template of the path before the day; `raw/{output}` when absent.", ...text },
      format: { description: "ndjson when absent.", enum: ["ndjson", "parquet"] },
      columns: columnsSchema,
      flush: { description: "How long a batch may gather before it is written; 5m when absent.", ...duration },
      timeout: { description: "Longest wait for an answer; 60s when absent.", ...duration },
    },
  },
  secondSend: "writes the same object where the batch is the same; a batch cut otherwise after a crash repeats ids",
  batchMax: 10_000,
  gather: ({ flush }) => millisOf(flush, 300_000),
  create: (options, { name }) => openBucket(options, name),
  example: 'archive: { s3: { bucket: alerts, endpoint: "${env:S3_ENDPOINT}", path_style: true, ' +
    'access_key: "${env:S3_KEY}", secret_key: "${env:S3_SECRET}" } }',
};

function openBucket(options: Fields, sink: string): Sink {
  const { access_key, secret_key, session_token, format } = options;
  const base = bucketUrl(options, sink);
  const client = openHttp({ ...trusted, timeout: millisOf(options.timeout, 60_000), connections: 4 });
  const rules = { secrets: [String(secret_key), textOf(session_token) ?? ""], retry: mendable };
  const prefix = pathTemplate(textOf(options.prefix) ?? "raw/{output}");
  const columns = columnsOf(options.columns);
  const isParquet = format === "parquet";
  const put = async (key: string, body: Uint8Array): Promise<Verdict> => {
    const url = new URL(base);
    url.pathname += key.split("/").map(encodeURIComponent).join("/");
    const signer = new AwsV4Signer({
      method: "PUT",
      url: url.href,
      headers: {
        "content-type": isParquet ? "application/vnd.apache.parquet" : "application/x-ndjson",
        "x-amz-content-sha256": createHash("sha256").update(body).digest("hex"),
      },
      accessKeyId: String(access_key),
      secretAccessKey: String(secret_key),
      ...(typeof session_token === "string" ? { sessionToken: session_token } : {}),
      service: "s3",
      region: textOf(options.region) ?? "us-east-1",
    });
    const signed = await signer.sign();
    return await post(
      client,
      { method: "PUT", url: signed.url, headers: Object.fromEntries(signed.headers), body },
      rules,
    );
  };
  return {
    open: () => Promise.resolve(),
    close: () => Promise.resolve(client.close()),
    deliver: (batch) =>
      byPart(batch, (item) => folderOf(item, prefix), async (items, folder) => {
        if (folder === "") return items.map(() => nameless);
        const body = isParquet ? parquetOf(items, columns) : new TextEncoder().encode(items.map(lineOf).join(""));
        const verdict = await put(`${folder}/${nameOf(items)}.${isParquet ? "parquet" : "ndjson"}`, body);
        return items.map(() => verdict);
      }),
  };
}

const nameless: Verdict = { result: "rejected", reason: "it lacks a field that the prefix is made of" };

function bucketUrl({ bucket, region, endpoint, path_style }: Fields, sink: string): URL {
  const url = urlOf(endpoint ?? `https://s3.${textOf(region) ?? "us-east-1"}.amazonaws.com`, sink);
  if (path_style === true) url.pathname = `${url.pathname.replace(/\/$/, "")}/${bucket}/`;
  else url.host = `${bucket}.${url.host}`;
  return url;
}

/** `raw/payment_stats/year=2026/month=01/day=05`, by the event time; empty when the template lacks a field. */
function folderOf(item: Delivery, prefix: ReturnType<typeof pathTemplate>): string {
  const fields = fieldsOf(item);
  const start = prefix("alert" in item ? { output: "alerts", ...fields } : fields);
  const [year, month, day] = String(fields.event_time).slice(0, 10).split("-");
  return start === undefined ? "" : `${start}/year=${year}/month=${month}/day=${day}`;
}

/** The time of the first item and a hash of all ids: names sort by time, and the same content has the same name. */
function nameOf(items: readonly Delivery[]): string {
  const [first] = items;
  const time = first === undefined ? "" : String(fieldsOf(first).event_time).replace(/[-:]|\.\d+/g, "");
  const hash = createHash("sha256").update(items.map(idOf).join("\n")).digest("hex");
  return `${time}-${hash.slice(0, 24)}`;
}

function lineOf(item: Delivery): string {
  return `${jsonOf(item)}\n`;
}
