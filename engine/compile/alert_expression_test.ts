import { expect } from "expect";
import { alertExpression } from "./alert_expression.ts";

Deno.test("an expression reads fields, values and what only records have", () => {
  const alert = { severity: "critical", values: { error_rate: 0.25 }, key: { merchant_id: "m" } };
  const valueOf = (text: string) => alertExpression(text)(alert);
  expect(valueOf("alert.severity")).toBe("critical");
  expect(valueOf("alert.values.error_rate * 100")).toBe(25);
  expect(valueOf('alert.severity == "critical" ? 1 : 2')).toBe(1);
  expect(valueOf('alert.status == "resolved"')).toBe(undefined);
  expect(valueOf("alert.decision")).toBe(undefined);
});

Deno.test("an expression that is wrong says what is wrong with it", () => {
  expect(() => alertExpression("alert.severty")).toThrow(/The expression "alert.severty" is wrong: .*severity/);
  expect(() => alertExpression("alert.title +")).toThrow(/The expression "alert.title \+" is wrong/);
});

Deno.test("a record has no value where only alerts have one", () => {
  expect(alertExpression("alert.labels.team")({ id: "r1" })).toBe(undefined);
  expect(alertExpression('alert.severity == "high" ? 1 : 2')({ id: "r1" })).toBe(undefined);
});
