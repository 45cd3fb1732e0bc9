import { expect } from "expect";
import fc from "fast-check";
import { rootTo12Digits, sampleVariance } from "../../../tests/reference/exact.ts";
import {
  addMoments,
  emptyMoments,
  exactDeviation,
  mergeMoments,
  type Moments,
  sampleDeviation,
} from "./exact_moments.ts";

function momentsOf(values: readonly number[]): Moments {
  const moments = emptyMoments();
  for (const value of values) addMoments(moments, value, 1);
  return moments;
}

/** Values of like size, far from zero: what the textbook formula fails on. */
const near = fc.integer({ min: -1_000, max: 1_000 }).map((step) => 1e9 + step / 1_024);
const amount = fc.integer({ min: -1_000_000, max: 1_000_000 }).map((cents) => cents / 100);
const any = fc.double({ noNaN: true, noDefaultInfinity: true });

Deno.test("the deviation is the exact one, rounded to 12 significant digits", () => {
  for (const values of [near, amount, fc.oneof(near, amount)]) {
    fc.assert(
      fc.property(fc.array(values, { minLength: 2, maxLength: 30 }), (all) => {
        const exact = rootTo12Digits(sampleVariance(all) ?? { over: 0n, under: 1n });
        expect(sampleDeviation(momentsOf(all))).toBe(exact);
        expect(exactDeviation(momentsOf(all))).toBe(exact);
      }),
      { seed: 21, numRuns: 1_000 },
    );
  }
});

Deno.test("the deviation of values of any size depends on no order, and on nothing that was taken back out", () => {
  fc.assert(
    fc.property(fc.array(any, { maxLength: 12 }), fc.array(any, { maxLength: 12 }), (stay, leave) => {
      const moments = momentsOf([...stay, ...leave]);
      for (const value of leave) addMoments(moments, value, -1);
      const merged = momentsOf(stay.slice(4));
      mergeMoments(merged, momentsOf(stay.slice(0, 4)));
      const expected = sampleDeviation(momentsOf(stay));
      expect(sampleDeviation(moments)).toBe(expected);
      expect(sampleDeviation(merged)).toBe(expected);
      expect(exactDeviation(momentsOf(stay.length < 2 ? [0, 0] : stay))).toBe(stay.length < 2 ? 0 : expected);
    }),
    { seed: 22, numRuns: 500 },
  );
});

for (
  const [values, deviation] of [
    [[], undefined],
    [[3], undefined],
    [[3, 3], 0],
    [[1e200, 3e200], 1.41421356237e200],
    [[1e-200, 3e-200], 1.41421356237e-200],
    [[5e-324, 0], 5e-324],
    [[1e200, 1e-200], 7.07106781187e199],
    [[1.7e308, -1.7e308], undefined],
    [[1.2e308, 1e308], 1.41421356237e307],
    [[0, 1e12, 1e12 + 1], 577350269190],
  ] as const
) {
  Deno.test(`the deviation of ${JSON.stringify(values)} is ${deviation}`, () => {
    expect(sampleDeviation(momentsOf(values))).toBe(deviation);
  });
}
