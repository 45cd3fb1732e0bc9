/** A store against the memory store, which is short enough to be read: any checkpoints, and all that can be read after each. */
import { expect } from "expect";
import * as fc from "fast-check";
import { memoryStore } from "../../engine/adapters/memory.ts";
import type { CheckpointStore } from "../../engine/runtime/store.ts";
import { type Cases, type Changes, checkpoint, claimed } from "./trial.ts";

const runs = Math.min(Number(Deno.env.get("VIGIE_RUNS") ?? 100), 100);
const names = ["a", "b", "c", "", "é\0", "😀"];
const lanes = ["x", "y"];
const name = fc.constantFrom(...names);
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });

const changes = fc.record({
  states: fc.array(fc.tuple(name, fc.constantFrom("1", "2"), optional(fc.string()))),
  timers: fc.array(fc.tuple(name, optional(fc.integer({ min: -3, max: 3 })))),
  entries: fc.array(fc.subarray(lanes), { maxLength: 4 }),
  lanes: fc.array(fc.tuple(fc.constantFrom(...lanes), fc.integer({ min: 1, max: 12 }), optional(fc.string()))),
  claims: fc.boolean(),
});

/** Everything that the port gives of a task. */
async function all(store: CheckpointStore): Promise<unknown> {
  const timers = await store.timers("t", 9, 99);
  return {
    states: await store.read("t", names),
    timers,
    later: await Promise.all(timers.map((after) => store.timers("t", 2, 2, after))),
    pending: await Promise.all(lanes.map((lane) => store.pending("t", lane, 2, 5))),
    depths: await store.depths("t"),
  };
}

export const agreement: Cases = {
  "it agrees with the memory store after any checkpoints": async ({ store }) => {
    const tested = await store();
    await fc.assert(
      fc.asyncProperty(fc.array(changes, { maxLength: 6 }), async (steps) => {
        const model = memoryStore();
        const stores = [model, tested];
        await tested.drop("t");
        let fences = await Promise.all(stores.map(async (one) => (await claimed(one)).fence));
        let seq = 1;
        for (const [i, { entries, claims, ...rest }] of steps.entries()) {
          if (claims) fences = await Promise.all(stores.map(async (one) => (await claimed(one)).fence));
          const outbox: Changes["outbox"] = entries.map((to) => [seq, `entry ${seq++}`, ...to]);
          const next = checkpoint(i + 1, { ...rest, outbox });
          for (const [at, one] of stores.entries()) expect(await one.save(fences[at]!, next)).toBe("saved");
          expect(await all(tested)).toEqual(await all(model));
        }
      }),
      { numRuns: runs },
    );
  },
};
