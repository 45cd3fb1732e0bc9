/** The sketch of a robust baseline, and the ranks that it is asked for. */
import { expect } from "expect";
import fc from "fast-check";
import { addToCells, type Cells, cellsMax, eachCell, emptyCells } from "./cells.ts";
import { CountedValues } from "./counted_values.ts";

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  return ((sorted[Math.ceil(half) - 1] ?? NaN) + (sorted[Math.floor(half)] ?? NaN)) / 2;
}

function distanceOf(values: readonly number[], from: number): number {
  return medianOf(values.map((value) => Math.abs(value - from)));
}

function cellsOf(values: readonly number[]): Cells {
  const cells = emptyCells();
  for (const value of values) addToCells(cells, value);
  return cells;
}

const few = fc.integer({ min: -3, max: 3 });
const many = fc.double({ min: -1e6, max: 1e6, noNaN: true });

Deno.test("median and median distance are those of the values, whatever came and went", () => {
  for (const value of [few, many, fc.oneof(few, many)]) {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 400 }), fc.array(value), (stay, leave) => {
        const counted = new CountedValues();
        for (const one of [...stay, ...leave]) counted.add(one, 1);
        for (const one of leave) counted.add(one, -1);
        const median = medianOf(stay);
        expect(counted.size).toBe(stay.length);
        expect(counted.median() + 0).toBe(median + 0);
        expect(counted.medianDistance(median)).toBe(distanceOf(stay, median));
      }),
      { seed: 31, numRuns: 300 },
    );
  }
});

Deno.test("values stay exact up to 64 different ones", () => {
  const values = [...Array(640).keys()].map((i) => (i % cellsMax) * 1.1 - 7);
  const shown: number[] = [];
  eachCell(cellsOf(values), (value, count) => shown.push(...Array<number>(count).fill(value)));
  expect(shown).toEqual(values.toSorted((a, b) => a - b));
});

Deno.test("cells depend on no order, and know each value to 1/63 of the range", () => {
  const values = fc.array(fc.oneof(many, fc.double({ noNaN: true, noDefaultInfinity: true })), {
    minLength: 100,
    maxLength: 300,
  });
  fc.assert(
    fc.property(values, fc.integer(), (all, seed) => {
      const cells = cellsOf(all);
      expect(cellsOf(all.toSorted((a, b) => Math.sin(a + seed) - Math.sin(b + seed)))).toEqual(cells);
      expect(cells.starts.length).toBeLessThanOrEqual(cellsMax);
      const sorted = all.toSorted((a, b) => a - b);
      const range = (sorted.at(-1) ?? 0) / 63 - (sorted[0] ?? 0) / 63;
      let at = 0;
      eachCell(cells, (shown, count) => {
        for (const value of sorted.slice(at, at + count)) expect(Math.abs(shown - value)).toBeLessThanOrEqual(range);
        at += count;
      });
      expect(at).toBe(all.length);
    }),
    { seed: 32, numRuns: 300 },
  );
});
