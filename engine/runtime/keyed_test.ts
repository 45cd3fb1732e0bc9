import { expect } from "expect";
import * as fc from "fast-check";
import type { Value } from "../model/value.ts";
import { decodeKey, encodeKey, KeyedStage } from "./keyed.ts";
import { readStoreKey, storeKey } from "./saved_state.ts";

const part: fc.Arbitrary<Value> = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("", "[", '["a"]', "\n", "\u0001x", "\ud800", "a\nb"),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Object.is(number, -0)),
  fc.boolean(),
);

Deno.test("different keys have different texts, and a text gives its key back", () => {
  fc.assert(fc.property(fc.array(part, { maxLength: 3 }), fc.array(part, { maxLength: 3 }), (one, other) => {
    expect(decodeKey(encodeKey(one), one.length)).toEqual(one);
    if (one.length !== other.length) return;
    expect(encodeKey(one) === encodeKey(other)).toBe(JSON.stringify(one) === JSON.stringify(other));
  }));
});

Deno.test("a key is found again by its name in the store, which is always sound Unicode", () => {
  const stage = new KeyedStage("abc", 1);
  fc.assert(fc.property(part, (value) => {
    const text = encodeKey([value]);
    const name = storeKey(stage, text);
    expect(name.isWellFormed()).toBe(true);
    expect(readStoreKey(name, new Map([["abc", stage]]))).toEqual({ stage, text });
    expect(readStoreKey(name, new Map())).toBeUndefined();
  }));
});
