/**
 * The tables of alerts and records in PostgreSQL: their columns, the statements that make them, and the one that fills
 * them from a JSON array. Further columns are added to a table that lacks them; nothing is ever changed or dropped.
 */
import { alertColumns, type Column, type ColumnType } from "../text/columns.ts";

export interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
  /** Column that holds the whole alert or record. */
  readonly whole: string;
  /** What people look for beside the primary key. */
  readonly indexed: string;
}

const sqlTypes: Record<ColumnType, string> = {
  text: "text",
  number: "double precision",
  integer: "bigint",
  boolean: "boolean",
  time: "timestamptz",
  json: "jsonb",
};

function column(name: string, type: ColumnType = "text", path = [name]): Column {
  return { name, path, type };
}

export function alertTable(name: string): Table {
  return { name, columns: alertColumns, whole: "alert", indexed: "fingerprint" };
}

/** Columns of the deployment file stand beside those that every record has. */
export function recordTable(name: string, own: readonly Column[]): Table {
  const standard = [
    ...[column("id"), column("event_time", "time")],
    ...[column("window_start", "time", ["window", "start"]), column("window_end", "time", ["window", "end"])],
    ...[column("output"), column("pack"), column("rule")],
  ].filter(({ name }) => own.every((other) => other.name !== name));
  return { name, columns: [...standard, ...own], whole: "record", indexed: "rule" };
}

/** Statements, sent as one transaction, that make the table or add what it lacks. Two instances may come at once. */
export function migrationOf(table: Table): string {
  const name = quoted(table.name);
  const add = (column: string) => `alter table ${name} add column if not exists ${column};`;
  const own = table.columns.filter((column) => !["id", "event_time"].includes(column.name));
  return [
    `select pg_advisory_xact_lock(hashtext('vigie ${table.name}'));`,
    `create table if not exists ${name} (id text not null, event_time timestamptz not null, primary key (id, event_time));`,
    ...own.map((column) => add(`${quoted(column.name)} ${sqlTypes[column.type]}`)),
    add(`${table.whole} jsonb`),
    `create index if not exists ${quoted(indexName(table))} on ${name} (${table.indexed}, event_time desc);`,
    hypertable(table.name),
  ].join("\n");
}

/** Where TimescaleDB is there, and only there, the table is divided by event time. */
function hypertable(name: string): string {
  const call = `perform create_hypertable('${
    quoted(name)
  }', 'event_time', if_not_exists => true, migrate_data => true)`;
  return `do $$ begin if exists (select from pg_proc where proname = 'create_hypertable' and pg_function_is_visible(oid)) then ${call}; end if; end $$;`;
}

/** Takes one value: the JSON array of a batch. */
export function insertOf(table: Table): string {
  const names = [...table.columns.map(({ name }) => quoted(name)), table.whole];
  const values = [...table.columns.map(valueOf), "item"];
  return `insert into ${quoted(table.name)} (${names.join(", ")}) select ${values.join(", ")} ` +
    `from jsonb_array_elements($1::text::jsonb) item on conflict do nothing`;
}

function valueOf({ path, type }: Column): string {
  const steps = `'{${path.map((name) => `"${name}"`).join(",")}}'`;
  if (type === "json") return `item #> ${steps}`;
  return type === "text" ? `item #>> ${steps}` : `(item #>> ${steps})::${sqlTypes[type]}`;
}

/** `schema.table` as two identifiers. */
function quoted(name: string): string {
  return name.split(".").map((part) => `"${part.replaceAll('"', '""')}"`).join(".");
}

function indexName({ name, indexed }: Table): string {
  return `${name.split(".").at(-1)}_${indexed}_time`;
}
