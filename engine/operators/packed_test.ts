import { expect } from "expect";
import fc from "fast-check";
import { distancesOf, fromDistances, packDoubles, unpackDoubles } from "./packed.ts";

Deno.test("doubles come back to the bit, and no longer than eleven signs each", () => {
  fc.assert(fc.property(fc.array(fc.double()), (numbers) => {
    const text = packDoubles(numbers);
    expect(unpackDoubles(text)).toEqual(numbers);
    expect(text.length).toBeLessThanOrEqual(11 * numbers.length + 4);
  }));
});

Deno.test("whole numbers come back from their distances", () => {
  fc.assert(fc.property(fc.array(fc.integer()), (numbers) => {
    expect(fromDistances(distancesOf(numbers))).toEqual(numbers.map((number) => number + 0));
  }));
});
