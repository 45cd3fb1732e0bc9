/**
 * The tables of alerts and records in ClickHouse and the rows that go into them. Engine and types are those that every
 * version since 18 knows; ReplacingMergeTree merges a row that came twice, and `final` reads it once before that.
 */
import type { Fields, Value } from "../../engine/model/value.ts";
import type { Delivery } from "../sink.ts";
import type { Column, ColumnType } from "../text/columns.ts";
import { fieldsOf, jsonOf } from "../text/content.ts";
import { valueAt } from "../text/path_template.ts";

export interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
}

const types: Record<ColumnType, string> = {
  text: "String",
  number: "Float64",
  integer: "Int64",
  boolean: "UInt8",
  time: "DateTime",
  json: "String",
};

const texts = (names: readonly string[]) => names.map((name): Column => ({ name, path: [name], type: "text" }));

export function alertTable(name: string): Table {
  const shadow: Column = { name: "shadow", path: ["shadow"], type: "boolean" };
  return {
    name,
    columns: [...texts(["fingerprint", "episode", "status", "kind", "severity", "title", "message"]), shadow],
  };
}

export function recordTable(name: string, own: readonly Column[]): Table {
  const standard = [
    ...texts(["output"]),
    ...["start", "end"].map((end): Column => ({ name: `window_${end}`, path: ["window", end], type: "time" })),
  ];
  return { name, columns: [...standard.filter(({ name }) => own.every((other) => other.name !== name)), ...own] };
}

/** What every row has: `event_time` counts seconds, `event_ms` milliseconds since 1970. */
const fixed = [
  "`id` String",
  "`event_time` DateTime",
  "`event_ms` Int64",
  "`pack` String",
  "`rule` String",
];

/** The statement that makes the table. */
export function createStatement({ name, columns }: Table): string {
  const own = columns.map((column) => `${quoted(column.name)} Nullable(${types[column.type]})`);
  return `create table if not exists ${quoted(name)} (${[...fixed, ...own, "`json` String"].join(", ")}) ` +
    "engine = ReplacingMergeTree partition by toYYYYMM(event_time) order by (pack, rule, event_time, id)";
}

export function insertStatement({ name, columns }: Table): string {
  const names = ["id", "event_time", "event_ms", "pack", "rule", ...columns.map(({ name }) => name), "json"];
  return `insert into ${quoted(name)} (${names.map(quoted).join(", ")}) format JSONEachRow`;
}

/** One row as JSON. */
export function rowOf({ columns }: Table, item: Delivery): string {
  const fields = fieldsOf(item);
  const { id, event_time, pack, rule } = "alert" in item ? item.alert : item.record;
  const own = columns.map(({ name, path, type }) => [name, cell(valueAt(fields, path), type)]);
  return JSON.stringify(
    {
      id,
      event_time: timeText(event_time),
      event_ms: Date.parse(event_time),
      pack,
      rule,
      ...Object.fromEntries(own),
      json: jsonOf(item),
    } satisfies Fields,
  );
}

function cell(value: Value | undefined, type: ColumnType): Value {
  if (value === undefined || value === null) return null;
  if (type === "boolean") return value === true ? 1 : 0;
  if (type === "time") return timeText(String(value));
  if (type === "json") return JSON.stringify(value);
  return type === "text" && typeof value !== "string" ? JSON.stringify(value) : value;
}

/** `2026-01-05 10:00:00`, the one form that every version reads. */
function timeText(time: string): string {
  return time.slice(0, 19).replace("T", " ");
}

/** `database.table` as two identifiers. */
function quoted(name: string): string {
  return name.split(".").map((part) => `\`${part}\``).join(".");
}
