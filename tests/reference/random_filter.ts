/** Random filters: conditions, criteria, severity maps, keys, limits with `per`, alerts and records. */
import * as fc from "fast-check";
import { isFields, type Value } from "../../engine/model/value.ts";
import type { LogEvent } from "./log.ts";
import { common, field, type Template } from "./random_rule.ts";
import type { Condition, RuleMeaning } from "./rule.ts";

interface Menu {
  readonly cel: Value;
  readonly means: Condition;
}

/** A condition over one number field; no value where the field has none. */
function number(means: (x: number) => boolean): Condition {
  return ({ events }) => {
    const x = events[0]?.data.x;
    return typeof x === "number" ? means(x) : undefined;
  };
}

const flagged: Condition = ({ events }) => {
  const flag = events[0]?.data.f;
  return typeof flag === "boolean" ? flag : undefined;
};

/** `&&` and `||` of CEL: one side that decides makes up for the other's missing value. */
function and(a: boolean | undefined, b: boolean | undefined): boolean | undefined {
  if (a === false || b === false) return false;
  return a === undefined || b === undefined ? undefined : true;
}

function not(a: boolean | undefined): boolean | undefined {
  return a === undefined ? undefined : !a;
}

const large = number((x) => x > 1);

const conditions: readonly Menu[] = [
  { cel: "a.x > 1", means: large },
  { cel: "a.x > 1 && a.f", means: (facts) => and(large(facts), flagged(facts)) },
  { cel: "a.x > 1 || a.f", means: (facts) => not(and(not(large(facts)), not(flagged(facts)))) },
  { cel: "!(a.x > 1)", means: (facts) => not(large(facts)) },
  // A leaf of a tree that has no value is false, so `not` of it is true (semantics 14).
  { cel: { not: "a.x > 1" }, means: (facts) => large(facts) !== true },
  { cel: { all: ["a.f", { any: ["a.x > 1", { not: "a.f" }] }] }, means: (facts) => flagged(facts) && large(facts) },
  { cel: "has(a.x) ? a.x == 2 : true", means: (facts) => number((x) => x === 2)(facts) ?? true },
  { cel: "a.x * 10 / 5 >= 2", means: number((x) => x * 10 / 5 >= 2) },
  { cel: "1 / a.x > 0.4", means: number((x) => x !== 0 && 1 / x > 0.4) },
];

const severities: readonly { readonly raw: Value; readonly means: RuleMeaning["severity"] }[] = [
  { raw: "critical", means: "critical" },
  {
    raw: { critical: "matched >= 2", warning: "a.x >= 1" },
    means: [["critical", ({ matched }) => matched >= 2], ["warning", number((x) => x >= 1)]],
  },
];

const per: readonly { readonly cel: string; readonly means: (event: LogEvent | undefined) => Value | undefined }[] = [
  { cel: "a.s", means: (event) => event && field("s")(event) },
  { cel: "a.k", means: (event) => event && field("k")(event) },
];

export const filters: fc.Arbitrary<Template> = fc.record({
  common: common(["a"]),
  conditions: fc.subarray([...conditions], { minLength: 1, maxLength: 3 }),
  judged: fc.constantFrom("when", "criteria", "both"),
  severity: fc.constantFrom(...severities),
  per: fc.option(fc.constantFrom(...per), { nil: undefined }),
  records: fc.integer({ min: 0, max: 4 }).map((dice) => dice === 0),
}).map(({ common, conditions, judged, severity, per, records }): Template => {
  const { limit, ...raw } = common.raw;
  const { limit: limitMeaning, ...meaning } = common.meaning;
  const [first] = conditions;
  const named = conditions.map((condition, i) => [`c${i}`, condition] as const);
  const counts = judged !== "when";
  const graded = counts ? severity : severities[0];
  return {
    raw: {
      ...raw,
      kind: "filter",
      ...(counts && { criteria: Object.fromEntries(named.map(([name, { cel }]) => [name, cel])) }),
      ...(judged !== "criteria" && { when: first?.cel ?? true }),
      ...(graded && { severity: graded.raw }),
      ...(isFields(limit) && !records && { limit: { ...limit, ...(per && { per: per.cel }) } }),
      ...(records && { emit_to: "out" }),
    },
    meaning: {
      kind: "filter",
      output: records ? "record" : "alert",
      rule: {
        ...meaning,
        ...(counts && { criteria: Object.fromEntries(named.map(([name, { means }]) => [name, means])) }),
        ...(judged !== "criteria" && first && { when: first.means }),
        severity: graded?.means ?? "critical",
        ...(limitMeaning && !records && { limit: per ? { ...limitMeaning, per: per.means } : limitMeaning }),
      },
    },
  };
});
