/**
 * Alerts and records in PostgreSQL tables, one statement a batch. The tables are made and brought up to date when they
 * are first needed, as hypertables where TimescaleDB is there; those want the time in the primary key.
 */
import { connectPostgres, type PostgresConnection, PostgresError } from "../engine/adapters/postgres.ts";
import { byPart, halving } from "./batch/halving.ts";
import type { Delivery, Sink, SinkKind, Verdict } from "./sink.ts";
import { alertTable, insertOf, migrationOf, recordTable, type Table } from "./sql/tables.ts";
import { jsonOf, kindOf } from "./text/content.ts";
import { duration, identifier, millisOf, text, textOf } from "./text/options.ts";
import { hidden } from "./text/secrets.ts";
import { storable } from "./text/storable.ts";
import { columnsOf, columnsSchema } from "./text/columns.ts";

export const postgres: SinkKind = {
  name: "postgres",
  summary: "Inserts into PostgreSQL or TimescaleDB",
  schema: {
    type: "object",
    additionalProperties: false,
    required: ["url"],
    properties: {
      url: { description: "postgres://user:password@host:port/database", ...text },
      table: { description: "Table of alerts; `alerts` when absent.", ...identifier },
      records: { description: "Table of records; the sink's name when absent.", ...identifier },
      columns: columnsSchema,
      create: { description: "Whether tables and columns are created; true when absent.", type: "boolean" },
      timeout: { description: "Longest wait for a statement; 15s by default.", ...duration },
    },
  },
  secondSend: "inserts nothing: the primary key is (id, event_time)",
  batchMax: 1_000,
  create({ url, table, records, columns, create, timeout }, { name }) {
    const connection = connectPostgres(String(url), { answerMillis: millisOf(timeout, 15_000) });
    const tables = {
      alert: alertTable(textOf(table) ?? "alerts"),
      record: recordTable(textOf(records) ?? name.replace(/[^A-Za-z0-9_]/g, "_"), columnsOf(columns)),
    };
    return openTables(connection, tables, create !== false, secretsIn(String(url)));
  },
  example: 'alerts_db: { postgres: { url: "${env:DATABASE_URL}" } }',
};

type Tables = { readonly alert: Table; readonly record: Table };

function secretsIn(url: string): readonly string[] {
  return [new URL(url).password];
}

function openTables(connection: PostgresConnection, tables: Tables, create: boolean, secrets: readonly string[]): Sink {
  const ready = new Set<string>();
  const insert = async (table: Table, batch: readonly Delivery[]): Promise<Verdict> => {
    try {
      if (create && !ready.has(table.name)) await connection.query(migrationOf(table));
      ready.add(table.name);
      await connection.query(insertOf(table), [`[${batch.map((item) => storable(jsonOf(item))).join()}]`]);
      return { result: "delivered" };
    } catch (error) {
      const verdict = verdictOf(error, secrets);
      if (verdict.result === "retry") ready.delete(table.name);
      return verdict;
    }
  };
  return {
    open: () => Promise.resolve(),
    close: () => connection.close(),
    deliver: (batch) =>
      byPart(batch, kindOf, (items, kind) => {
        const table = kind === "alert" ? tables.alert : tables.record;
        return halving(items, (part) => insert(table, part));
      }),
  };
}

/** Classes of SQLSTATE in which the data are at fault: what a value is, an integrity rule, a size. */
const atFault = /^(22|23|54)/;

function verdictOf(error: unknown, secrets: readonly string[]): Verdict {
  const reason = hidden(error instanceof Error ? error.message : String(error), secrets);
  if (error instanceof PostgresError && atFault.test(error.code)) return { result: "rejected", reason };
  return { result: "retry", after: undefined, reason };
}
