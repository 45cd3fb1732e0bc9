/** Back-pressure: while the engine may take no event, what it is given stays small, however long that lasts. */
import { expect } from "expect";
import { backoff, monotonic, now, sleep, turn } from "../../adapters/clock.ts";
import { memoryStore } from "../../adapters/memory.ts";
import { planOf } from "../../../tests/reference/compare.ts";
import { createDecoder } from "../decode.ts";
import type { RawMessage } from "../ports.ts";
import type { Receiver } from "../settle.ts";
import type { Source, SourceReader } from "../source.ts";
import { type CheckpointStore, StoreError } from "../store.ts";
import { Engine } from "./engine.ts";
import { boundsOf } from "./holding.ts";
import type { EngineOptions } from "./options.ts";

const batch = 1_000;
const bounds = boundsOf(1);
const partition = { stream: "a", topic: "a", partition: 0 };
const plan = planOf([{ id: "every", kind: "filter", severity: "info", on: "a", key: "a.k", when: "a.f" }]);

function messageAt(offset: number): RawMessage {
  const value = new TextEncoder().encode(JSON.stringify({ t: offset, k: `k${offset % 10}`, f: true }));
  return { topic: "a", partition: 0, offset, timestamp: offset, key: null, value };
}

/** A topic without end that hands over as fast as it may; `given` counts what it has handed over. */
class Endless {
  given = 0;
  private isHeld = false;
  private isClosed = false;

  port(): Source {
    return {
      open: () => Promise.resolve([{ ...partition, start: 0, end: Infinity }]),
      start: (reader) => {
        void this.hand(reader);
        return Promise.resolve();
      },
      pause: () => this.isHeld = true,
      resume: () => this.isHeld = false,
      ends: () => Promise.resolve(new Map()),
      commit: () => Promise.resolve(),
      close: () => {
        this.isClosed = true;
        return Promise.resolve();
      },
    };
  }

  private async hand(reader: SourceReader): Promise<void> {
    for (; !this.isClosed; await turn()) {
      if (this.isHeld) continue;
      const messages = Array.from({ length: batch }, (_, i) => messageAt(this.given + i));
      this.given += batch;
      reader.batch(partition, { messages, next: this.given, end: this.given + batch });
    }
  }
}

function engineOver(source: Endless, store: CheckpointStore, deliver: Receiver["deliver"]): Engine {
  const options: EngineOptions = {
    setup: {
      plan,
      decoderOf: (stream) => createDecoder(stream, { live: undefined, recorded: false }),
      receivers: new Map([["sink", { deliver, batchMax: 100, wait: () => 10, isOne: true }]]),
      ways: { alert: () => ["sink"], record: () => ["sink"], dead: [], late: [] },
    },
    source: () => source.port(),
    store,
    task: "all",
    owner: crypto.randomUUID(),
    term: 1_000,
    checkpoint: { every: 50, groupCommit: 5, maxDirty: 100, maxKeys: 1_000 },
    outbox: { queue: 50, max: 500 },
    time: { now, monotonic, sleep, turn, backoff: (attempt) => backoff(attempt, { first: 5, most: 20 }) },
    drain: false,
    failFast: false,
    fresh: false,
    shutdown: 10,
    log: () => {},
  };
  return new Engine(options);
}

const away = (batch: readonly unknown[]) =>
  Promise.resolve(batch.map(() => ({ result: "retry" as const, after: undefined, reason: "away" })));

/** Runs until the source was held back, or has handed over far too much; returns how much that was. */
async function handedOver(source: Endless, engine: Engine): Promise<number> {
  const done = engine.start();
  const tooMuch = 4 * bounds.messages;
  for (let last = -1; source.given !== last && source.given < tooMuch; await sleep(100)) last = source.given;
  engine.stop();
  await done;
  return source.given;
}

Deno.test("many partitions share what may wait in memory, and each has room to go on", () => {
  expect(boundsOf(1)).toEqual(boundsOf(8));
  for (const partitions of [10, 64, 100]) {
    expect(partitions * boundsOf(partitions).messages).toBeLessThanOrEqual(200_000);
    expect(partitions * boundsOf(partitions).bytes).toBeLessThanOrEqual(128 << 20);
  }
  expect(boundsOf(100_000)).toEqual({ messages: 1_000, bytes: 1 << 20 });
});

Deno.test("a source is held back while a sink is so full that no event may be taken", async () => {
  const source = new Endless();
  const given = await handedOver(source, engineOver(source, memoryStore(), away));
  expect(given).toBeGreaterThan(bounds.messages);
  expect(given).toBeLessThan(2 * bounds.messages);
});

Deno.test("a source is held back while no state can be read or saved", async () => {
  const source = new Endless();
  const store = memoryStore();
  const refused = () => Promise.reject(new StoreError("the store is away", "away"));
  const engine = engineOver(source, { ...store, save: refused }, away);
  const given = await handedOver(source, engine);
  expect(given).toBeGreaterThan(bounds.messages);
  expect(given).toBeLessThan(2 * bounds.messages);
});

Deno.test("a plan is switched while a sink is full: whoever mends the rules need not wait for it", async () => {
  const source = new Endless();
  const engine = engineOver(source, memoryStore(), away);
  const done = engine.start();
  const isFull = () => [...engine.run?.lanes.values() ?? []].some((lane) => lane.isFull);
  while (!isFull()) await sleep(5);
  const events = () => engine.run?.feeds[0]?.counts.events ?? 0;
  await sleep(50);
  const before = events();
  const setup = engine.run?.setup;
  if (setup === undefined) throw new Error("the engine does not run");
  const late = sleep(2_000).then(() => "late");
  for (let i = 0; i < 3; i++) expect(await Promise.race([engine.reload({ ...setup }), late])).toBeInstanceOf(Map);
  await sleep(50);
  expect(events()).toBe(before);
  engine.stop();
  await done;
});

Deno.test("a task halts while a sink is full: what was said stays in the outbox, for whoever goes on", async () => {
  const source = new Endless();
  const store = memoryStore();
  const engine = engineOver(source, store, away);
  const done = engine.start();
  const isFull = () => [...engine.run?.lanes.values() ?? []].some((lane) => lane.isFull);
  while (!isFull()) await sleep(5);
  await sleep(50);
  engine.halt(new Map());
  expect(await Promise.race([done, sleep(2_000).then(() => "late")])).toBe("halted");
  expect((await store.depths("all")).get("sink")).toBeGreaterThanOrEqual(500);
});
