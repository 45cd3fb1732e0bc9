/**
 * What a checkpoint costs in each store (aim: p99 of 50 ms at 5,000 dirty keys, a cost that follows what changed and not
 * what is kept, no script that holds Redis for more than a few ms), and how long it takes to take over a million keys with
 * a timer each (aim: 2 s). Alone: `deno run -A bench/checkpoint.ts`.
 */
import { memoryStore } from "../engine/adapters/memory.ts";
import { connectRedis } from "../engine/adapters/redis.ts";
import type { RedisConnection } from "../engine/adapters/redis/port.ts";
import { redisStore } from "../engine/adapters/redis/store.ts";
import { sqliteStore } from "../engine/adapters/sqlite.ts";
import type { Checkpoint, CheckpointStore, Fence, StateChange } from "../engine/runtime/store.ts";
import { ownRedis } from "../tests/services/services.ts";
import { claimed } from "../tests/stores/trial.ts";

/** One line of the bench; times in milliseconds. */
export interface CheckpointBench {
  readonly store: string;
  readonly what: string;
  readonly p50: number;
  readonly p99: number;
  /** For how long one run of a script held Redis, on average, and any command at the longest. */
  readonly held?: { readonly mean: number; readonly longest: number };
}

interface Load {
  readonly what: string;
  readonly keys: number;
  readonly bytes: number;
  readonly saves: number;
  /** Keys that are there already, with a timer each. */
  readonly kept?: number;
}

const million = 1_000_000;

const loads: readonly Load[] = [
  { what: "5,000 keys of 200 bytes", keys: 5_000, bytes: 200, saves: 100 },
  { what: "500 keys of 200 bytes", keys: 500, bytes: 200, saves: 100 },
  { what: "1 key of 200 bytes", keys: 1, bytes: 200, saves: 100 },
  { what: "5,000 keys of 6 kB", keys: 5_000, bytes: 6_000, saves: 20 },
  { what: "500 keys over a million", keys: 500, bytes: 200, saves: 100, kept: million },
];

/** Each key with a head, a timer, and an alert for every hundredth. */
function checkpointOf(number: number, { keys, bytes }: Load): Checkpoint {
  const text = String(number).padEnd(bytes, "x");
  const states = Array.from({ length: keys }, (_, i): StateChange => ({ key: `customer-${i}`, part: "head", text }));
  const alerts = Math.ceil(keys / 100);
  const first = number * alerts;
  return {
    number,
    head: text.slice(0, 200),
    states,
    timers: states.map(({ key }, i) => ({ id: key, due: number * 1_000 + i })),
    outbox: Array.from({ length: alerts }, (_, i) => ({ seq: first + i, text, lanes: ["kafka", "slack"] })),
    lanes: Array.from({ length: number === 1 ? 0 : alerts }, (_, i) => i + first - alerts)
      .flatMap((seq) => ["kafka", "slack"].map((lane) => ({ lane, seq, state: undefined }))),
  };
}

interface Times {
  readonly p50: number;
  readonly p99: number;
}

/** Starts over for each load. */
async function measure(store: CheckpointStore, load: Load): Promise<Times> {
  await store.drop("bench");
  const { fence } = await claimed(store, "bench");
  const filled = await fill(store, fence, load.kept ?? 0);
  const times: number[] = [];
  for (let number = 1; number <= load.saves + 3; number++) {
    const checkpoint = { ...checkpointOf(number, load), number: filled + number };
    const start = performance.now();
    await saved(store, fence, checkpoint);
    times.push(performance.now() - start);
  }
  return quantiles(times.slice(3));
}

/** Keeps so many keys before it begins; gives the number of checkpoints that it took. */
async function fill(store: CheckpointStore, fence: Fence, keys: number): Promise<number> {
  const [some, text] = [5_000, "x".repeat(100)];
  for (let first = 0; first < keys; first += some) {
    const names = Array.from({ length: some }, (_, i) => `kept-${first + i}`);
    await saved(store, fence, {
      number: first / some + 1,
      head: "",
      states: names.map((key) => ({ key, part: "head", text })),
      timers: names.map((id, i) => ({ id, due: 1e12 + (first + i) % 1_000 })),
      outbox: [],
      lanes: [],
    });
  }
  return keys / some;
}

async function saved(store: CheckpointStore, fence: Fence, checkpoint: Checkpoint): Promise<void> {
  const answer = await store.save(fence, checkpoint);
  if (answer !== "saved") throw new Error(`a checkpoint was ${answer}`);
}

function quantiles(times: readonly number[]): Times {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

/** What another process does until it can handle its first events: claim, timers that are due soon, states of a batch. */
async function takeOver(store: CheckpointStore): Promise<Times> {
  const times: number[] = [];
  for (let round = 0; round < 10; round++) {
    const start = performance.now();
    await claimed(store, "bench", `owner ${round}`);
    await store.timers("bench", 1e12, 1_000);
    await store.read("bench", Array.from({ length: 500 }, (_, i) => `kept-${i * 1_999}`));
    times.push(performance.now() - start);
  }
  return quantiles(times);
}

/** Redis notes every command that takes longer than 100 µs; the answer to the second tells of scripts. */
async function heldOf(redis: RedisConnection): Promise<{ mean: number; longest: number }> {
  const [entries, stats] = await redis.pipeline([["SLOWLOG", "GET", -1], ["INFO", "commandstats"]]);
  const noted = (Array.isArray(entries) ? entries : []) as readonly (readonly [number, number, number, string[]])[];
  const slow = noted.filter(([, , , [name]]) => !["SLOWLOG", "INFO", "SCAN"].includes(name ?? ""));
  const mean = /cmdstat_eval:.*usec_per_call=([\d.]+)/.exec(String(stats))?.[1];
  return { mean: Number(mean) / 1_000, longest: Math.max(0, ...slow.map(([, , micros]) => micros)) / 1_000 };
}

async function benchRedis(): Promise<CheckpointBench[]> {
  const server = await ownRedis();
  await server.start();
  const watching = connectRedis(`redis://${server.address}`);
  const [noteAll, keepAll] = [["slowlog-log-slower-than", 100], ["slowlog-max-len", 9_999]];
  await watching.pipeline([["CONFIG", "SET", ...noteAll], ["CONFIG", "SET", ...keepAll]]);
  const found = await bench("redis", redisStore(connectRedis(`redis://${server.address}`), "bench"), {
    begin: async () => void await watching.pipeline([["SLOWLOG", "RESET"], ["CONFIG", "RESETSTAT"]]),
    end: async () => ({ held: await heldOf(watching) }),
  });
  await watching.close();
  await server.remove();
  return found;
}

interface Watch {
  readonly begin: () => Promise<void>;
  readonly end: () => Promise<Pick<CheckpointBench, "held">>;
}

const unwatched: Watch = { begin: () => Promise.resolve(), end: () => Promise.resolve({}) };

async function bench(name: string, store: CheckpointStore, watch = unwatched): Promise<CheckpointBench[]> {
  await store.open();
  const found: CheckpointBench[] = [];
  for (const load of loads) {
    await watch.begin();
    found.push({ store: name, what: load.what, ...await measure(store, load), ...await watch.end() });
  }
  await watch.begin();
  found.push({ store: name, what: "taking over a million", ...await takeOver(store), ...await watch.end() });
  await store.close();
  return found;
}

/** Measures all three stores; Redis and the file are made for it and removed. */
export async function benchCheckpoints(): Promise<readonly CheckpointBench[]> {
  const folder = await Deno.makeTempDir();
  const found = [
    ...await bench("memory", memoryStore()),
    ...await bench("sqlite", sqliteStore(`${folder}/state.db`)),
    ...await benchRedis(),
  ];
  await Deno.remove(folder, { recursive: true });
  return found;
}

if (import.meta.main) {
  for (const { store, what, p50, p99, held } of await benchCheckpoints()) {
    const times = `p50 ${p50.toFixed(1)} ms  p99 ${p99.toFixed(1)} ms`;
    const redis = held === undefined
      ? ""
      : `  a script ${held.mean.toFixed(2)} ms, the longest command ${held.longest.toFixed(1)} ms`;
    console.log(`${store.padEnd(7)} ${what.padEnd(24)} ${times}${redis}`);
  }
}
