/**
 * A few hundred simulated runs of the live engine, each with faults of its own: what is received is what an undisturbed
 * replay says. A failure prints its seed and the smallest case found; `VIGIE_SEEDS` sets the number of runs.
 */
import { expect } from "expect";
import { judge } from "./judge.ts";
import { failureOf } from "./report.ts";
import { scenarioOf } from "./scenario.ts";

const seeds = Number(Deno.env.get("VIGIE_SEEDS") ?? 400);

Deno.test({
  name: `${seeds} runs with crashes, zombies, lost answers and a store that is away or set back say what a replay says`,
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    for (let seed = 1; seed <= seeds; seed++) expect((await failureOf(seed))?.join("\n")).toBeUndefined();
  },
});

Deno.test("a seed is a whole run: twice the same is the same to the line", async () => {
  for (let seed = 1; seed <= 10; seed++) {
    expect((await judge(scenarioOf(seed))).trace).toEqual((await judge(scenarioOf(seed))).trace);
  }
});
