import { expect } from "expect";
import fc from "fast-check";
import { OrderedList } from "./ordered_list.ts";

const byNumber = (a: number, b: number) => a - b;

Deno.test("an ordered list knows ends, neighbours and ranks like a sorted array", () => {
  const step = fc.record({ item: fc.nat(400), leaves: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 2_000, size: "max" }), (steps) => {
      const list = new OrderedList<number>(byNumber);
      let sorted: number[] = [];
      for (const { item, leaves } of steps) {
        if (!leaves) list.insert(item);
        const known = sorted.indexOf(item);
        if (leaves) expect(list.remove(item)).toBe(known >= 0);
        sorted = leaves ? sorted.filter((_, i) => i !== known) : [...sorted, item].sort(byNumber);
      }
      expect([...list]).toEqual(sorted);
      expect(list.size).toBe(sorted.length);
      expect(list.first()).toBe(sorted[0]);
      expect(list.head(300)).toEqual(sorted.slice(0, 300));
      for (let probe = -1; probe <= 401; probe += 7) {
        expect(list.after(probe)).toBe(sorted.find((item) => item > probe));
        expect(list.upTo(probe)).toBe(sorted.findLast((item) => item <= probe));
        expect(list.at(probe)).toBe(sorted[probe]);
      }
    }),
    { seed: 5, numRuns: 100 },
  );
});
