/** The task of the routes over a store in memory: what crashes, fresh starts, silences and sinks that are away mean for it. */
import { expect } from "expect";
import { alertOf } from "../../../tests/routing/alert.ts";
import { Clock, quiet, start } from "../../../tests/routing/clock.ts";
import { emptyShelf, memoryStore } from "../../adapters/memory.ts";
import type { Fields } from "../../model/value.ts";
import { compileRoutes } from "../../routing/compile.ts";
import type { RunEnd } from "../engine/run.ts";
import type { Receiver } from "../settle.ts";
import type { Parcel } from "../settle/entry.ts";
import { storedSilences } from "./silences.ts";
import { RoutesTask } from "./task.ts";

function world(routes: readonly Fields[]) {
  const clock = new Clock();
  const shelf = emptyShelf();
  const got: Parcel[] = [];
  const ends: RunEnd[] = [];
  const sink: Receiver & { away: boolean } = {
    away: false,
    batchMax: 100,
    isOne: true,
    wait: () => 1_000,
    deliver(batch) {
      if (this.away) return Promise.resolve(batch.map(() => ({ result: "retry", after: undefined, reason: "away" })));
      got.push(...batch);
      return Promise.resolve(batch.map(() => ({ result: "delivered" })));
    },
  };
  const { tree } = compileRoutes({ routes, sinks: ["team"], file: "vigie.yaml" });
  const store = memoryStore(shelf, () => clock.time);
  const taskOf = () =>
    new RoutesTask({
      tree,
      receivers: new Map([["team", sink]]),
      dead: [],
      factsOf: () => ({ resolves: false, given: [] }),
      silences: storedSilences(store),
      store: memoryStore(shelf, () => clock.time),
      owner: `owner ${Math.random()}`,
      term: 5_000,
      outbox: { queue: 100, max: 1_000 },
      time: clock.keeper,
      log: () => {},
    });
  const begin = async (seq = 0) => {
    const task = taskOf();
    await task.begin({ seq, finish: (end) => ends.push(end) });
    await quiet();
    return task;
  };
  const told = () =>
    got.map((
      parcel,
    ) => ("alert" in parcel ? `${parcel.alert.kind} ${parcel.alert.values.alerts ?? parcel.alert.id}` : ""));
  return { clock, sink, begin, told, ends, store };
}

async function give(task: RoutesTask, ...seqs: number[]): Promise<void> {
  await task.receiver().deliver(seqs.map((seq) => ({ alert: alertOf({ id: `a${seq}` }) })), seqs);
  await quiet();
}

Deno.test("what was taken before a crash is not taken again, and what was not is not lost", async () => {
  const { clock, begin, told } = world([{ sinks: ["team"], group_by: [], first_notice_after: "30s" }]);
  const first = await begin();
  await give(first, 1, 2);
  // The process is gone: nobody ends the task. The next one is given what its lane was not told to be settled.
  const second = await begin(2);
  await give(second, 1, 2, 3);
  await clock.move(29_000);
  expect(told()).toEqual([]);
  await clock.move(2_000);
  expect(told()).toEqual(["notice 3"]);
  await second.end();
});

Deno.test("a task that was taken over ends with its life, and tells nobody anything", async () => {
  const { clock, begin, told, ends } = world([{ sinks: ["team"] }]);
  const first = await begin();
  const second = await begin();
  await expect(give(first, 1)).rejects.toThrow("ended");
  await give(second, 1);
  expect(ends).toEqual([{ why: "fenced" }]);
  await clock.move(200);
  expect(told()).toEqual(["threshold a1"]);
  await first.end();
  await second.end();
});

Deno.test("what a sink did not take waits in the store and is delivered by the next process", async () => {
  const { clock, begin, told, sink } = world([{ sinks: ["team"] }]);
  sink.away = true;
  const first = await begin();
  await give(first, 1, 2);
  await clock.move(3_000);
  await first.end();
  sink.away = false;
  const second = await begin(2);
  await clock.move(5_000);
  expect(told()).toEqual(["threshold a1", "threshold a2"]);
  await second.end();
});

Deno.test("numbers of an outbox that began anew are not taken for numbers of the old one", async () => {
  const { clock, begin, told } = world([{ sinks: ["team"] }]);
  const first = await begin();
  await give(first, 7);
  await first.conclude(new Promise(() => {}), false);
  await first.end();
  const second = await begin(0);
  await give(second, 1);
  await clock.move(200);
  expect(told()).toEqual(["threshold a7", "threshold a1"]);
  await second.end();
});

Deno.test("a silence that is added while the engine runs holds within two seconds, and counts", async () => {
  const { clock, begin, told, store } = world([{ sinks: ["team"] }]);
  const task = await begin();
  const silence = { id: "s", match: "true", reason: "r", author: "a", starts: start, ends: start + 60_000 };
  await storedSilences(store).change((silences) => [...silences, silence]);
  await clock.move(2_500);
  await give(task, 1);
  expect(told()).toEqual([]);
  expect(task.counts).toMatchObject({ taken: 1, silenced: { s: 1 } });
  await clock.move(60_000);
  await give(task, 2);
  await clock.move(200);
  expect(told()).toEqual(["threshold a2"]);
  await task.end();
});

Deno.test("at the end of a drain groups wait no longer", async () => {
  const { begin, told } = world([{ sinks: ["team"], group_by: [], first_notice_after: "1h" }]);
  const task = await begin();
  await give(task, 1, 2);
  await task.conclude(new Promise(() => {}), true);
  expect(told()).toEqual(["notice 2"]);
  await task.end();
});
