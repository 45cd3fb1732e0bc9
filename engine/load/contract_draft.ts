/** What the readers of a contract share: the contract while it is read, and how plain values are looked at. */
import type { Path, ProblemKind } from "../model/problem.ts";
import type { FieldType, ObjectType } from "../model/type.ts";

export interface StreamInput {
  /** Name of the contract's file without `.yaml`: the stream's name where the YAML has none. */
  readonly name: string;
  /** The YAML as plain values. */
  readonly yaml: unknown;
  /** Path of the YAML, relative to the working directory. */
  readonly file: string;
  /** The JSON Schema as plain values; undefined when its file does not exist. */
  readonly schema: unknown;
  /** Path of the schema, relative to the working directory. */
  readonly schemaFile: string;
}

/** One contract while it is read: its YAML as a record, and the report that remembers whether an error came. */
export interface Draft {
  readonly input: StreamInput;
  readonly yaml: Readonly<Record<string, unknown>>;
  readonly report: <A>(kind: ProblemKind<A>, path: Path, facts: A) => void;
  readonly reportSchema: <A>(kind: ProblemKind<A>, path: Path, facts: A) => void;
}

/** A parsed object; undefined for everything else. */
export function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as Readonly<Record<string, unknown>>
    : undefined;
}

/** A text that says something; undefined for everything else. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && value.length > 0 ? value : undefined;
}

export function formatOf(yaml: Draft["yaml"]): "json" | "debezium" {
  return yaml.format === "debezium" ? "debezium" : "json";
}

/** A top-level field of the event; undefined when the schema declares none of the name. */
export function fieldOf(type: ObjectType, name: string): FieldType | undefined {
  return Object.hasOwn(type.fields, name) ? type.fields[name] : undefined;
}
