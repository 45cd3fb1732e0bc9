import { expect } from "expect";
import fc from "fast-check";
import { nearestDouble, sumOf } from "../../tests/reference/exact.ts";
import { addExact, addProduct, emptySum, type ExactSum, mergeExact, roundExact } from "./exact_sum.ts";

function sumUp(values: readonly number[]): ExactSum {
  const sum = emptySum();
  for (const value of values) addExact(sum, value);
  return sum;
}

/** Doubles of all sizes, small whole numbers and amounts of money. */
const value = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -5, max: 5 }),
  fc.integer({ min: -1_000_000, max: 1_000_000 }).map((cents) => cents / 100),
);

/** Sums that are neither subnormal nor near the end of doubles, where the reference rounds like a double. */
const ordinary = value.filter((one) => one === 0 || (Math.abs(one) > 1e-290 && Math.abs(one) < 1e290));

Deno.test("a sum is the double nearest to the exact sum", () => {
  fc.assert(
    fc.property(fc.array(ordinary, { maxLength: 40 }), (values) => {
      const exact = nearestDouble(sumOf(values));
      expect(roundExact(sumUp(values)) ?? Infinity).toBe(Number.isFinite(exact) ? exact + 0 : Infinity);
    }),
    { seed: 1, numRuns: 2_000 },
  );
});

Deno.test("a sum does not depend on the order of additions, nor on how parts are merged", () => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 40 }), fc.nat(40), fc.integer(), (values, cut, seed) => {
      const shuffled = values.toSorted((a, b) => Math.sin(a + seed) - Math.sin(b + seed));
      const merged = sumUp(values.slice(0, cut));
      mergeExact(merged, sumUp(values.slice(cut)));
      expect(roundExact(sumUp(shuffled))).toBe(roundExact(sumUp(values)));
      expect(roundExact(merged)).toBe(roundExact(sumUp(values)));
    }),
    { seed: 2, numRuns: 1_000 },
  );
});

Deno.test("what is taken back out leaves no trace", () => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 20 }), fc.array(value, { maxLength: 20 }), (stay, leave) => {
      const sum = sumUp([...leave, ...stay]);
      for (const one of leave) addExact(sum, -one);
      expect(roundExact(sum)).toBe(roundExact(sumUp(stay)));
      for (const one of stay) addExact(sum, -one);
      expect(sum).toEqual(emptySum());
    }),
    { seed: 3, numRuns: 1_000 },
  );
});

Deno.test("a product of two doubles is added without rounding", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer(), (a, b) => {
      const sum = emptySum();
      addProduct(sum, a * 1e9 + 1 / 3, b * 1e9 - 1 / 3);
      addProduct(sum, -(a * 1e9 + 1 / 3), b * 1e9 - 1 / 3);
      expect(sum).toEqual(emptySum());
    }),
    { seed: 4 },
  );
});

for (
  const [name, values, sum] of [
    ["tenths", [0.1, 0.2, 0.3], 0.6],
    ["ten tenths", Array<number>(10).fill(0.1), 1],
    ["a small value between two great ones", [1e100, 1, -1e100], 1],
    ["a tie goes to the even double", [2 ** 53, 1], 2 ** 53],
    ["a tie with a little more goes up", [2 ** 53, 1, 2 ** -60], 2 ** 53 + 2],
    ["a tie with a little less stays", [2 ** 53 + 2, 1, -(2 ** -60)], 2 ** 53 + 2],
    ["the other tie goes to the even double", [2 ** 53 + 2, 1], 2 ** 53 + 4],
    ["values that pass the end of a double on the way", [1.7e308, 1.7e308, -1.7e308], 1.7e308],
    ["a tiny value beside huge ones that cancel", [1.7e308, 5e-324, -1.7e308], 5e-324],
    [
      "the greatest double and half its last bit, with a little less",
      [Number.MAX_VALUE, 2 ** 970, -1],
      Number.MAX_VALUE,
    ],
  ] as const
) {
  Deno.test(`a sum is right for ${name}`, () => expect(roundExact(sumUp(values))).toBe(sum));
}

Deno.test("a sum beyond the range of a double has no value", () => {
  expect(roundExact(sumUp([1.7e308, 1.7e308]))).toBeUndefined();
  expect(roundExact(sumUp([Number.MAX_VALUE, 2 ** 970]))).toBeUndefined();
});
