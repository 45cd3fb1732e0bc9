/** What the makers of `vigie new` share: their context, the files they draft, and YAML as people write it. */
import { dirname, join, relative } from "node:path";
import type { Stream } from "../../engine/model/contract.ts";
import { type Fields, isFields, type Value } from "../../engine/model/value.ts";
import { type Given, UsageError } from "../command.ts";

export interface NewContext {
  readonly given: Given;
  readonly streams: ReadonlyMap<string, Stream>;
  /** Folder of packs. */
  readonly rules: string;
  /** Folder of contracts. */
  readonly contracts: string;
}

/** A file to be written; only a changed one may exist. */
export interface Draft {
  readonly is: "new" | "changed";
  readonly file: string;
  readonly text: string;
}

/** The one name that is needed. Throws a UsageError where it is missing or cannot name a pack or rule. */
export function nameOf(what: string, names: readonly string[]): string {
  const [name, ...more] = names;
  if (name === undefined || more.length > 0) throw new UsageError(`Give the ${what} one name: vigie new ${what} NAME`);
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(name)) return name;
  throw new UsageError(`"${name}" cannot name a ${what}: use letters, digits, _ and -`);
}

/** The comment by which editors find the schema of a file. */
export function schemaComment(file: string, contracts: string, schema: string): string {
  return `# yaml-language-server: $schema=${relative(dirname(file), join(contracts, schema))}`;
}

/** A value between braces and brackets, quoted only where YAML needs it. */
export function flow(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (isFields(value)) {
    const entries = Object.entries(value).map(([name, one]) => `${name}: ${flow(one)}`);
    return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
  }
  if (typeof value !== "string") return JSON.stringify(value);
  const isPlain = /^[A-Za-z_][\w.@-]*$/.test(value) && !/^(true|false|null)$/i.test(value);
  return isPlain ? value : `'${value.replaceAll("'", "''")}'`;
}

/** An event that satisfies the contract of a stream; the time is left to the tests. */
export function sampleEvent({ schema, time }: Stream): Fields {
  const timeField = time.from === "field" ? time.field : undefined;
  const event = sample(schema);
  return isFields(event) ? Object.fromEntries(Object.entries(event).filter(([name]) => name !== timeField)) : {};
}

function sample(schema: Readonly<Record<string, unknown>>): Value {
  const { const: only, enum: words, examples, default: preset } = schema;
  const given = [only, ...listOf(words), ...listOf(examples), preset].find((one) => one !== undefined && one !== null);
  if (typeof given === "string" || typeof given === "number" || typeof given === "boolean") return given;
  const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== "null") : schema.type;
  if (type === "object") return sampleObject(schema);
  if (type === "array") return [];
  if (type === "boolean") return false;
  if (type !== "number" && type !== "integer") return schema.format === "date-time" ? "2026-01-05T10:00:00Z" : "x1";
  const { minimum, exclusiveMinimum } = schema;
  return typeof minimum === "number" ? minimum : typeof exclusiveMinimum === "number" ? exclusiveMinimum + 1 : 0;
}

function sampleObject({ properties, required }: Readonly<Record<string, unknown>>): Value {
  const known = new Map(Object.entries(typeof properties === "object" && properties !== null ? properties : {}));
  return Object.fromEntries(listOf(required).map(String).map((name) => [name, sample(known.get(name) ?? {})]));
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
