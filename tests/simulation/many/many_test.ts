/**
 * Simulated runs of many instances: tasks that go from one to the other, crashes, zombies, requests and answers that are
 * lost. What is received is what an undisturbed replay says. `VIGIE_SEEDS` sets the number of runs.
 */
import { expect } from "expect";
import { type Case, caseOf } from "./case.ts";
import { failureOfMany, judged } from "./judge.ts";

const seeds = Number(Deno.env.get("VIGIE_SEEDS") ?? 100);

Deno.test({
  name: `${seeds} runs of instances that join, leave, crash and wake say what a replay says`,
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    for (let seed = 1; seed <= seeds; seed++) expect((await failureOfMany(seed))?.join("\n")).toBeUndefined();
  },
});

/** The case of a seed, its log there from the start and read to its end by the first instances. */
function drainOf(seed: number): Case {
  const given = caseOf(seed);
  const log = given.log.map((one) => ({ ...one, messages: one.messages.map((message) => ({ ...message, at: 0 })) }));
  return { ...given, log, liveMillis: 0 };
}

Deno.test("a drain ends whose last message is no event and comes after the last that is", async () => {
  expect((await judged(drainOf(696))).failures).toEqual([]);
});

Deno.test("a customer's own limit counts in event time, where its rule evaluates in event time", async () => {
  expect((await judged(drainOf(1_315))).failures).toEqual([]);
});

Deno.test("a seed is a whole run of many instances: twice the same is the same to the line", async () => {
  for (let seed = 1; seed <= 5; seed++) {
    expect((await judged(caseOf(seed))).trace).toEqual((await judged(caseOf(seed))).trace);
  }
});
