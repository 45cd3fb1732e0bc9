/**
 * Where personal fields show in what a rule says: in parts of its key, in its aggregates and features, in ids. Found once,
 * when the rule is compiled, from what each expression reads. What an expression makes of a personal value counts as
 * personal; only counts, rates and yes-or-no do not.
 */
import type { Expression, Read } from "../conditions/expression.ts";
import type { Personal, Stream } from "../model/contract.ts";
import type { Path } from "../model/problem.ts";
import { strictest } from "./marks.ts";

type Marks = { readonly [name: string]: Personal };

export interface RulePersonal {
  /** Marks of the fields of each stream, by alias. */
  readonly fields: { readonly [alias: string]: Marks };
  /** Marks of the row before a change. */
  readonly before: Marks;
  /** Mark of each part of the key; undefined where it shows nothing. */
  readonly key: readonly (Personal | undefined)[];
  /** Marks of aggregates and features. */
  readonly values: Marks;
  /** Mark of all values, where a kind computes them from one that is personal. */
  readonly everyValue: Personal | undefined;
  /** A personal field that ids and fingerprints are made of; undefined when there is none. */
  readonly idField: string | undefined;
}

/** One expression of a rule: where it stands, what it reads, and whether it is nothing but one path. */
export interface Reading {
  readonly path: Path;
  readonly reads: readonly Read[];
  readonly isPath: boolean;
  readonly isBoolean: boolean;
  /** Text at the path. */
  readonly source: string;
}

export interface TraceInput {
  readonly streams: readonly Stream[];
  /** The key of each input. */
  readonly keys: readonly (readonly Expression[])[];
  /** In the order of the rule. */
  readonly readings: readonly Reading[];
}

const uncovering = /^\s*(count|rate|distinct)\s*\(/;
const uncoveringNames = ["count", "rate", "distinct"];

/** Undefined when the rule reads no stream with personal fields. */
export function tracePersonal({ streams, keys, readings }: TraceInput): RulePersonal | undefined {
  const fields = Object.fromEntries(
    streams.filter(({ personal }) => Object.keys(personal).length > 0).map(({ alias, personal }) => [alias, personal]),
  );
  if (Object.keys(fields).length === 0) return undefined;
  const before = streams.find(({ format }) => format === "debezium")?.personal ?? {};
  const values: Record<string, Personal> = {};
  const marksOf = (reads: readonly Read[]) =>
    reads.flatMap(({ path }) => marksOfPath(path, { fields, before, values }));
  const markOf = ({ reads, isPath, isBoolean }: Pick<Reading, "reads" | "isPath" | "isBoolean">) => {
    const marks = marksOf(reads);
    if (isBoolean || marks.length === 0) return undefined;
    return isPath ? marks[0] : strictest(marks);
  };
  let everyValue: Personal | undefined;
  for (const reading of readings) {
    const [part, name] = reading.path;
    const mark = isUncovering(reading) ? undefined : markOf(reading);
    if (mark === undefined) continue;
    if (part === "value") everyValue = strictest([mark]);
    if ((part === "aggregate" || part === "features") && typeof name === "string") {
      values[name] = values[name] === undefined ? mark : strictest([values[name], mark]) ?? mark;
    }
  }
  const parts = keys[0]?.map((_, i) => keys.map((key) => key[i]).filter((part) => part !== undefined)) ?? [];
  const key = parts.map((expressions) => {
    const marks = expressions.map((one) => markOf(ofExpression(one))).filter((mark) => mark !== undefined);
    return new Set(marks).size > 1 ? strictest(marks) : marks[0];
  });
  const made = parts.length > 0 ? parts.flat() : [];
  const entities = readings.filter(({ path }) => parts.length === 0 && path[0] === "entities");
  const idReads = [...made, ...entities].flatMap(({ reads }) => reads).filter(({ path }) =>
    marksOf([{ path, evaluate: () => null }]).length > 0
  );
  return { fields, before, key, values, everyValue, idField: idReads[0]?.path.join(".") };
}

function ofExpression({ reads, path, type }: Expression) {
  return { reads, isPath: path !== undefined, isBoolean: type.kind === "boolean" };
}

/** Marks of what a path leads to; of a whole event all that it has. */
export function marksOfPath(
  [root = "", name, field]: readonly string[],
  { fields, before, values }: Pick<RulePersonal, "fields" | "before" | "values">,
): readonly Personal[] {
  if (Object.hasOwn(values, root)) return [values[root]].filter((mark) => mark !== undefined);
  const marks = root === "change" ? (name === "before" ? before : {}) : Object.hasOwn(fields, root) ? fields[root] : {};
  const of = root === "change" ? field : name;
  if (of === undefined) return Object.values(marks ?? {});
  const mark = Object.hasOwn(marks ?? {}, of) ? marks?.[of] : undefined;
  return mark === undefined ? [] : [mark];
}

/** Whether an aggregate says nothing of the values that it reads, only how many there are. */
function isUncovering({ path, source }: Reading): boolean {
  return uncovering.test(source) || path.some((part) => uncoveringNames.includes(String(part)));
}
