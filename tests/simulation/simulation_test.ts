/**
 * A few hundred simulated runs of the live engine, each with faults of its own: what is received is what an undisturbed
 * replay says. A failure prints its seed, the faults and the end of the trace; `VIGIE_SEEDS` sets the number of runs.
 */
import { expect } from "expect";
import { judge } from "./judge.ts";

const seeds = Number(Deno.env.get("VIGIE_SEEDS") ?? 300);

Deno.test({
  name: `${seeds} runs with crashes, zombies, lost answers and a store that is away or set back say what a replay says`,
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    for (let seed = 1; seed <= seeds; seed++) expect(await judge(seed)).toEqual([]);
  },
});
