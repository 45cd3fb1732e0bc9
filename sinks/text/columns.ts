/** Columns that a sink makes of a record: a name, the path of the value, its type. */
import type { Value } from "../../engine/model/value.ts";
import { isFields } from "../../engine/model/value.ts";
import { pathOf } from "./path_template.ts";

export const columnTypes = ["text", "number", "integer", "boolean", "time", "json"] as const;
export type ColumnType = (typeof columnTypes)[number];

export interface Column {
  readonly name: string;
  /** Where the value stands in the record. */
  readonly path: readonly string[];
  readonly type: ColumnType;
}

/** The columns of an alert that people look for, id and event time among them. */
export const alertColumns: readonly Column[] = [
  { name: "id", path: ["id"], type: "text" },
  ...["event_time", "detected_at"].map((name): Column => ({ name, path: [name], type: "time" })),
  ...["fingerprint", "episode", "status", "pack", "rule", "kind", "severity", "title", "message"]
    .map((name): Column => ({ name, path: [name], type: "text" })),
  { name: "shadow", path: ["shadow"], type: "boolean" },
];

export const columnsSchema = {
  description: "Columns of a record's own, by name: a path such as `values.volume` (a text), or path and type.",
  type: "object",
  propertyNames: { pattern: "^[A-Za-z_][A-Za-z0-9_]{0,62}$" },
  additionalProperties: {
    anyOf: [{ type: "string", minLength: 1 }, {
      type: "object",
      additionalProperties: false,
      required: ["path", "type"],
      properties: { path: { type: "string", minLength: 1 }, type: { enum: columnTypes } },
    }],
  },
} as const;

/** Columns of an option; throws a sentence when a path is none. */
export function columnsOf(option: Value | undefined): readonly Column[] {
  if (!isFields(option)) return [];
  return Object.entries(option).map(([name, column]) => {
    if (!isFields(column)) return { name, path: pathOf(String(column)), type: "text" };
    return {
      name,
      path: pathOf(String(column.path)),
      type: columnTypes.find((type) => type === column.type) ?? "text",
    };
  });
}
