/** The reference itself, against examples computed by hand: what the property tests compare with must be trusted. */
import { expect } from "expect";
import * as aggregates from "./aggregates.ts";
import type { AlignedMeaning } from "./aligned.ts";
import { evaluate, type Meaning } from "./evaluate.ts";
import { nearestDouble, rootTo12Digits, sampleVariance, sumOf } from "./exact.ts";
import { clockAt, type Line, momentOf, readLog } from "./log.ts";
import type { Said } from "./outcome.ts";
import type { RuleMeaning } from "./rule.ts";
import type { SlidingMeaning } from "./sliding.ts";

/** Events of one stream with a lateness of 5: [time, value, partition]. A value of undefined is a missing field. */
function log(...events: readonly (readonly [number, (number | undefined)?, number?])[]) {
  const lines = events.map(([time, x, partition]): Line => {
    return { time, partition: partition ?? 0, data: x === undefined ? { k: "one" } : { k: "one", x } };
  });
  return readLog([{ stream: "a", lateness: 5, lines }]);
}

const x: aggregates.Reader = (event) => event.data.x;

const rule: RuleMeaning = {
  id: "r",
  streams: ["a"],
  key: { k: (event) => event.data.k },
  severity: "high",
  defaultSeverity: "info",
  when: ({ events }) => typeof events[0]?.data.x === "number" ? events[0].data.x > 2 : undefined,
};

const windowed = {
  ...rule,
  aggregates: [["n", aggregates.count()], ["total", aggregates.sum(x)]],
  for: 1,
  output: "alert",
  when: ({ values }) => Number(values.n) >= 2,
} satisfies Partial<AlignedMeaning>;

const tumbling: AlignedMeaning = { ...windowed, emit: "on_close", size: 10, every: 10, offset: 0 };
const slide: SlidingMeaning = { ...windowed, emit: "on_match", size: 10, notifyResolved: true };

function said(meaning: Meaning, of: ReturnType<typeof log>): readonly Partial<Said>[] {
  return evaluate(of, [meaning]).said;
}

function times(meaning: Meaning, of: ReturnType<typeof log>): readonly string[] {
  return evaluate(of, [meaning]).said.map((one) => `${one.status} ${one.time} ${one.values.n ?? "-"}`);
}

Deno.test("sums are the doubles nearest to the exact sums", () => {
  expect(nearestDouble(sumOf([1e100, 1, -1e100]))).toBe(1);
  expect(nearestDouble(sumOf([0.1, 0.2]))).toBe(0.1 + 0.2);
  expect(nearestDouble(sumOf(new Array(10).fill(0.1)))).toBe(1);
  expect(nearestDouble(sumOf([-0.5, 0.25]))).toBe(-0.25);
});

Deno.test("a standard deviation has 12 significant digits", () => {
  const deviation = (values: number[]) => rootTo12Digits(sampleVariance(values) ?? { over: 0n, under: 1n });
  expect(deviation([2, 4, 4, 4, 5, 5, 7, 9])).toBe(2.13808993530);
  expect(deviation([1, 1, 1])).toBe(0);
  expect(deviation([0.001, 0.002])).toBe(0.000707106781187);
});

Deno.test("an event is late below the watermark of its own partition, not at it", () => {
  const of = log([10, 1], [5, 1], [4, 1], [4, 1, 1]);
  expect(evaluate(of, []).late).toEqual([{ stream: "a", offset: 2, reason: "late" }]);
});

Deno.test("a rule's watermark is the least of its partitions, held by one that has no event yet", () => {
  const of = log([10, 1], [20, 1, 1], [12, 1]);
  expect([0, 1, 2, 3, 4].map((moment) => clockAt(of, ["a"], moment))).toEqual([-Infinity, -Infinity, 5, 5, 20]);
  expect([5, 6, 21].map((due) => momentOf(of, ["a"], due))).toEqual([2, 4, undefined]);
});

Deno.test("files are merged by their oldest heads, ties in the order given", () => {
  const file = (stream: string, ...at: number[]) => {
    return { stream, lateness: 0, lines: at.map((time) => ({ time, partition: 0, data: {} })) };
  };
  const { events } = readLog([file("a", 3, 1, 5), file("b", 2, 3, 6)]);
  expect(events.map(({ stream, time }) => `${stream}${time}`)).toEqual(["b2", "a3", "a1", "b3", "a5", "b6"]);
});

Deno.test("a filter says each event for which its condition holds", () => {
  expect(times({ kind: "filter", rule, output: "alert" }, log([1, 3], [2, 2], [3], [4, 5]))).toEqual([
    "firing 1 -",
    "firing 4 -",
  ]);
});

Deno.test("a limit lets an alert exactly `every` after the last one pass, with the count of those held back", () => {
  const limited = { ...rule, limit: { max: 1, every: 10 } };
  const found = said({ kind: "filter", rule: limited, output: "alert" }, log([0, 3], [4, 3], [9, 3], [10, 3], [11, 3]));
  expect(found.map(({ time, suppressed }) => [time, suppressed])).toEqual([[0, 0], [10, 2]]);
});

Deno.test("a limit holds back an alert older than the newest that passed when any lies less than `every` away", () => {
  const limited = { ...rule, limit: { max: 2, every: 10 } };
  const found = said(
    { kind: "filter", rule: limited, output: "alert" },
    log([20, 3], [11, 3], [10, 3], [25, 3], [26, 3]),
  );
  expect(found.map(({ time, suppressed }) => [time, suppressed])).toEqual([[20, 0], [10, 1], [25, 0]]);
});

Deno.test("a tumbling window takes a late event while its end is after the watermark of the event's partition", () => {
  // Watermark 9 before the second event: the window [0, 10) still takes it. Watermark 10 before the fourth: it does not.
  const found = said({ kind: "aligned", rule: tumbling }, log([14, 1], [2, 2], [3, 4], [15, 8], [4, 16], [30, 0]));
  expect(found.map(({ window, values }) => ({ ...window, ...values }))).toEqual([
    { start: 0, end: 10, n: 2, total: 6 },
    { start: 10, end: 20, n: 2, total: 9 },
  ]);
});

Deno.test("a window that ends exactly at the end of the log closes, a later one does not", () => {
  expect(times({ kind: "aligned", rule: tumbling }, log([1, 1], [2, 1], [10, 1], [11, 1], [20, 1]))).toEqual([
    "firing 10 2",
    "firing 20 2",
  ]);
  expect(times({ kind: "aligned", rule: tumbling }, log([1, 1], [2, 1], [9, 1]))).toEqual([]);
});

Deno.test("`for: 2` speaks from the second window in a row on; an empty window breaks the row", () => {
  const inRow = { ...tumbling, for: 2 };
  const pairs = [0, 10, 20, 40, 50].flatMap((at): [number, number][] => [[at, 1], [at + 1, 1]]);
  expect(times({ kind: "aligned", rule: inRow }, log(...pairs, [70, 1]))).toEqual([
    "firing 20 2",
    "firing 30 2",
    "firing 60 2",
  ]);
});

Deno.test("a row of windows is resolved by the first window that does not match, or that is empty", () => {
  const resolving = { ...tumbling, notifyResolved: true };
  const of = log([0, 1], [1, 1], [10, 1], [20, 1], [21, 1], [41, 1]);
  expect(times({ kind: "aligned", rule: resolving }, of)).toEqual([
    "firing 10 2",
    "resolved 20 1",
    "firing 30 2",
    "resolved 40 -",
  ]);
});

Deno.test("a hopping window on match speaks once in each window that holds the event, and again for a rise", () => {
  const hopping: AlignedMeaning = {
    ...tumbling,
    emit: "on_match",
    every: 5,
    severity: [["critical", ({ values }) => Number(values.n) >= 3], ["warning", () => true]],
  };
  const found = said({ kind: "aligned", rule: hopping }, log([6, 1], [7, 1], [8, 1], [9, 1]));
  expect(found.map(({ time, window, severity }) => [time, window?.start, severity])).toEqual([
    [7, 0, "warning"],
    [7, 5, "warning"],
    [8, 0, "critical"],
    [8, 5, "critical"],
  ]);
});

Deno.test("a sliding window leaves out an event exactly its size older", () => {
  expect(times({ kind: "sliding", rule: slide }, log([0, 1], [10, 1], [19, 1], [19, 1]))).toEqual(["firing 19 2"]);
});

Deno.test("a sliding episode ends at an event that finds the condition false, or `size` after the last one", () => {
  const summed: SlidingMeaning = {
    ...slide,
    where: (event) => event.data.x !== undefined,
    when: ({ values }) => Number(values.total) > 2,
  };
  expect(times({ kind: "sliding", rule: summed }, log([0, 3], [4, -2], [5, 2], [15, 1], [27, 4], [50]))).toEqual([
    "firing 0 1",
    "resolved 4 2",
    "firing 5 3",
    "resolved 15 -",
    "firing 27 1",
    "resolved 37 -",
  ]);
});

Deno.test("a session is joined by an event less than the gap away, and closes at last + gap", () => {
  const gapped = { ...windowed, emit: "on_close", gap: 10 } as const;
  const found = said({ kind: "session", rule: gapped }, log([0, 1], [14, 1], [9, 1], [24, 1], [25, 1], [50, 1]));
  expect(found.map(({ window, values }) => [window?.start, window?.end, values?.n])).toEqual([[0, 24, 3], [24, 35, 2]]);
});

Deno.test("a late event near a closed session begins its own where that ends after the watermark", () => {
  const gapped = { ...windowed, emit: "on_close", gap: 10, when: () => true } as const;
  // At a watermark of 25, [5, 15) and [15, 25) have closed; 16 begins [16, 26), and 14 joins that, not the closed ones.
  const found = said({ kind: "session", rule: gapped }, log([5, 1], [15, 1], [30, 1], [16, 1], [14, 1], [60, 1]));
  expect(found.map(({ window, values }) => [window?.start, window?.end, values?.n])).toEqual([
    [5, 15, 1],
    [15, 25, 1],
    [14, 26, 2],
    [30, 40, 1],
  ]);
});

Deno.test("a late event whose session would end at the watermark enters none", () => {
  const gapped = { ...windowed, emit: "on_close", gap: 10, when: () => true } as const;
  const found = said({ kind: "session", rule: gapped }, log([30, 1], [15, 1], [60, 1]));
  expect(found.map(({ window }) => window?.start)).toEqual([30]);
});
