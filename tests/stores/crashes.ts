/** Cases of a save, a claim or a drop that is cut off somewhere: the next process finds what was before or what came after. */
import { expect } from "expect";
import type { CheckpointStore } from "../../engine/runtime/store.ts";
import { type Cases, type Changes, checkpoint, claimed, saved } from "./trial.ts";

const keys = Array.from({ length: 20 }, (_, i) => `key ${i}`);

/** Each checkpoint changes every place of the one before. */
export function changesOf(number: number): Changes {
  return {
    states: keys.map((key) => [key, "part", `${key} at ${number}`] as const),
    timers: keys.map((key) => [key, number] as const),
    outbox: [[number, `entry ${number}`, "lane"]],
    lanes: number === 1 ? [] : [["lane", number - 1, undefined]],
  };
}

/** All that can be read must be of one checkpoint; gives its number. */
export async function numberFound(store: CheckpointStore): Promise<number> {
  const { number, head } = await claimed(store, "t", "finder");
  const parts = await store.read("t", keys);
  expect(parts.map((found) => found?.get("part"))).toEqual(
    keys.map((key) => number === 0 ? undefined : `${key} at ${number}`),
  );
  expect((await store.timers("t", 1e9, 99)).map(({ due }) => due)).toEqual(number === 0 ? [] : keys.map(() => number));
  const pending = await store.pending("t", "lane", 0, 9);
  expect(pending).toEqual(number === 0 ? [] : [{ seq: number, text: `entry ${number}`, state: "" }]);
  expect(head).toBe(number === 0 ? undefined : `head ${number}`);
  return number;
}

export const crashes: Cases = {
  "a save that is cut at any step is found done or not done": async (trial) => {
    const found = new Set<boolean>();
    for (let step = 0, number = 0, cut = true; cut; step++) {
      const { fence } = await claimed(await trial.store());
      cut = await trial.crash(step, (store) => store.save(fence, checkpoint(number + 1, changesOf(number + 1))));
      const now = await numberFound(await trial.store());
      expect([number, number + 1]).toContain(now);
      found.add(now > number);
      number = now;
    }
    expect(found).toEqual(new Set([true, false]));
  },
  "a save that is cut at any step and asked again is saved once": async (trial) => {
    for (let step = 0, number = 1, cut = true; cut; step++, number++) {
      const { fence } = await claimed(await trial.store());
      cut = await trial.crash(step, (store) => store.save(fence, checkpoint(number, changesOf(number))));
      await saved(await trial.store(), fence, number, changesOf(number));
      expect(await numberFound(await trial.store())).toBe(number);
    }
  },
  "a claim that is cut after a save that was cut finds it whole": async (trial) => {
    for (let step = 0, cut = true; cut; step++) {
      const { fence, number } = await claimed(await trial.store());
      cut = await trial.crash(step, (store) => store.save(fence, checkpoint(number + 1, changesOf(number + 1))));
      for (let second = 0; await trial.crash(second, (store) => claimed(store, "t", "b")); second++);
      await numberFound(await trial.store());
    }
  },
  "a drop that is cut at any step is found done or not done": async (trial) => {
    for (let step = 0, cut = true; cut; step++) {
      const { fence, number } = await claimed(await trial.store());
      if (number === 0) await saved(await trial.store(), fence, 1, changesOf(1));
      cut = await trial.crash(step, (store) => store.drop("t"));
      expect([0, 1]).toContain(await numberFound(await trial.store()));
    }
    expect(await numberFound(await trial.store())).toBe(0);
  },
  "a checkpoint behind a drop that is cut at any step is kept": async (trial) => {
    for (let step = 0, cut = true; cut; step++) {
      const store = await trial.store();
      await store.drop("t");
      const { fence } = await claimed(store);
      await saved(store, fence, 1, changesOf(1));
      cut = await trial.crash(step, (other) => other.drop("t"));
      await saved(await trial.store(), fence, 1, changesOf(1));
      expect(await numberFound(await trial.store())).toBe(1);
    }
  },
};
