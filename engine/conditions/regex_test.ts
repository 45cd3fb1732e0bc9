import { expect } from "expect";
import fc from "fast-check";
import { RE2JS } from "re2js";
import { compilePattern, matchDynamic } from "./regex.ts";

function matches(pattern: string, text: string): boolean {
  const matcher = compilePattern(pattern);
  if (typeof matcher !== "function") throw new Error(matcher.refused);
  return matcher(text);
}

Deno.test("a pattern is searched anywhere in the text, and inline flags work", () => {
  expect(matches("(?i)bot|curl|python|headless", "Mozilla HeadlessChrome")).toBe(true);
  expect(matches("(?i)bot|curl|python|headless", "Mozilla Safari")).toBe(false);
  expect(matches("^curl", "curl/8")).toBe(true);
  expect(matches("^curl", "libcurl")).toBe(false);
  expect(matches("(?s)a.b", "a\nb")).toBe(true);
  expect(matches("a.b", "a\nb")).toBe(false);
});

Deno.test("case is folded as in RE2 beyond ASCII", () => {
  expect(matches("(?i)k", "\u212a")).toBe(true);
  expect(matches("(?i)bots", "bot\u017f")).toBe(true);
});

Deno.test("plain alternations on the native engine answer as RE2 does", () => {
  const letters = ["a", "b", "K", "s", "S", " ", "/", "-", "#", "\\.", "\\^", "\\$", "\\(", "\\\\", "\\|", "=", "<"];
  const literal = fc.array(fc.constantFrom(...letters), { minLength: 1, maxLength: 3 }).map((parts) => parts.join(""));
  const branch = fc.tuple(fc.constantFrom("", "^"), literal, fc.constantFrom("", "$")).map((parts) => parts.join(""));
  const pattern = fc.tuple(fc.constantFrom("", "(?i)"), fc.array(branch, { minLength: 1, maxLength: 3 }))
    .map(([flag, branches]) => flag + branches.join("|"));
  const text = fc.array(fc.constantFrom(...letters.map((l) => l.slice(-1)), "\u212a", "\u017f", "\n", "\ud83d\ude00"), {
    maxLength: 6,
  }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(pattern, text, (pattern, text) => {
      expect(matches(pattern, text)).toBe(RE2JS.compile(pattern).test(text));
    }),
    { numRuns: 3_000 },
  );
});

Deno.test("a pattern that makes backtracking engines explode is linear here", () => {
  const start = performance.now();
  expect(matches("^(a+)+$", "a".repeat(5_000) + "!")).toBe(false);
  expect(performance.now() - start).toBeLessThan(2_000);
});

for (const pattern of ["(?=a)b", "(a)\\1", "(?<!a)b", "[", "a{2000}"]) {
  Deno.test(`RE2 refuses ${pattern} and says why`, () => {
    const refused = compilePattern(pattern);
    expect(typeof refused === "function" ? "" : refused.refused).not.toBe("");
  });
}

Deno.test("a pattern of an event that is refused has no answer", () => {
  expect(matchDynamic("abc", "b")).toBe(true);
  expect(matchDynamic("abc", "b")).toBe(true);
  expect(matchDynamic("abc", "(")).toBe(undefined);
});

Deno.test("patterns of events are forgotten beyond a bound, and still answer", () => {
  for (let i = 0; i < 1_500; i++) expect(matchDynamic(`x${i}y`, `x${i}`)).toBe(true);
  expect(matchDynamic("abc", "b")).toBe(true);
});
