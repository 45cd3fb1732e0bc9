/**
 * What each version of a store wrote, kept as a file: today's version reads it and goes on from it, and still writes the
 * newest one. `VIGIE_GOLDEN=write` writes that file anew: only together with a new format.
 */
import { expect } from "expect";
import type { CheckpointStore } from "../../engine/runtime/store.ts";
import { type Changes, claimed, partsOf, saved } from "./trial.ts";

const folder = new URL("../../engine/adapters/golden/", import.meta.url);

const first: Changes = {
  head: '{"offsets":{"payments/0":17}}',
  states: [["k", "head", '{"n":1}'], ["k", "1", "it's"], ["é\0", "head", "\0"], ["gone", "head", "x"]],
  timers: [["k", 1_767_225_600_000], ["é", -5], ["gone", 3]],
  outbox: [[1, '{"alert":1}', "kafka", "slack"], [2, '{"alert":2}', "kafka"], [3, '{"alert":3}', "slack"]],
};

const second: Changes = {
  head: '{"offsets":{"payments/0":18}}',
  states: [["gone", "head", undefined], ["k", "1", "two"]],
  timers: [["gone", undefined]],
  lanes: [["kafka", 1, undefined], ["kafka", 2, undefined], ["slack", 1, "try 2"]],
};

/** Writes one of everything. The claim is given up, so that no time stands in what is written. */
export async function writeAll(store: CheckpointStore): Promise<void> {
  const { fence } = await claimed(store, "t", "owner");
  await saved(store, fence, 1, first);
  await saved(store, fence, 2, second);
  await store.put("plan", "the plan");
  await store.release(fence);
}

/** Reads what `writeAll` wrote, and writes on. */
export async function readAll(store: CheckpointStore): Promise<void> {
  const { fence, number, head } = await claimed(store, "t", "next", false);
  expect([fence.epoch, number, head]).toEqual([2, 2, second.head]);
  expect(await partsOf(store, "k")).toEqual({ head: '{"n":1}', 1: "two" });
  expect([await partsOf(store, "é\0"), await partsOf(store, "gone")]).toEqual([{ head: "\0" }, undefined]);
  expect(await store.timers("t", 1e13, 9)).toEqual([{ id: "é", due: -5 }, { id: "k", due: 1_767_225_600_000 }]);
  expect(await store.depths("t")).toEqual(new Map([["slack", 2]]));
  expect(await store.pending("t", "slack", 0, 9)).toEqual([
    { seq: 1, text: '{"alert":1}', state: "try 2" },
    { seq: 3, text: '{"alert":3}', state: "" },
  ]);
  expect(await store.get("plan")).toBe("the plan");
  await saved(store, fence, 3, { lanes: [["slack", 1, undefined]], states: [["k", "1", undefined]] });
  expect(await partsOf(store, "k")).toEqual({ head: '{"n":1}' });
  expect(await store.depths("t")).toEqual(new Map([["slack", 1]]));
}

export function readGolden(name: string): Promise<string> {
  return Deno.readTextFile(new URL(name, folder));
}

/** Compares with the golden file of today's format. */
export async function expectGolden(name: string, written: string): Promise<void> {
  if (Deno.env.get("VIGIE_GOLDEN") === "write") await Deno.writeTextFile(new URL(name, folder), written);
  expect(written).toBe(await readGolden(name));
}
