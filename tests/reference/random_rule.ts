/**
 * Random parts of rules, each as the YAML that the engine is given beside what it means: streams, keys, limits,
 * aggregates and conditions on them.
 */
import * as fc from "fast-check";
import type { Threshold } from "../../engine/model/threshold.ts";
import type { Fields, Value } from "../../engine/model/value.ts";
import * as aggregates from "./aggregates.ts";
import type { Aggregate, Reader } from "./aggregates.ts";
import type { Meaning } from "./evaluate.ts";
import { second } from "./random_log.ts";
import type { Condition, RuleMeaning } from "./rule.ts";
import type { StreamName } from "./streams.ts";

/** A rule for both: the engine gets the YAML, the reference the meaning. */
export interface Template {
  readonly raw: Fields;
  readonly meaning: Meaning;
  /** Thresholds that customers own: for rules of kind kpi. */
  readonly thresholds?: readonly Threshold[];
}

/** A field of an event of any stream, or of one; null is no value. */
export function field(name: string, stream?: StreamName): Reader {
  return (event) => stream === undefined || event.stream === stream ? event.data[name] ?? undefined : undefined;
}

/** Which streams a rule reads; expressions are written as maps where there are two. */
export type On = readonly StreamName[];
export const on: fc.Arbitrary<On> = fc.constantFrom<On[]>(["a"], ["a"], ["a", "b"], ["b", "a"]);

/** YAML of a field: a path, or a map stream → path. */
export function pathOf(on: On, name: string): Value {
  return on.length === 1 ? `${on[0]}.${name}` : Object.fromEntries(on.map((stream) => [stream, `${stream}.${name}`]));
}

/** YAML of an aggregate over a field. */
function call(on: On, name: string, of: string, ...constants: number[]): Value {
  const path = pathOf(on, of);
  if (typeof path !== "string") return { [name]: constants.length === 0 ? path : [path, ...constants] };
  return `${name}(${[path, ...constants].join(", ")})`;
}

/** Aggregates by name: YAML and meaning. */
function aggregateMenu(on: On): { readonly [name: string]: readonly [Value, Aggregate] } {
  const x = field("x");
  const always = {
    n: ["count()", aggregates.count()],
    c: [`count(${on[0]}.f)`, aggregates.count(field("f", on[0]))],
    own: [`count(${on[0]})`, aggregates.count((event) => event.stream === on[0])],
    s: [call(on, "sum", "x"), aggregates.sum(x)],
    m: [call(on, "avg", "x"), aggregates.avg(x)],
    lo: [call(on, "min", "x"), aggregates.min(x)],
    hi: [call(on, "max", "x"), aggregates.max(x)],
    sd: [call(on, "stddev", "x"), aggregates.stddev(x)],
    fst: [call(on, "first", "x"), aggregates.first(x)],
    lst: [call(on, "last", "x"), aggregates.last(x)],
    prev: [call(on, "previous", "x"), aggregates.previous(x)],
    d: [call(on, "distinct", "s"), aggregates.distinct(field("s"))],
    r: [`rate(${on[0]}.f)`, aggregates.rate(field("f", on[0]))],
  } as const;
  if (on.length > 1) return always;
  return {
    ...always,
    p: ["percentile(a.x, 50)", aggregates.percentile(x, 50)],
    q: ["percentile(a.x, 95)", aggregates.percentile(x, 95)],
    t: ["top(a.s, 2)", aggregates.top(field("s"), 2)],
    tt: ["top(a.tags, 1)", aggregates.top(field("tags"), 1)],
  };
}

const share: readonly [string, Aggregate] = ["c / n", aggregates.computed(({ c, n }) => Number(c) / Number(n))];

type Named = readonly (readonly [name: string, yaml: Value, meaning: Aggregate])[];

/** Those that conditions use, and a few more. */
export function aggregatesOf(on: On): fc.Arbitrary<Named> {
  const menu = aggregateMenu(on);
  const more = Object.keys(menu).filter((name) => !used.includes(name));
  return fc.subarray(more, { maxLength: 3 }).map((names): Named => {
    const named = [...used, ...names].flatMap((name): Named => {
      const entry = menu[name];
      return entry === undefined ? [] : [[name, ...entry]];
    });
    return [...named, ["ratio", ...share]];
  });
}

const used = ["n", "c", "s", "hi", "lst"];

/** A condition in both forms. */
interface Both {
  readonly cel: string;
  readonly means: Condition;
}

function over(cel: string, names: readonly string[], means: (...values: readonly number[]) => boolean): Both {
  return {
    cel,
    means: ({ values }) => {
      const numbers = names.map((name) => values[name]).filter((value) => typeof value === "number");
      return numbers.length === names.length ? means(...numbers) : undefined;
    },
  };
}

/** A condition that starts an episode, and one that excludes it and ends the episode. */
export const windowConditions: readonly { readonly when: Both; readonly recover: Both }[] = [
  { when: over("n >= 2", ["n"], (n = 0) => n >= 2), recover: over("n < 2", ["n"], (n = 0) => n < 2) },
  { when: over("n >= 3", ["n"], (n = 0) => n >= 3), recover: over("n <= 1", ["n"], (n = 0) => n <= 1) },
  { when: over("s > 3", ["s"], (s = 0) => s > 3), recover: over("s < 1", ["s"], (s = 0) => s < 1) },
  { when: over("hi >= 3", ["hi"], (hi = 0) => hi >= 3), recover: over("hi < 2", ["hi"], (hi = 0) => hi < 2) },
  { when: over("ratio >= 0.5", ["ratio"], (r = 0) => r >= 0.5), recover: over("c == 0", ["c"], (c = 0) => c === 0) },
  { when: over("lst > 1", ["lst"], (l = 0) => l > 1), recover: over("lst < 1", ["lst"], (l = 0) => l < 1) },
  {
    when: over("n % 2 == 1", ["n"], (n = 0) => n % 2 === 1),
    recover: over("n % 4 == 0", ["n"], (n = 0) => n % 4 === 0),
  },
];

/** Severities by what a window holds. */
export const windowSeverities: readonly { readonly raw: Value; readonly means: RuleMeaning["severity"] }[] = [
  { raw: "high", means: "high" },
  {
    raw: { critical: "n >= 4", high: "s > 3", warning: "n >= 2" },
    means: [
      ["critical", ({ values }) => Number(values.n) >= 4],
      ["high", ({ values }) => Number(values.s) > 3],
      ["warning", ({ values }) => Number(values.n) >= 2],
    ],
  },
];

/** What every rule has: streams, key, where, limit, resolved, entities. */
interface Common {
  readonly raw: Fields;
  readonly meaning: Omit<RuleMeaning, "when" | "severity">;
}

/** `inOrder`: for rules that decide at an event, which may be asked to evaluate in event time. */
export function common(on: On, inOrder = false): fc.Arbitrary<Common> {
  return fc.record({
    inOrder: inOrder ? fc.constantFrom(false, false, true) : fc.constant(false),
    keyed: fc.constantFrom(true, true, false),
    where: fc.boolean(),
    limit: fc.option(fc.record({ max: fc.constantFrom(1, 2), every: fc.constantFrom(3, 10) }), { nil: undefined }),
    notifyResolved: fc.boolean(),
  }).map(({ inOrder, keyed, where, limit, notifyResolved }): Common => ({
    raw: {
      id: "r",
      on: on.length === 1 ? on[0] ?? "a" : [...on],
      ...(keyed && { key: pathOf(on, "k") }),
      ...(where && { where: pathOf(on, "f") }),
      ...(limit && { limit: { max: limit.max, every: `${limit.every}s` } }),
      ...(notifyResolved && { notify_resolved: true }),
      ...(inOrder && { evaluate: "event_time" }),
      entities: { x: pathOf(on, "x") },
    },
    meaning: {
      id: "r",
      streams: on,
      key: keyed ? { k: field("k") } : {},
      ...(where && { where: (event) => event.data.f === true }),
      ...(limit && { limit: { max: limit.max, every: limit.every * second } }),
      notifyResolved,
      ...(inOrder && { evaluate: "event_time" as const }),
      entities: { x: field("x") },
      defaultSeverity: "info",
    },
  }));
}
