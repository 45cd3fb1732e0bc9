/** Many windows that close at one instant: what fires is cut into slices, and between them everything stays bounded. */
import { expect } from "expect";
import { backoff, monotonic, now, sleep, turn } from "../../adapters/clock.ts";
import { emptyShelf, memoryStore } from "../../adapters/memory.ts";
import { planOf } from "../../../tests/reference/compare.ts";
import { createDecoder } from "../decode.ts";
import type { RawMessage } from "../ports.ts";
import type { Parcel } from "../settle/entry.ts";
import type { Source } from "../source.ts";
import type { CheckpointStore } from "../store.ts";
import { Engine } from "./engine.ts";
import type { EngineOptions } from "./options.ts";

const keys = 6_000;
const hour = 3_600_000;
const bounds = { maxDirty: 100, maxKeys: 200 };
/** Timers fire, and keys are read, in slices of so many. */
const sliceKeys = 1_000;

const plan = planOf([{
  id: "hourly",
  kind: "threshold",
  severity: "info",
  on: "a",
  key: "a.k",
  window: { tumbling: "1h" },
  aggregate: { n: "count()" },
  when: "n == 1",
}]);

/** One event for each key in the first hour, and one that ends the hour. */
const messages = Array.from({ length: keys + 1 }, (_, offset): RawMessage => {
  const time = offset < keys ? hour + offset : 2 * hour + 60_000;
  const value = new TextEncoder().encode(JSON.stringify({ t: time, k: offset < keys ? `k${offset}` : "other" }));
  return { topic: "a", partition: 0, offset, timestamp: time, key: null, value };
});

function source(from: number): Source {
  const partition = { stream: "a", topic: "a", partition: 0 };
  const end = messages.length;
  return {
    open: () => Promise.resolve([{ ...partition, start: from, end }]),
    start: (reader) => {
      reader.batch(partition, { messages: messages.slice(from), next: end, end });
      return Promise.resolve();
    },
    pause: () => {},
    resume: () => {},
    ends: () => Promise.resolve(new Map([["a/0", end]])),
    commit: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

/** An engine that hands what it says to `parcels`. */
function engineOver(store: CheckpointStore, parcels: Parcel[]): Engine {
  const receiver = {
    ...{ batchMax: 100, wait: () => 10, isOne: true },
    deliver: (batch: readonly Parcel[]) => {
      parcels.push(...batch);
      return Promise.resolve(batch.map(() => ({ result: "delivered" as const })));
    },
  };
  const options: EngineOptions = {
    setup: {
      plan,
      decoderOf: (stream) => createDecoder(stream, { live: undefined, recorded: false }),
      receivers: new Map([["sink", receiver]]),
      ways: { alert: () => ["sink"], record: () => ["sink"], dead: [], late: [] },
    },
    source: (_, position) => source(position("a", 0) ?? 0),
    store,
    task: "all",
    owner: crypto.randomUUID(),
    term: 1_000,
    checkpoint: { every: 50, groupCommit: 5, ...bounds },
    outbox: { queue: 50, max: 500 },
    time: { now, monotonic, sleep, turn, backoff },
    drain: false,
    failFast: true,
    fresh: false,
    shutdown: 2_000,
    log: () => {},
  };
  return new Engine(options);
}

function keysOf(parcels: readonly Parcel[]): string[] {
  return parcels.flatMap((parcel) => "alert" in parcel ? [String(parcel.alert.key.k)] : []);
}

const all = messages.slice(0, keys).map((_, i) => `k${i}`).sort();

Deno.test("while many windows close, checkpoints and memory are as small as at other times", async () => {
  const store = memoryStore();
  const [parcels, changes, held]: [Parcel[], number[], number[]] = [[], [], []];
  const engine: Engine = engineOver({
    ...store,
    save: (fence, checkpoint) => {
      changes.push(new Set(checkpoint.states.map(({ key }) => key)).size);
      held.push(engine.run?.task.keys ?? 0);
      return store.save(fence, checkpoint);
    },
  }, parcels);
  const done = engine.start();
  while (parcels.length < keys) await sleep(5);
  engine.stop();
  await done;
  expect(keysOf(parcels).sort()).toEqual(all);
  expect(Math.max(...changes)).toBeLessThan(2 * bounds.maxDirty + 2 * sliceKeys);
  expect(Math.max(...held)).toBeLessThan(bounds.maxKeys + 2 * sliceKeys);
});

Deno.test("a stop while many windows close does not wait for the last: the next life goes on, and each closes once", async () => {
  const shelf = emptyShelf();
  const said: Parcel[] = [];
  let lives = 0;
  for (; new Set(keysOf(said)).size < keys && lives < 100; lives++) {
    const parcels: Parcel[] = [];
    const engine = engineOver(memoryStore(shelf), parcels);
    const done = engine.start();
    while (parcels.length < 200 && said.length + parcels.length < keys) await sleep(1);
    engine.stop();
    await done;
    said.push(...parcels);
  }
  expect(lives).toBeGreaterThan(3);
  expect(keysOf(said).sort()).toEqual(all);
});
