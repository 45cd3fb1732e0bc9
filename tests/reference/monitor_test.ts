/**
 * One seasonal monitor with smoothing and extremes, over 66 hourly readings, with numbers from outside: a program that
 * shares no line with the engine or the reference computed them from the sentences of the manual, over the whole history
 * at every reading.
 */
import { expect } from "expect";
import { engineOutcome } from "./compare.ts";
import { lateness } from "./streams.ts";

const hour = 3_600_000;

const rule = {
  id: "r",
  kind: "zscore",
  on: "a",
  key: "a.k",
  value: "a.x",
  transform: "sqrt",
  smooth: "2h",
  method: { ewma: { half_life: "24h" } },
  baseline: { window: "72h", resolution: "6h", min_samples: 4 },
  seasonality: { period: "24h", slots: 2 },
  levels: { warning: 2.5, critical: 4 },
  extremes: { margin: 0.05 },
};

/** Midnight, so that the slots are the halves of a day. */
const start = 10 * 24 * hour;

/** About 100 in the first half of a day, about 400 in the second; at 50 h an odd value, at 64 h the greatest of all. */
function readingAt(index: number): number {
  if (index === 50) return 130;
  if (index === 64) return 480;
  return (index % 24 < 12 ? 100 : 400) + ([0, 9, -6, 4, -9, 7][index % 6] ?? 0);
}

/** Hour, severity, value, excess, mean, standard deviation, z-score; the last three are absent where a slot has too few samples. */
const expected = [
  [4, "critical", 91, 0.2, 10.057509084495484, 0.10265175289280123, -1.839165513472805],
  [12, "critical", 400, 16.166666666666668],
  [24, "critical", 100, -0.02830188679245283, 10.018448517747169, 0.12130111813399276, 41.78586365189013],
  [36, "warning", 400, -0.02830188679245283, 19.66968340859625, 1.242419398051554, -3.620068391764855],
  [48, "critical", 100, -0.02830188679245283, 10.25836341880737, 1.0811006727166383, 4.466519357512488],
  [60, "warning", 400, -0.02830188679245283, 19.669683408596246, 1.2424193980515548, -3.62006839176485],
  [64, "critical", 480, 0.22327044025157233, 19.44498819415453, 1.5669550488721067, 0.9951393169779157],
];

/** Numbers to nine digits, as far as they were computed alike. */
function rounded(value: unknown): unknown {
  return typeof value === "number" ? Number(value.toPrecision(9)) : value;
}

for (const restoreEvery of [0, 1]) {
  const how = restoreEvery === 0 ? "in one run" : "saved and loaded after every reading";
  Deno.test(`a seasonal monitor with smoothing and extremes says what a reader computes, ${how}`, async () => {
    const lines = Array.from({ length: 66 }, (_, index) => {
      return { partition: 0, time: start + index * hour, data: { k: "u", x: readingAt(index) } };
    });
    const { said } = await engineOutcome([rule], [{ stream: "a", lateness: lateness.a, lines }], {
      batch: 1,
      restoreEvery,
    });
    const found = said.map(({ time, severity, values }) => {
      const { value, excess, mean, stddev, zscore } = values;
      return [(time - start) / hour, severity, value, excess, mean, stddev, zscore].filter((one) => one !== undefined);
    });
    expect(found.map((row) => row.map(rounded))).toEqual(expected.map((row) => row.map(rounded)));
  });
}
