/** Cases of timers: read by due time, page by page, whatever changed between two pages. */
import { expect } from "expect";
import type { CheckpointStore } from "../../engine/runtime/store.ts";
import { type Cases, claimed, saved } from "./trial.ts";

async function idsOf(store: CheckpointStore, until: number, limit: number, after?: { due: number; id: string }) {
  return (await store.timers("t", until, limit, after)).map(({ id }) => id);
}

export const timers: Cases = {
  "they come by due time, then by id, those due at the time included": async ({ store }) => {
    const one = await store();
    const { fence } = await claimed(one);
    await saved(one, fence, 1, { timers: [["c", 5], ["b", 5], ["a", 7], ["d", -3], ["e", 8], ["z", 0]] });
    expect(await idsOf(one, 7, 10)).toEqual(["d", "z", "b", "c", "a"]);
    expect(await idsOf(one, 7, 2)).toEqual(["d", "z"]);
    expect(await idsOf(one, -4, 10)).toEqual([]);
  },
  "ids are ordered by code points": async ({ store }) => {
    const one = await store();
    const { fence } = await claimed(one);
    const ids = ["", "\0", "A", "a", "a\0", "aa", "é", "\ufffd", "😀"];
    await saved(one, fence, 1, { timers: ids.toReversed().map((id) => [id, 1] as const) });
    expect(await idsOf(one, 1, 99)).toEqual(ids);
    for (const [i, id] of ids.entries()) expect(await idsOf(one, 1, 99, { due: 1, id })).toEqual(ids.slice(i + 1));
  },
  "setting one again moves it, deleting removes it": async ({ store }) => {
    const one = await store();
    const { fence } = await claimed(one);
    await saved(one, fence, 1, { timers: [["a", 1], ["b", 2], ["c", 3]] });
    await saved(one, fence, 2, { timers: [["a", 4], ["b", undefined], ["never", undefined]] });
    expect(await one.timers("t", 9, 9)).toEqual([{ id: "c", due: 3 }, { id: "a", due: 4 }]);
  },
  "a page goes on behind a timer that is gone or was moved": async ({ store }) => {
    const one = await store();
    const { fence } = await claimed(one);
    await saved(one, fence, 1, { timers: ["a", "b", "c", "d"].map((id) => [id, 5] as const) });
    await saved(one, fence, 2, { timers: [["b", undefined], ["c", 9]] });
    expect(await idsOf(one, 9, 9, { due: 5, id: "b" })).toEqual(["d", "c"]);
    expect(await idsOf(one, 9, 9, { due: 5, id: "c" })).toEqual(["d", "c"]);
    expect(await idsOf(one, 9, 9, { due: 4, id: "z" })).toEqual(["a", "d", "c"]);
    expect(await idsOf(one, 9, 9, { due: 9, id: "c" })).toEqual([]);
    expect(await idsOf(one, 5, 9, { due: 6, id: "a" })).toEqual([]);
  },
  "many at one instant are read in pages while those before are deleted": async ({ store }) => {
    const one = await store();
    const { fence } = await claimed(one);
    const ids = Array.from({ length: 2_000 }, (_, i) => String(i).padStart(4, "0"));
    await saved(one, fence, 1, { timers: ids.map((id) => [id, 5] as const) });
    const seen: string[] = [];
    for (let number = 2, after: { due: number; id: string } | undefined;; number++) {
      const page = await one.timers("t", 5, 300, after);
      if (page.length === 0) break;
      seen.push(...page.map(({ id }) => id));
      after = page.at(-1);
      await saved(one, fence, number, { timers: page.map(({ id }) => [id, undefined] as const) });
    }
    expect(seen).toEqual(ids);
    expect(await one.timers("t", 5, 1)).toEqual([]);
  },
};
