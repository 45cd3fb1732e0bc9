/** What aggregates do beyond the bounds to which they are exact. */
import { expect } from "expect";
import type { Place } from "../model/event.ts";
import type { Value } from "../model/value.ts";
import type { Fold } from "./aggregate.ts";
import { distinct } from "./distinct.ts";
import { percentile } from "./percentile.ts";
import { top } from "./top.ts";

const placeAt = (offset: number): Place => ({ stream: "s", topic: "t", partition: offset % 3, offset, time: offset });

/** Numbers in [0, 1) that a seed fixes. */
function* chance(seed: number): Generator<number, never> {
  for (let state = seed;;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

function foldUp(fold: Fold<unknown>, values: readonly Value[], order: readonly number[] = [...values.keys()]): unknown {
  return order.reduce((state, i) => fold.add(state, values[i] ?? 0, placeAt(i)), fold.empty());
}

/** The same values in six parts, each in its own order, merged in another. */
function foldInParts(fold: Fold<unknown>, values: readonly Value[]): unknown {
  const parts = [0, 1, 2, 3, 4, 5].map((part) =>
    foldUp(fold, values, [...values.keys()].filter((i) => i % 6 === part || (part === 5 && i % 6 > 5)).reverse())
  );
  const [a, b, c, d, e, f] = parts;
  const left = fold.merge(fold.merge(fold.empty(), f), b);
  return fold.merge(fold.merge(fold.merge(a, c), left), fold.merge(e, d));
}

const saved = (fold: Fold<unknown>, state: unknown) => fold.save?.(state) ?? null;
const again = (fold: Fold<unknown>, state: unknown) => fold.load?.(JSON.parse(JSON.stringify(saved(fold, state))));

for (
  const [name, fold, values] of [
    ["distinct", distinct.fold([]), [...Array(30_000).keys()].map((i) => `customer-${i}`)],
    ["percentile", percentile.fold([99]), [...Array(5_000).keys()].map((i) => (i * 7_919) % 5_000 - 1_000)],
    ["top", top.fold([5]), [...Array(40_000).keys()].map((i) => i % 4 === 0 ? `heavy-${i % 20}` : `light-${i}`)],
  ] as const
) {
  Deno.test(`${name} beyond its bound gives the same for any order, any merges, and after saving`, () => {
    const state = foldUp(fold, values);
    const expected = fold.result(state, undefined);
    expect(fold.approximate?.(state)).toBe(true);
    expect(fold.result(foldUp(fold, values, [...values.keys()].reverse()), undefined)).toEqual(expected);
    expect(fold.result(foldInParts(fold, values), undefined)).toEqual(expected);
    expect(fold.result(again(fold, state), undefined)).toEqual(expected);
    const half = foldUp(fold, values, [...values.keys()].slice(0, values.length / 2));
    const rest = [...values.keys()].slice(values.length / 2);
    const resumed = rest.reduce((kept, i) => fold.add(kept, values[i] ?? 0, placeAt(i)), again(fold, half));
    expect(fold.result(resumed, undefined)).toEqual(expected);
  });
}

Deno.test("distinct is exact at 10,000 values, and within 3 % of any greater number", () => {
  const fold = distinct.fold([]);
  for (const prefix of ["c", "customer-", "2026-01-05T10:00:00Z/"]) {
    let state = fold.empty();
    for (let i = 1; i <= 300_000; i++) {
      state = fold.add(state, `${prefix}${i}`, placeAt(i));
      if (i === 10_000) expect(fold.result(state, undefined)).toBe(10_000);
      if (i > 10_000 && i % 9_973 === 0) {
        expect(Math.abs(Number(fold.result(state, undefined)) / i - 1)).toBeLessThan(0.03);
      }
    }
  }
});

Deno.test("distinct tells numbers, texts, booleans, lists and objects apart, and not the order of names", () => {
  const fold = distinct.fold([]);
  const values = [1, "1", true, "true", [1], ["1"], "[1]", { a: 1, b: 2 }, { b: 2, a: 1 }, "\u0000[1]", 0, -0];
  expect(fold.result(foldUp(fold, values), undefined)).toBe(10 + 0);
});

Deno.test("a percentile of 1,024 values is exact, of more within 1 % of the value at the rank", () => {
  const random = chance(7);
  const values = [...Array(20_000)].map(() => (random.next().value - 0.3) * 10 ** (random.next().value * 8 - 3));
  for (const percent of [0.1, 1, 25, 30, 50, 90, 99, 99.9, 100]) {
    const fold = percentile.fold([percent]);
    for (const count of [1, 1_000, 1_024, 1_025, 20_000]) {
      const sorted = values.slice(0, count).sort((a, b) => a - b);
      const exact = sorted[Math.max(1, Math.ceil(percent * 10 * count / 1_000)) - 1] ?? NaN;
      const state = foldUp(fold, values.slice(0, count));
      const result = Number(fold.result(state, undefined));
      expect(fold.approximate?.(state)).toBe(count > 1_024);
      if (count <= 1_024) expect(result).toBe(exact);
      else expect(Math.abs(result - exact)).toBeLessThanOrEqual(0.01 * Math.abs(exact) * (1 + 1e-12));
    }
  }
});

Deno.test("a percentile of values more than 2 % apart stays exact, whatever their number", () => {
  const values = [...Array(5_000).keys()].map((i) => [0, 19.99, 20.5, -7, 21][i % 5] ?? 0);
  const result = (percent: number) => {
    const fold = percentile.fold([percent]);
    return fold.result(foldUp(fold, values), undefined);
  };
  expect([20, 40, 60, 100].map(result)).toEqual([-7, 0, 19.99, 21]);
});

Deno.test("the rank of a percentile is not lifted by rounding", () => {
  const fold = percentile.fold([55]);
  expect(fold.result(foldUp(fold, [...Array(100).keys()].map((i) => i + 1)), undefined)).toBe(55);
});

Deno.test("percentiles of the least and greatest doubles are values", () => {
  for (const value of [Number.MAX_VALUE, -Number.MAX_VALUE, 5e-324, -5e-324]) {
    const fold = percentile.fold([50]);
    expect(fold.result(foldUp(fold, Array<number>(2_000).fill(value)), undefined)).toBe(value);
    const beside = value * (Math.abs(value) > 1 ? 0.99 : 3);
    const two = Number(
      fold.result(foldUp(fold, [...Array(2_000).keys()].map((i) => i % 2 ? value : beside)), undefined),
    );
    expect(Math.abs(two / value - 1)).toBeLessThanOrEqual(Math.abs(value) > 1 ? 0.011 : 2);
  }
});

Deno.test("top finds the heavy values among 100,000, with counts within 2 %", () => {
  const random = chance(11);
  const exact = new Map<string, number>();
  const values = [...Array(400_000)].map((_, i) => {
    const heavy = Math.floor(random.next().value * 100);
    const value = heavy < 5 ? `heavy-${heavy}` : heavy < 10 ? `heavy-${heavy % 2}` : `light-${(i * 31) % 100_000}`;
    exact.set(value, (exact.get(value) ?? 0) + 1);
    return value;
  });
  const fold = top.fold([5]);
  const result = fold.result(foldUp(fold, values), undefined);
  const best = [...exact].sort((a, b) => b[1] - a[1]).slice(0, 5);
  const entries = (Array.isArray(result) ? result : []).map(({ value, count }) => [value, Number(count)] as const);
  expect(entries.map(([value]) => value).sort()).toEqual(best.map(([value]) => value).sort());
  for (const [value, count] of entries) {
    expect(Math.abs(count / (exact.get(String(value)) ?? NaN) - 1)).toBeLessThan(0.02);
  }
});

Deno.test("sliding windows stay exact beyond the bounds", () => {
  const counted = distinct.slidingFold?.([]);
  const ranked = top.slidingFold?.([1]);
  const placed = percentile.slidingFold?.([50]);
  if (counted === undefined || ranked === undefined || placed === undefined) throw new Error("no sliding fold");
  const values = [...Array(30_000).keys()].map((i) => i % 20_001);
  expect(counted.result(foldUp(counted, values), undefined)).toBe(20_001);
  expect(ranked.result(foldUp(ranked, values), undefined)).toEqual([{ value: 0, count: 2 }]);
  expect(placed.result(foldUp(placed, values), undefined)).toBe(7_499);
});

for (
  const [aggregate, constants, sound] of [
    [percentile, [50], true],
    [percentile, [99.9], true],
    [percentile, [0], false],
    [percentile, [101], false],
    [percentile, ["p99"], false],
    [top, [10], true],
    [top, [0], false],
    [top, [2.5], false],
  ] as const
) {
  Deno.test(`${aggregate.name} ${sound ? "takes" : "refuses"} ${JSON.stringify(constants[0])}`, () => {
    expect(aggregate.check?.(constants) === undefined).toBe(sound);
  });
}
