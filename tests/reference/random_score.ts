/** Random scores. */
import * as fc from "fast-check";
import * as aggregates from "./aggregates.ts";
import { second } from "./random_log.ts";
import { common, field, type Template } from "./random_rule.ts";
import type { Feature, ScoreFacts, ScoreMeaning } from "./score.ts";

function x({ event }: Pick<ScoreFacts, "event">): number | undefined {
  return typeof event.data.x === "number" ? event.data.x : undefined;
}

const points = [
  {
    name: "many",
    yaml: { when: "n > 2", add: 30 },
    when: ({ values }: ScoreFacts) => Number(values.n) > 2,
    add: () => 30,
  },
  {
    name: "large",
    yaml: { when: "a.x >= 2", add: 25 },
    when: (facts: ScoreFacts) => (x(facts) ?? -1) >= 2,
    add: () => 25,
  },
  {
    name: "own",
    yaml: { when: "true", add: "a.x * 10" },
    when: () => true,
    add: (facts: ScoreFacts) => times10(x(facts)),
  },
  {
    name: "far",
    yaml: { when: "far > 1", add: 0.1 },
    when: ({ values }: ScoreFacts) => Number(values.far) > 1,
    add: () => 0.1,
  },
];

function times10(value: number | undefined): number | undefined {
  return value === undefined ? undefined : value * 10;
}

const far: Feature = {
  from: ({ event, values }) => {
    const value = x({ event });
    return value === undefined || typeof values.mean !== "number" ? undefined : Math.abs(value - values.mean);
  },
};

function featuresOf(size: number, resolution: number | undefined): ScoreMeaning["features"] {
  const window = { size: size * second, ...(resolution !== undefined && { resolution: resolution * second }) };
  return [
    ["n", { ...window, of: aggregates.count() }],
    ["mean", { ...window, of: aggregates.avg(field("x")) }],
    ["far", far],
  ];
}

export const scores: fc.Arbitrary<Template> = fc.record({
  common: common(["a"], true),
  size: fc.constantFrom(3, 6, 12),
  resolution: fc.constantFrom(undefined, 3),
  points: fc.subarray(points, { minLength: 1 }),
  alertOn: fc.subarray(["block", "review"], { minLength: 1 }),
  records: fc.boolean(),
}).map(({ common, size, resolution, points, alertOn, records }): Template => {
  const { notify_resolved: _resolved, ...raw } = common.raw;
  const window = { sliding: `${size}s`, ...(resolution !== undefined && { resolution: `${resolution}s` }) };
  return {
    raw: {
      ...raw,
      kind: "score",
      key: "a.k",
      features: {
        n: { window, value: "count()" },
        mean: { window, value: "avg(a.x)" },
        far: "math.abs(a.x - mean)",
      },
      points: Object.fromEntries(points.map(({ name, yaml }) => [name, yaml])),
      decisions: { block: "score >= 50", review: "score >= 25", allow: true },
      alert_on: alertOn,
      severity: { critical: 'decision == "block"', high: true },
      ...(records && { emit_to: "out" }),
    },
    meaning: {
      kind: "score",
      rule: {
        ...common.meaning,
        key: { k: field("k") },
        features: featuresOf(size, resolution),
        points,
        decisions: [["block", ({ score }) => score >= 50], ["review", ({ score }) => score >= 25], [
          "allow",
          () => true,
        ]],
        alertOn,
        severity: "high",
        severityOf: ({ decision }) => decision === "block" ? "critical" : "high",
        records,
      },
    },
  };
});
