/** The words and names that sinks make of alerts. */
import { expect } from "expect";
import { alertOf, burst } from "../compliance/samples.ts";
import { comparisonsOf } from "./comparison.ts";
import { clip, noticeOf } from "./notice.ts";
import { pathTemplate } from "./path_template.ts";
import { hidden, secretsOf } from "./secrets.ts";

function phrases(expression: string, values: Record<string, number | string>, matched = true): readonly string[] {
  return comparisonsOf([{ name: "c", matched, expression, values }]);
}

Deno.test("a value beyond its limit says how far: in percent, or as a factor from tenfold on", () => {
  expect(phrases("error_rate > 0.05", { error_rate: 0.0731 })).toEqual(["error_rate 0.0731, 46 % over 0.05"]);
  expect(phrases("count > 3", { count: 96 })).toEqual(["count 96, 32 times over 3"]);
  expect(phrases("ratio < 0.95", { ratio: 0.5 })).toEqual(["ratio 0.5, 47 % under 0.95"]);
  expect(phrases("gap > 0", { gap: 7 })).toEqual(["gap 7, 7 over 0"]);
  expect(phrases("count >= 20", { count: 20 })).toEqual(["count 20, the limit itself"]);
});

Deno.test("only comparisons that held, of numbers that were read, become phrases", () => {
  const both = "payment.amount > 1500 && payment.risk_score > 70";
  expect(phrases(both, { "payment.amount": 1800, "payment.risk_score": 12 })).toEqual([
    "payment.amount 1,800, 20 % over 1,500",
  ]);
  expect(phrases("payment.amount > 1500", { "payment.amount": "much" })).toEqual([]);
  expect(phrases("count > 3", { count: 9 }, false)).toEqual([]);
  expect(phrases("age < duration('1h')", { age: 3 })).toEqual([]);
});

Deno.test("a resolved alert says when it ended, and what has no window says its moment", () => {
  const resolved = noticeOf({ ...burst, status: "resolved" });
  expect(resolved.badge).toBe("RESOLVED");
  expect(resolved.facts.find(({ name }) => name === "Resolved")?.value).toBe("03:00:00 UTC on 2026-01-05");
  const { facts, runbook } = noticeOf(alertOf(0, { event_time: "2026-01-05T10:00:00.250Z", runbook: "javascript:x" }));
  expect(facts.find(({ name }) => name === "Since")?.value).toBe("10:00:00.250 UTC on 2026-01-05");
  expect(runbook).toBe(undefined);
});

Deno.test("several criteria are named by those that were met", () => {
  const criterion = (name: string, matched: boolean) => ({ name, matched, expression: "x", values: {} });
  const { facts } = noticeOf(alertOf(0, { criteria: [criterion("flagged", true), criterion("high_risk", false)] }));
  expect(facts.find(({ name }) => name === "Criteria")?.value).toBe("flagged (1 of 2)");
});

Deno.test("a text that is cut ends with an ellipsis and a whole character", () => {
  expect(clip("abcdef", 6)).toBe("abcdef");
  expect(clip("abcdefg", 6)).toBe("abcde…");
  expect(clip("abcd💳💳", 6)).toBe("abcd…");
});

Deno.test("a template finds a path, or a single name among values, key and entities", () => {
  const item = {
    pack: "p",
    values: { tx_id: "t", n: 3 },
    key: { user_id: "u" },
    entities: { order: "o" },
    "labels": {},
  };
  expect(pathTemplate("score:{tx_id}/{key.user_id}/{order}/{n}/{pack}")(item)).toBe("score:t/u/o/3/p");
  for (const missing of ["{none}", "{key.none}", "{values}", "{constructor}", "{values.constructor}"]) {
    expect(pathTemplate(missing)(item)).toBe(undefined);
  }
  expect(() => pathTemplate("score:{tx_id")).toThrow(/A brace of .* does not fit/);
  expect(() => pathTemplate("{a + b}")).toThrow(/"a \+ b" is no path/);
});

Deno.test("a secret is hidden as it is, encoded and decoded, and so are the parts of an address that is one", () => {
  expect(hidden("p%40ss1 and p@ss1 of x", ["p@ss1", "x"])).toBe("*** and *** of x");
  const url = new URL("https://u:longpass@hooks.example.com/services/T000/B000/XXXXXXXX?token=abcdef");
  const said = "https://hooks.example.com/services/T000/B000/XXXXXXXX?token=abcdef B000/XXXXXXXX longpass";
  expect(hidden(said, secretsOf(url))).not.toMatch(/XXXXXXXX|abcdef|longpass/);
});
