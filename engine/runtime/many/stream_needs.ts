/** What rules with one key need of an event of a stream: which events at all, their key, and the fields that are read. */
import type { PlanRule } from "../../compile/plan.ts";
import type { Condition, Expression } from "../../conditions/expression.ts";
import type { Fields, Value } from "../../model/value.ts";

export interface StreamNeeds {
  readonly key: readonly Expression[];
  /** Conditions of which one must hold; undefined where every event is needed. */
  readonly admits: readonly Condition[] | undefined;
  /** Fields by name; undefined for the whole event. */
  readonly fields: readonly string[] | undefined;
  /** The change of a Debezium envelope. */
  readonly change: boolean;
}

/** Needs of rules that read a stream by a key. */
export function needsOf(rules: readonly PlanRule[], stream: string, key: readonly Expression[]): StreamNeeds {
  const inputs = rules.flatMap(({ compiled }) => compiled.inputs).filter((input) => input.stream.name === stream);
  const alias = inputs[0]?.stream.alias;
  const readers = rules.filter(({ compiled }) => compiled.inputs.some((input) => input.stream.name === stream));
  const reads = readers.flatMap((rule) => rule.reads);
  const paths = reads.filter(([root]) => root === alias);
  const isWhole = paths.some((path) => path.length === 1);
  return {
    key,
    admits: admitsOf(inputs.map(({ where }) => where)),
    fields: isWhole ? undefined : [...new Set(paths.map(([, field]) => field ?? ""))].sort(),
    change: reads.some(([root]) => root === "change"),
  };
}

/** A condition over rows of a lookup is left to the task that has the rule: rows are not at hand here. */
function admitsOf(conditions: readonly (Condition | undefined)[]): readonly Condition[] | undefined {
  const known = conditions.filter((condition) => condition !== undefined);
  const readsRows = known.some(({ reads }) => reads.some(({ path }) => path[0] === "lookup"));
  return readsRows || known.length < conditions.length ? undefined : known;
}

/** The fields of an event that are needed. */
export function projected(data: Fields, { fields }: StreamNeeds): Fields {
  if (fields === undefined) return data;
  const found: [string, Value][] = [];
  for (const field of fields) {
    const value = Object.hasOwn(data, field) ? data[field] : undefined;
    if (value !== undefined) found.push([field, value]);
  }
  return Object.fromEntries(found);
}
