/** Alerts and records in ClickHouse tables, by HTTP, one insert a batch; the tables are made when they are first needed. */
import { byPart, halving } from "./batch/halving.ts";
import type { Answer } from "./http/client.ts";
import { endpointSchema, openEndpoint } from "./http/endpoint.ts";
import type { Delivery, SinkKind, Verdict } from "./sink.ts";
import { alertTable, createStatement, insertStatement, recordTable, rowOf, type Table } from "./sql/clickhouse.ts";
import { columnsOf, columnsSchema } from "./text/columns.ts";
import { kindOf } from "./text/content.ts";
import { identifier, text, textOf } from "./text/options.ts";

export const clickhouse: SinkKind = {
  name: "clickhouse",
  summary: "Inserts into ClickHouse",
  schema: {
    type: "object",
    additionalProperties: false,
    required: ["url"],
    properties: {
      ...endpointSchema,
      database: { description: "Database; the user's own when absent.", ...text },
      table: { description: "Table of alerts; `alerts` when absent.", ...identifier },
      records: { description: "Table of records; the sink's name when absent.", ...identifier },
      columns: columnsSchema,
      create: { description: "Whether tables are created; true when absent.", type: "boolean" },
    },
  },
  secondSend: "inserts a row that the table's ReplacingMergeTree merges with the first; `final` reads it once",
  batchMax: 10_000,
  create(options, { name }) {
    const endpoint = openEndpoint(options, name);
    const database = textOf(options.database);
    const tables = {
      alert: alertTable(textOf(options.table) ?? "alerts"),
      record: recordTable(textOf(options.records) ?? name.replace(/\W/g, "_"), columnsOf(options.columns)),
    };
    const run = (query: string, body: string) =>
      endpoint.post({ query: { ...(database === undefined ? {} : { database }), query }, body, judge: byCode });
    const missing = new Set(options.create === false ? [] : Object.values(tables));
    const insert = async (table: Table, batch: readonly Delivery[]): Promise<Verdict> => {
      if (missing.has(table)) {
        const made = await run(createStatement(table), "");
        if (made.result !== "delivered") return made;
        missing.delete(table);
      }
      return await run(insertStatement(table), batch.map((item) => rowOf(table, item)).join("\n"));
    };
    return {
      open: () => Promise.resolve(),
      deliver: (batch) =>
        byPart(batch, kindOf, (items, kind) => {
          const table = kind === "alert" ? tables.alert : tables.record;
          return halving(items, (part) => insert(table, part));
        }),
      close: () => Promise.resolve(endpoint.close()),
    };
  },
  example: 'stats: { clickhouse: { url: "${env:CLICKHOUSE_URL}", columns: { currency: key.currency } } }',
};

/** Errors of ClickHouse in which a row is at fault: it cannot be parsed, has another type, or is too large. */
const atFault = new Set([6, 26, 27, 38, 41, 53, 70, 72, 117, 131, 349]);

/** ClickHouse names its error by a code; the status alone would blame the row for a table that is missing. */
function byCode({ status, text }: Answer, reason: string): Verdict | undefined {
  const [, code] = /^Code: (\d+)/.exec(text) ?? [];
  if (status < 300 || code === undefined) return undefined;
  if (atFault.has(Number(code))) return { result: "rejected", reason };
  return { result: "retry", after: undefined, reason };
}
