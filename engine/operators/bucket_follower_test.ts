/** What is followed bucket by bucket is what a merge of all buckets gives, also where buckets stop being exact. */
import { expect } from "expect";
import fc from "fast-check";
import { distinct } from "../aggregates/distinct.ts";
import { top } from "../aggregates/top.ts";
import type { Aggregate } from "../aggregates/aggregate.ts";
import type { Value } from "../model/value.ts";
import { BucketFollower } from "./bucket_follower.ts";

const place = (offset: number) => ({ stream: "a", topic: "a", partition: 0, offset, time: offset });

/** Follows buckets of an aggregate beside the buckets themselves. */
function following(aggregate: Aggregate, constants: readonly Value[]) {
  const fold = aggregate.fold(constants);
  const total = fold.follow?.();
  if (total === undefined) throw new Error(`${aggregate.name} is not followed`);
  const follower = new BucketFollower(fold, total);
  const buckets: unknown[] = [];
  let offset = 0;
  const merged = () => buckets.reduce((into, bucket) => fold.merge(into, bucket), fold.empty());
  return {
    add(value: Value, at: number) {
      while (buckets.length <= at) buckets.push(fold.empty());
      const where = place(offset++);
      follower.grow(buckets[at], value, where);
      buckets[at] = fold.add(buckets[at], value, where);
    },
    leave() {
      if (buckets.length > 0) follower.leave(buckets.shift());
    },
    agree() {
      const where = place(offset);
      expect(follower.result(buckets, where).value).toEqual(fold.result(merged(), where));
      const other = fold.add(merged(), "another", where);
      expect(follower.resultWith(buckets, "another", where).value).toEqual(fold.result(other, where));
      expect(follower.result(buckets, where).value).toEqual(fold.result(merged(), where));
    },
  };
}

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ value: fc.constantFrom("a", "b", "c", "d", 1, true), at: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.constant("leave" as const) },
);

for (const [aggregate, constants] of [[distinct, []], [top, [2]]] as const) {
  Deno.test(`${aggregate.name}: any values in any buckets, which leave in turn`, () => {
    fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const window = following(aggregate, constants);
      for (const one of steps) {
        if (one === "leave") window.leave();
        else window.add(one.value, one.at);
        window.agree();
      }
    }));
  });

  Deno.test(`${aggregate.name}: a bucket that stops being exact, and one that is exact again when it has left`, () => {
    const window = following(aggregate, constants);
    for (let i = 0; i < 9_999; i++) window.add(`v${i}`, 0);
    window.add("x", 1);
    window.agree();
    window.add("y", 1);
    window.agree();
    for (let i = 0; i < 10; i++) window.add(`w${i}`, 0);
    window.agree();
    window.add("z", 0);
    window.agree();
    window.leave();
    window.agree();
    window.add("x", 0);
    window.agree();
  });
}

Deno.test("top: a list counts each of its elements, also the one with which a bucket stops being exact", () => {
  const window = following(top, [3]);
  for (let i = 0; i < 9_998; i++) window.add(`v${i}`, 0);
  window.add(["a", "b", "a", "c"], 0);
  window.agree();
  window.add(["a", "c"], 1);
  window.agree();
  window.leave();
  window.agree();
});
