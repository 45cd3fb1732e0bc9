import { expect } from "expect";
import { delivery, testContext, testSink } from "./compliance.ts";
import { stdout } from "./stdout.ts";

testSink(stdout, () => {
  let text = "";
  const output = { isTerminal: false, write: (more: string) => void (text += more) };
  return Promise.resolve({
    options: {},
    context: testContext({ output }),
    received: () => Promise.resolve(text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line))),
    remove: () => Promise.resolve(),
  });
});

Deno.test("on a terminal an alert is one line, and what events contain cannot steer the terminal", async () => {
  let text = "";
  const output = { isTerminal: true, write: (more: string) => void (text += more) };
  await stdout.create({}, testContext({ output })).deliver([delivery(0)]);
  expect(text.split("\n").length).toBe(2);
  expect(text).toContain("payments/direct-fraud");
  expect(text).toContain("Payment p1 \\u001b[31m of 20 EUR");
  expect(text).toContain("payment=p0");
});
