/** The live engine over a source and stores in memory: what a crash, a stop and a standby mean for alerts. */
import { expect } from "expect";
import { emptyShelf, memoryStore } from "../../adapters/memory.ts";
import { backoff, monotonic, now, sleep, turn } from "../../adapters/clock.ts";
import { compileProject } from "../../compile.ts";
import { loadProject } from "../../load.ts";
import type { Plan } from "../../compile/plan.ts";
import { createDecoder } from "../decode.ts";
import type { RawMessage } from "../ports.ts";
import { replay } from "../replay.ts";
import type { Parcel } from "../settle/entry.ts";
import { partitionName, type Source } from "../source.ts";
import { StoreError } from "../store.ts";
import { Engine } from "./engine.ts";
import type { EngineOptions, Position } from "./options.ts";

const start = Date.parse("2026-01-05T10:00:00Z");

async function paymentsPlan(): Promise<Plan> {
  const { packs, streams, problems } = await loadProject({
    packs: ["rules/payments", "rules/fraud/advanced.yaml"],
    contracts: "contracts",
    tests: false,
  });
  const compiled = compileProject({ packs, streams });
  if (compiled.plan === undefined) throw new Error(JSON.stringify([...problems, ...compiled.problems]));
  return compiled.plan;
}

const plan = await paymentsPlan();

/** Payments over partitions by order: some are fraud, some sessions pay often. */
function payments(count: number, partitions: number): RawMessage[][] {
  const found: RawMessage[][] = Array.from({ length: partitions }, () => []);
  for (let i = 0; i < count; i++) {
    const partition = (i * 7919) % partitions;
    const event = {
      payment_id: `p${i}`,
      order_id: `o${i}`,
      customer_id: `c${i % 23}`,
      session_id: `s${Math.floor(i / 5)}`,
      amount: i % 40 === 0 ? 2_000 : 20,
      currency: "EUR",
      status: i % 3 === 0 ? "failed" : "succeeded",
      method: "card",
      provider: "stripe",
      risk_score: (i * 31) % 100,
      is_flagged: i % 50 === 0,
      billing_country: "FR",
      ip: "203.0.113.9",
      ip_country: "FR",
      card_ref: `card${i % 97}`,
      device_id: `d${i % 31}`,
      created_at: new Date(start + i * 1_300).toISOString(),
    };
    const of = found[partition] ?? [];
    const value = new TextEncoder().encode(i % 211 === 5 ? "{broken" : JSON.stringify(event));
    of.push({ topic: "payments", partition, offset: of.length, timestamp: start, key: null, value });
  }
  return found;
}

/** A source of lists: batches of `size`, each partition from its position to its end. */
function listSource(partitions: readonly RawMessage[][], size: number, position: Position): Source {
  const name = (partition: number) => ({ stream: "payments", topic: "payments", partition });
  let closed = false;
  return {
    open: () =>
      Promise.resolve(
        partitions.map((messages, i) => ({
          ...name(i),
          start: position("payments", i) ?? 0,
          end: messages.length,
        })),
      ),
    start: async (reader) => {
      await Promise.resolve();
      void (async () => {
        const next = partitions.map((_, i) => position("payments", i) ?? 0);
        for (let more = true; more && !closed;) {
          more = false;
          for (const [i, messages] of partitions.entries()) {
            const from = next[i]!;
            if (from >= messages.length) continue;
            const batch = messages.slice(from, from + size);
            next[i] = from + batch.length;
            reader.batch(name(i), { messages: batch, next: next[i]!, end: messages.length });
            more = true;
          }
          await turn();
        }
      })();
    },
    pause: () => {},
    resume: () => {},
    ends: (asked) =>
      Promise.resolve(new Map(asked.map((p) => [partitionName(p), partitions[p.partition]?.length ?? 0]))),
    commit: () => Promise.resolve(),
    close: () => {
      closed = true;
      return Promise.resolve();
    },
  };
}

function optionsOf(partitions: readonly RawMessage[][], changes: Partial<EngineOptions> & { size?: number } = {}) {
  const parcels: Parcel[] = [];
  const log: string[] = [];
  const deliver = (batch: readonly Parcel[]) => {
    parcels.push(...batch);
    return Promise.resolve(batch.map(() => ({ result: "delivered" as const })));
  };
  const receiver = { deliver, batchMax: 100, wait: () => 10, isOne: true };
  const options: EngineOptions = {
    setup: {
      plan,
      decoderOf: (stream) => createDecoder(stream, { live: undefined, recorded: false }),
      receivers: new Map([["sink", receiver], ["dead", receiver]]),
      ways: { alert: () => ["sink"], record: () => ["sink"], dead: ["dead"], late: [] },
    },
    source: (_, position) => listSource(partitions, changes.size ?? 100, position),
    store: memoryStore(),
    task: "all",
    owner: crypto.randomUUID(),
    term: 1_000,
    checkpoint: { every: 50, groupCommit: 5, maxDirty: 5_000, maxKeys: 1_000_000 },
    outbox: { queue: 100, max: 100_000 },
    time: { now, monotonic, sleep, turn, backoff: (attempt) => backoff(attempt, { first: 5, most: 50 }) },
    drain: true,
    failFast: true,
    fresh: false,
    shutdown: 2_000,
    log: (line) => void log.push(line),
    ...changes,
  };
  return { options, parcels, log };
}

/** Ids of alerts and records that a replay of the same messages gives, and the number of its dead letters. */
async function replayed(partitions: readonly RawMessage[][]) {
  const ids: string[] = [];
  let dead = 0;
  const order = partitions.flat().map((message) => ({ message, time: timeOf(message) }))
    .sort((a, b) => a.time - b.time).map(({ message }) => message);
  let read = false;
  await replay(plan, [{
    stream: "payments",
    decoder: createDecoder(plan.streams.get("payments")!, { live: undefined, recorded: false }),
    partitions: partitions.map((_, partition) => ({ topic: "payments", partition })),
    read: () => {
      if (read) return Promise.resolve(undefined);
      read = true;
      return Promise.resolve(order);
    },
  }], {
    alert: (alert) => ids.push(alert.id),
    record: (record) => ids.push(record.id),
    late: () => {},
    dead: () => void dead++,
  });
  return { ids: ids.sort(), dead };
}

function timeOf({ value }: RawMessage): number {
  const text = new TextDecoder().decode(value ?? new Uint8Array());
  return text.startsWith("{b") ? 0 : Date.parse(JSON.parse(text).created_at);
}

function idsOf(parcels: readonly Parcel[]): string[] {
  return parcels.flatMap((parcel) =>
    "alert" in parcel ? [parcel.alert.id] : "record" in parcel ? [parcel.record.id] : []
  ).sort();
}

for (const size of [1, 7, 10_000]) {
  Deno.test(`a drain gives what a replay gives, with batches of ${size}`, async () => {
    const partitions = payments(2_000, 3);
    const { options, parcels, log } = optionsOf(partitions, { size });
    await new Engine(options).start();
    const expected = await replayed(partitions);
    expect(idsOf(parcels)).toEqual(expected.ids);
    expect(parcels.filter((parcel) => "refused" in parcel).length).toBe(expected.dead);
    expect(log).toEqual([]);
  });
}

Deno.test("a second drain over the same store finds nothing to say", async () => {
  const partitions = payments(500, 2);
  const shelf = emptyShelf();
  const first = optionsOf(partitions, { store: memoryStore(shelf) });
  await new Engine(first.options).start();
  const second = optionsOf(partitions, { store: memoryStore(shelf) });
  await new Engine(second.options).start();
  expect(first.parcels.length).toBeGreaterThan(10);
  expect(second.parcels).toEqual([]);
});

Deno.test("a partition of nothing but refused messages is read past them: a second drain says none again", async () => {
  const shelf = emptyShelf();
  const value = new TextEncoder().encode("{broken");
  const broken = { topic: "payments", partition: 0, offset: 0, timestamp: start, key: null, value };
  const first = optionsOf([[broken]], { store: memoryStore(shelf) });
  await new Engine(first.options).start();
  const second = optionsOf([[broken]], { store: memoryStore(shelf) });
  await new Engine(second.options).start();
  expect([first.parcels.length, second.parcels.length]).toEqual([1, 0]);
});

Deno.test("a clean stop in the middle says nothing twice, and the next start goes on", async () => {
  const partitions = payments(3_000, 3);
  const shelf = emptyShelf();
  const said: Parcel[] = [];
  for (let life = 0; life < 40; life++) {
    const { options, parcels } = optionsOf(partitions, { store: memoryStore(shelf), size: 50 });
    const engine = new Engine(options);
    const done = engine.start();
    for (let i = 0; i < 8; i++) await turn();
    engine.stop();
    await done;
    said.push(...parcels);
  }
  const last = optionsOf(partitions, { store: memoryStore(shelf) });
  await new Engine(last.options).start();
  said.push(...last.parcels);
  expect(idsOf(said)).toEqual((await replayed(partitions)).ids);
});

Deno.test("plans that are switched under load lose nothing and say nothing twice", async () => {
  const partitions = payments(3_000, 3);
  const { options, parcels } = optionsOf(partitions, { size: 50 });
  const engine = new Engine(options);
  const done = engine.start();
  let switches = 0;
  let isOver = false;
  void done.then(() => isOver = true);
  while (!isOver) {
    const offsets = await engine.reload({ ...options.setup });
    if (offsets !== undefined) switches++;
    await turn();
  }
  await done;
  expect(switches).toBeGreaterThan(3);
  expect(idsOf(parcels)).toEqual((await replayed(partitions)).ids);
});

Deno.test("a standby takes over where the owner ended, once its claim has run out", async () => {
  const partitions = payments(3_000, 3);
  const shelf = emptyShelf();
  const owner = optionsOf(partitions, { store: memoryStore(shelf), size: 50, drain: false, term: 200 });
  const first = new Engine(owner.options);
  const ended = first.start();
  const standby = optionsOf(partitions, { store: memoryStore(shelf), term: 200 });
  let claims = 0;
  const second = new Engine({ ...standby.options, goOn: () => Promise.resolve(void claims++) });
  const done = second.start();
  for (let i = 0; i < 20; i++) await turn();
  expect(standby.log).toEqual(["Another instance runs this task; standing by"]);
  // What it is told to go on with is what there is when it takes over, not when it began to stand by.
  expect(claims).toBe(0);
  first.stop();
  await ended;
  await done;
  expect(claims).toBe(1);
  expect(idsOf([...owner.parcels, ...standby.parcels])).toEqual((await replayed(partitions)).ids);
});

Deno.test("a store that fails at every third call is asked again, and the alerts are the same", async () => {
  const partitions = payments(2_000, 2);
  const store = memoryStore();
  let calls = 0;
  const failing = <T>(act: () => Promise<T>) =>
    ++calls % 3 === 0 ? Promise.reject(new StoreError("the store is away", "away")) : act();
  const { options, parcels, log } = optionsOf(partitions, {
    failFast: false,
    checkpoint: { every: 20, groupCommit: 5, maxDirty: 100, maxKeys: 50 },
    store: {
      ...store,
      read: (...given) => failing(() => store.read(...given)),
      save: (...given) => failing(() => store.save(...given)),
      timers: (...given) => failing(() => store.timers(...given)),
    },
  });
  await new Engine(options).start();
  expect(idsOf(parcels)).toEqual((await replayed(partitions)).ids);
  expect(log).toContain("The store works again");
});

Deno.test("silent partitions stop holding event time, which then goes on by the clock: the last windows close, once", async () => {
  const partitions = payments(300, 2);
  const shelf = emptyShelf();
  const said: Parcel[] = [];
  for (let life = 0; life < 2; life++) {
    const { options, parcels } = optionsOf(partitions, {
      store: memoryStore(shelf),
      drain: false,
      term: 1e12,
      // An hour of silence goes by in a third of a second.
      time: { now, monotonic: () => monotonic() * 10_000, sleep: (_, signal) => sleep(5, signal), turn, backoff },
    });
    const engine = new Engine(options);
    const done = engine.start();
    const isOver = () =>
      (engine.run?.task.inputs.length ?? 0) > 0 &&
      engine.run?.task.inputs.every(({ state }) => state === "idle") === true && engine.run.outbox.dirty === 0;
    for (let looks = 0; looks < 400 && !(looks > 100 && isOver()); looks++) await sleep(5);
    engine.stop();
    await done;
    said.push(...parcels);
  }
  const windows = said.flatMap((parcel) => "record" in parcel ? [parcel.record.window?.end ?? ""] : []);
  const last = start + 299 * 1_300;
  expect(Math.max(...windows.map((end) => Date.parse(end)))).toBeGreaterThan(last);
  expect(new Set(idsOf(said)).size).toBe(idsOf(said).length);
});

Deno.test("a stop that comes while the task is being claimed ends the engine all the same", async () => {
  const store = memoryStore();
  const { options } = optionsOf(payments(10, 1), {
    drain: false,
    store: {
      ...store,
      depths: (task) => {
        engine.stop();
        return store.depths(task);
      },
    },
  });
  const engine: Engine = new Engine(options);
  expect(await engine.start()).toBe("stopped");
});

Deno.test("what a receiver took that cannot tell a second send is saved at once, long before a checkpoint is due", async () => {
  const store = memoryStore();
  const taken: number[] = [];
  /** Resolves when the store no longer holds what was taken before. */
  const isSaved = async () => {
    for (const end = monotonic() + 5_000; monotonic() < end;) {
      const waiting = await store.pending("all", "people", -1, 1_000);
      if (!waiting.some(({ seq }) => taken.includes(seq))) return;
      await turn();
    }
    throw new Error("what was taken is not saved");
  };
  const failures: unknown[] = [];
  const { options } = optionsOf(payments(400, 1), {
    store,
    checkpoint: { every: 3_600_000, groupCommit: 5, maxDirty: 5_000, maxKeys: 1_000_000 },
  });
  const receiver = {
    batchMax: 1,
    wait: () => 10,
    isOne: true,
    once: true,
    async deliver(batch: readonly Parcel[], seqs: readonly number[]) {
      await isSaved().catch((error) => failures.push(error));
      taken.push(...seqs);
      return batch.map(() => ({ result: "delivered" as const }));
    },
  };
  const setup = {
    ...options.setup,
    receivers: new Map([...options.setup.receivers, ["people", receiver]]),
    ways: { ...options.setup.ways, alert: () => ["people"] },
  };
  await new Engine({ ...options, setup }).start();
  expect(taken.length).toBeGreaterThan(10);
  expect(failures).toEqual([]);
});

Deno.test("a drain, however short, tells its source how far it was read, once a checkpoint has that", async () => {
  const partitions = payments(60, 2);
  let saves = 0;
  const store = memoryStore();
  const { options } = optionsOf(partitions, {
    store: { ...store, save: (fence, checkpoint) => store.save(fence, checkpoint).finally(() => saves++) },
    checkpoint: { every: 3_600_000, groupCommit: 3_600_000, maxDirty: 5_000, maxKeys: 1_000_000 },
  });
  const told = new Map<string, number>();
  const source: EngineOptions["source"] = (of, position) => ({
    ...options.source(of, position),
    commit(positions) {
      expect(saves).toBeGreaterThan(0);
      for (const { partition, offset } of positions) told.set(partitionName(partition), offset);
      return Promise.resolve();
    },
  });
  await new Engine({ ...options, source }).start();
  expect([...told]).toEqual(partitions.map((messages, i) => [`payments/${i}`, messages.length]));
});
