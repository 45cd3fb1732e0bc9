import { expect } from "expect";
import { wrapped } from "./wrap.ts";

const words = Array.from({ length: 40 }, (_, i) => `"name_${i}"`).join(", ");

Deno.test("a short text stays on one line", () => {
  expect(wrapped("write `==`", 10)).toEqual(["write `==`"]);
});

Deno.test("a long list is broken between its names, and nothing of it is lost", () => {
  const lines = wrapped(words, 10);
  expect(lines.length).toBeGreaterThan(3);
  expect(lines.every((line) => line.length <= 100)).toBe(true);
  expect(lines.join(" ")).toBe(words);
});

Deno.test("text to be copied stays on one line, however long it is", () => {
  const text = `'${"payment.amount > 100 && ".repeat(8)}it''s'`;
  expect(wrapped(`put it in single quotes: ${text}`, 10)).toEqual(["put it in single quotes:", text]);
});

Deno.test("a quote or backtick that stands alone is kept", () => {
  const text = `${"a word and another ".repeat(6)}with a " and a \` in it, the author's own`;
  expect(wrapped(text, 10).join(" ")).toBe(text);
});
