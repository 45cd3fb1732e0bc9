/** Alerts and records as Parquet files, compressed with Snappy: the columns that people filter by, and the whole as JSON. */
import { type ColumnSource, parquetWriteBuffer } from "hyparquet-writer";
import type { Value } from "../../engine/model/value.ts";
import type { Delivery } from "../sink.ts";
import { alertColumns, type Column, type ColumnType } from "./columns.ts";
import { fieldsOf, jsonOf } from "./content.ts";
import { valueAt } from "./path_template.ts";

const types: Record<ColumnType, NonNullable<ColumnSource["type"]>> = {
  text: "STRING",
  number: "DOUBLE",
  integer: "INT64",
  boolean: "BOOLEAN",
  time: "TIMESTAMP",
  json: "STRING",
};

/** A file of a batch that holds alerts only, or records only; records have the columns that the deployment names. */
export function parquetOf(batch: readonly Delivery[], own: readonly Column[]): Uint8Array {
  const isAlerts = batch.every((item) => "alert" in item);
  const columns = isAlerts ? alertColumns : [...recordColumns, ...own];
  const fields = batch.map(fieldsOf);
  const columnData = columns.map(({ name, path, type }) => ({
    name,
    type: types[type],
    nullable: name !== "id",
    data: fields.map((item) => cell(valueAt(item, path), type)),
  }));
  const json = { name: "json", type: "STRING", nullable: false, data: batch.map(jsonOf) } as const;
  return new Uint8Array(parquetWriteBuffer({ columnData: [...columnData, json], codec: "SNAPPY" }));
}

const recordColumns: readonly Column[] = [
  ...["id", "output", "pack", "rule"].map((name): Column => ({ name, path: [name], type: "text" })),
  { name: "event_time", path: ["event_time"], type: "time" },
  { name: "window_start", path: ["window", "start"], type: "time" },
  { name: "window_end", path: ["window", "end"], type: "time" },
];

/** A value in the type of its column; what does not fit is null, and stands in the JSON. */
function cell(value: Value | undefined, type: ColumnType): string | number | bigint | boolean | Date | null {
  if (value === undefined || value === null) return null;
  if (type === "number") return typeof value === "number" ? value : null;
  if (type === "integer") return Number.isSafeInteger(value) ? BigInt(Number(value)) : null;
  if (type === "boolean") return typeof value === "boolean" ? value : null;
  if (type === "time") return timeOf(value);
  return typeof value === "string" ? value : JSON.stringify(value);
}

function timeOf(value: Value): Date | null {
  const time = new Date(typeof value === "number" ? value : String(value));
  return Number.isNaN(time.getTime()) ? null : time;
}
