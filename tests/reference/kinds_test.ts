/** The reference of join, sequence, absence, zscore, kpi and score, against examples computed by hand. */
import { expect } from "expect";
import type { AbsenceMeaning } from "./absence.ts";
import * as aggregates from "./aggregates.ts";
import { evaluate, type Meaning } from "./evaluate.ts";
import type { JoinMeaning } from "./join.ts";
import type { KpiMeaning } from "./kpi.ts";
import { type Line, type Log, type LogEvent, readLog } from "./log.ts";
import type { ScoreMeaning } from "./score.ts";
import type { SequenceMeaning } from "./sequence.ts";
import type { ZscoreMeaning } from "./zscore.ts";

/** One stream with a lateness of 5 and one partition: [time, letter or number]. */
function log(...events: readonly (readonly [number, string | number])[]): Log {
  const lines = events.map(([time, it]): Line => ({ time, partition: 0, data: { it } }));
  return readLog([{ stream: "a", lateness: 5, lines }]);
}

const it = (letter: string) => (event: LogEvent) => event.data.it === letter;
/** Not an event of the rule: it only moves the watermark on. */
const where = (event: LogEvent) => event.data.it !== "x";
const rule = {
  where,
  id: "r",
  streams: ["a"],
  key: {},
  severity: "high",
  defaultSeverity: "info",
  when: () => true,
} as const;

function said(meaning: Meaning, of: Log): readonly string[] {
  return evaluate(of, [meaning]).said.map(({ status, time }) => `${status} ${time}`);
}

const pair: JoinMeaning = {
  ...rule,
  left: it("l"),
  right: it("r"),
  within: 10,
  order: "any",
  match: "latest",
  output: "alert",
  entities: { left: (event) => event.data.it === "l" ? event.time : undefined },
};

Deno.test("a join takes the latest, the first or all of the partners already there; the bound is included", () => {
  const of = log([0, "l"], [1, "l"], [10, "r"], [11, "r"], [12, "r"]);
  const lefts = (match: JoinMeaning["match"]) => {
    return evaluate(of, [{ kind: "join", rule: { ...pair, match } }]).said.map((
      { time, entities },
    ) => [time, entities.left]);
  };
  expect(lefts("latest")).toEqual([[10, 1], [11, 1]]);
  expect(lefts("first")).toEqual([[10, 0], [11, 1]]);
  expect(lefts("all")).toEqual([[10, 0], [10, 1], [11, 1]]);
});

Deno.test("equal times satisfy both orders of a join, and an event that arrives first may be the later one", () => {
  const of = log([5, "r"], [5, "l"], [4, "l"], [6, "l"]);
  expect(said({ kind: "join", rule: { ...pair, order: "left_first" } }, of)).toEqual(["firing 5", "firing 5"]);
  expect(said({ kind: "join", rule: { ...pair, order: "right_first" } }, of)).toEqual(["firing 5", "firing 6"]);
});

Deno.test("a join's state is gone once the event's own watermark is the newest event + within", () => {
  expect(said({ kind: "join", rule: pair }, log([0, "l"], [15, "x"], [9, "r"]))).toEqual([]);
  expect(said({ kind: "join", rule: pair }, log([0, "l"], [14, "x"], [9, "r"]))).toEqual(["firing 9"]);
});

const steps: SequenceMeaning = {
  ...rule,
  steps: [{ fits: it("a"), times: 1 }, { fits: it("b"), times: 1 }],
  within: 10,
};
const absent: SequenceMeaning = { ...steps, steps: [{ fits: it("a"), times: 1 }], absent: it("b") };

Deno.test("a sequence completes within its bound, which is included, and ignores what comes between", () => {
  expect(said({ kind: "sequence", rule: steps }, log([0, "a"], [5, "c"], [10, "b"]))).toEqual(["firing 10"]);
  expect(said({ kind: "sequence", rule: steps }, log([0, "a"], [11, "b"]))).toEqual([]);
  expect(said({ kind: "sequence", rule: steps }, log([0, "a"], [0, "b"]))).toEqual([]);
});

Deno.test("`times: 3` are three events, and a completed run is followed by the next", () => {
  const thrice = { ...steps, steps: [{ fits: it("a"), times: 3 }] };
  const of = log([0, "a"], [1, "a"], [2, "a"], [3, "a"], [4, "a"], [5, "a"]);
  expect(said({ kind: "sequence", rule: thrice }, of)).toEqual(["firing 2", "firing 5"]);
});

Deno.test("a `not` alerts at the deadline unless one comes up to it, in whatever order", () => {
  expect(said({ kind: "sequence", rule: absent }, log([0, "a"], [40, "x"]))).toEqual(["firing 10"]);
  expect(said({ kind: "sequence", rule: absent }, log([0, "a"], [10, "b"], [40, "x"]))).toEqual([]);
  expect(said({ kind: "sequence", rule: absent }, log([0, "a"], [14, "x"], [10, "b"], [40, "x"]))).toEqual([]);
  expect(said({ kind: "sequence", rule: absent }, log([0, "a"], [15, "x"], [10, "b"], [40, "x"]))).toEqual([
    "firing 10",
  ]);
  expect(said({ kind: "sequence", rule: absent }, log([0, "a"], [16, "x"], [10, "b"], [40, "x"]))).toEqual([
    "firing 10",
  ]);
  expect(said({ kind: "sequence", rule: absent }, log([0, "a"], [10, "x"]))).toEqual(["firing 10"]);
});

Deno.test("a first step after a deadline that the watermark has not reached begins the next run beside it", () => {
  const of = log([0, "a"], [12, "a"], [9, "b"], [40, "x"]);
  expect(said({ kind: "sequence", rule: absent }, of)).toEqual(["firing 22"]);
  expect(said({ kind: "sequence", rule: absent }, log([0, "a"], [12, "a"], [40, "x"]))).toEqual([
    "firing 10",
    "firing 22",
  ]);
  expect(said({ kind: "sequence", rule: absent }, log([0, "a"], [5, "a"], [40, "x"]))).toEqual(["firing 10"]);
});

const silent: AbsenceMeaning = { ...rule, for: 10, notifyResolved: true };

Deno.test("a silence begins at last + for and ends with the next event; a gap of exactly `for` is one", () => {
  expect(said({ kind: "absence", rule: silent }, log([0, "a"], [9, "a"], [19, "a"], [25, "a"]))).toEqual([
    "firing 19",
    "resolved 19",
  ]);
  expect(said({ kind: "absence", rule: silent }, log([0, "a"], [9, "a"], [15, "a"], [24, "a"]))).toEqual([]);
  expect(said({ kind: "absence", rule: silent }, log([0, "a"]))).toEqual([]);
});

Deno.test("neighbours are found in event time, and a late event ends no silence", () => {
  expect(said({ kind: "absence", rule: silent }, log([0, "a"], [13, "a"], [8, "a"], [17, "a"]))).toEqual([]);
  expect(said({ kind: "absence", rule: silent }, log([0, "a"], [30, "a"], [8, "a"], [31, "a"]))).toEqual([
    "firing 10",
    "resolved 30",
  ]);
});

const scores: ZscoreMeaning = {
  ...rule,
  value: (event) => event.data.it,
  transform: "none",
  window: 100,
  resolution: 10,
  minSamples: 4,
  method: "standard",
  direction: "both",
  levels: [["warning", 2], ["critical", 3]],
  excludeOutliers: false,
};

Deno.test("a value is judged against what came before it, and a level is reached at exactly its score", () => {
  // Mean 11, sample standard deviation √(4/3): 20 is 7.79 of them away.
  const of = log([0, 10], [1, 12], [2, 10], [3, 12], [4, 20]);
  const [first, ...others] = evaluate(of, [{ kind: "zscore", rule: scores }]).said;
  expect(others).toEqual([]);
  expect(first).toMatchObject({ time: 4, severity: "critical", values: { value: 20, mean: 11 } });
  expect(first?.values.zscore).toBeCloseTo(9 / Math.sqrt(4 / 3), 12);
  // Mean 0, deviation 1: three values of which the middle one is 0.
  const exact = { ...scores, minSamples: 3 };
  expect(said({ kind: "zscore", rule: exact }, log([0, -1], [1, 0], [2, 1], [3, 2]))).toEqual(["firing 3"]);
});

Deno.test("an ewma forgets by half-lives", () => {
  const halved = { ...scores, minSamples: 2, method: { halfLife: 10 } } as const;
  // After 0 at 0 and 4 at 10: w = 1.5, mean = 4 / 1.5, S = 0 + 4 · (4 − mean).
  const mean = 4 / 1.5;
  const spread = Math.sqrt(4 * (4 - mean) / 1.5);
  const [first] = evaluate(log([0, 0], [10, 4], [10, 40]), [{ kind: "zscore", rule: halved }]).said;
  expect(first?.values.zscore).toBeCloseTo((40 - mean) / spread, 12);
});

Deno.test("thresholds of customers are strict, and one with a limit of its own counts apart", () => {
  const customers: KpiMeaning = {
    ...rule,
    key: { tenant: () => "t", metric: () => "m" },
    value: (event) => event.data.it,
    thresholds: [
      { tenant: "t", metric: "m", direction: "above", value: 5 },
      { tenant: "t", metric: "m", direction: "above", value: 7, limit: { max: 1, every: 10 }, severity: "critical" },
      { tenant: "t", metric: "other", direction: "below", value: 100 },
    ],
  };
  const found = evaluate(log([0, 5], [1, 7], [2, 8], [3, 9]), [{ kind: "kpi", rule: customers }]).said;
  expect(found.map(({ time, severity, values }) => [time, severity, values.threshold])).toEqual([
    [1, "high", 5],
    [2, "high", 5],
    [2, "critical", 7],
    [3, "high", 5],
  ]);
});

Deno.test("a score counts its own event, adds points in order and decides by the first that holds", () => {
  const decision: ScoreMeaning = {
    ...rule,
    features: [["n", { size: 10, of: aggregates.count() }]],
    points: [
      { name: "many", when: ({ values }) => Number(values.n) >= 2, add: () => 30 },
      { name: "nothing", when: () => true, add: () => 0 },
    ],
    decisions: [["block", ({ score }) => score >= 30], ["allow", () => true]],
    alertOn: ["block"],
    severityOf: () => "critical",
    records: true,
  };
  const found = evaluate(log([0, "a"], [9, "a"], [19, "a"], [9, "a"]), [{ kind: "score", rule: decision }]).said;
  expect(found.map(({ output, time, values }) => [output, time, values.n, values.decision ?? null])).toEqual([
    ["record", 0, 1, "allow"],
    ["record", 9, 2, "block"],
    ["alert", 9, 2, null],
    ["record", 19, 1, "allow"],
    ["record", 9, 2, "block"],
    ["alert", 9, 2, null],
  ]);
  expect(found[1]?.values.reasons).toEqual(["many"]);
});
