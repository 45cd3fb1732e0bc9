/**
 * Alerts and rollups as points in InfluxDB, by the write API of version 1 (`database`) or 2 (`org` and `bucket`). Alerts
 * of one millisecond and the same tags would be one point, so the id decides the nanoseconds; a window has one record.
 */
import type { Fields, Value } from "../engine/model/value.ts";
import { isFields } from "../engine/model/value.ts";
import { halving, unanswered } from "./batch/halving.ts";
import { endpointSchema, openEndpoint } from "./http/endpoint.ts";
import type { Delivery, SinkKind, Verdict } from "./sink.ts";
import { fieldsOf, idOf } from "./text/content.ts";
import { lineOf, nanosOf } from "./text/line_protocol.ts";
import { shown } from "./text/notice.ts";
import { text, textOf, textsOf } from "./text/options.ts";
import { found, pathOf } from "./text/path_template.ts";

export const influxdb: SinkKind = {
  name: "influxdb",
  summary: "Writes points to InfluxDB 1 or 2",
  schema: {
    type: "object",
    additionalProperties: false,
    required: ["url"],
    oneOf: [{ required: ["database"] }, { required: ["org", "bucket", "token"] }],
    properties: {
      ...endpointSchema,
      database: { description: "Database of InfluxDB 1.", ...text },
      retention_policy: { description: "Retention policy of InfluxDB 1; the database's own when absent.", ...text },
      org: { description: "Organization of InfluxDB 2.", ...text },
      bucket: { description: "Bucket of InfluxDB 2.", ...text },
      token: { description: "Token of InfluxDB 2.", ...text },
      measurement: { description: "Measurement; `alerts`, or the output of a record, when absent.", ...text },
      tags: {
        description:
          "Tags: names such as `severity`, or a path, or paths of which the first with a value counts, by name. " +
          "Alerts have pack, rule and severity, records pack, rule and their key when absent.",
        anyOf: [{ type: "array", items: text }, {
          type: "object",
          additionalProperties: { anyOf: [text, { type: "array", items: text, minItems: 1 }] },
        }],
      },
    },
  },
  secondSend: "writes the same point: measurement, tags and timestamp are the same",
  batchMax: 5_000,
  create(options, { name }) {
    const token = textOf(options.token);
    const endpoint = openEndpoint(options, name, { secrets: token === undefined ? [] : [token] });
    const target = targetOf(options);
    const lines = linesOf(options);
    const send = (batch: readonly string[]) => endpoint.post({ ...target, body: batch.join("\n") });
    return {
      open: () => Promise.resolve(),
      async deliver(batch) {
        const written = batch.map(lines);
        const verdicts = [...await halving(written.filter((line) => line !== undefined), send)];
        return written.map((line) => line === undefined ? empty : verdicts.shift() ?? unanswered);
      },
      close: () => Promise.resolve(endpoint.close()),
    };
  },
  example: 'influx: { influxdb: { url: "${env:INFLUXDB_URL}", database: vigie, measurement: fraud_alerts } }',
};

const empty: Verdict = { result: "rejected", reason: "it has no value that a field can hold" };

function targetOf({ database, retention_policy, org, bucket, token }: Fields) {
  const type = { "content-type": "text/plain; charset=utf-8" };
  if (typeof database === "string") {
    const policy = textOf(retention_policy);
    return { path: "/write", query: { db: database, precision: "ns", ...(policy && { rp: policy }) }, headers: type };
  }
  const headers = { ...type, authorization: `Token ${token}` };
  return { path: "/api/v2/write", query: { org: String(org), bucket: String(bucket), precision: "ns" }, headers };
}

/** Name of a tag and the paths that may lead to its value. */
type Tag = readonly [name: string, paths: readonly (readonly string[])[]];

function linesOf({ measurement, tags }: Fields): (item: Delivery) => string | undefined {
  const chosen = tagsOf(tags);
  const named = textOf(measurement);
  return (item) => {
    const fields = fieldsOf(item);
    const isAlert = "alert" in item;
    return lineOf({
      measurement: named ?? (isAlert ? "alerts" : item.record.output),
      tags: chosen === undefined ? usualTags(item) : tagValues(chosen, fields),
      fields: isAlert ? alertFields(item) : item.record.values,
      millis: Date.parse(isAlert ? item.alert.event_time : item.record.event_time),
      nanos: !isAlert && item.record.window !== null ? 0 : nanosOf(idOf(item)),
    });
  };
}

function tagsOf(option: Value | undefined): readonly Tag[] | undefined {
  if (option === undefined) return undefined;
  const named = isFields(option)
    ? Object.entries(option)
    : textsOf(option).map((path) => [path.split(".").at(-1) ?? path, path] as const);
  return named.map(([name, paths]) => [name, textsOf(paths).map(pathOf)]);
}

function tagValues(tags: readonly Tag[], fields: Fields): Readonly<Record<string, string>> {
  return Object.fromEntries(tags.flatMap(([name, paths]) => {
    const value = paths.map((path) => found(fields, path)).find((value) => value !== undefined && value !== null);
    return value === undefined || value === null ? [] : [[name, textValue(value)]];
  }));
}

function textValue(value: Value): string {
  return typeof value === "number" ? String(value) : shown(value);
}

function usualTags(item: Delivery): Readonly<Record<string, string>> {
  if ("alert" in item) return { pack: item.alert.pack, rule: item.alert.rule, severity: item.alert.severity };
  const { pack, rule, key } = item.record;
  return { pack, rule, ...Object.fromEntries(Object.entries(key).map(([name, value]) => [name, textValue(value)])) };
}

/** What charts and tables of alerts show; values under names of their own, so that none hides another field. */
function alertFields(item: Delivery): Fields {
  if (!("alert" in item)) return {};
  const { id, status, title, message, suppressed, entities, values } = item.alert;
  const valued = Object.entries(values).map(([name, value]) => [`value_${name}`, value] as const);
  const named = Object.entries(entities).map(([name, value]) => [`entity_${name}`, textValue(value)] as const);
  return { id, status, title, message, suppressed, ...Object.fromEntries([...valued, ...named]) };
}
