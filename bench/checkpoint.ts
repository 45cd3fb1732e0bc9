/**
 * What a checkpoint costs in each store: 5,000 dirty keys of 200 bytes and of 6 kB (p50, p99, and for how long one command
 * holds Redis), fewer keys over a million kept ones, and one key with a long window (aim: p99 of 50 ms, and a cost that
 * follows what changed). Alone: `deno run -A bench/checkpoint.ts`.
 */
import { memoryStore } from "../engine/adapters/memory.ts";
import { connectRedis } from "../engine/adapters/redis.ts";
import type { RedisConnection } from "../engine/adapters/redis/port.ts";
import { redisStore } from "../engine/adapters/redis/store.ts";
import { sqliteStore } from "../engine/adapters/sqlite.ts";
import type { Checkpoint, CheckpointStore, StateChange } from "../engine/runtime/store.ts";
import { ownRedis } from "../tests/services/services.ts";
import { claimed } from "../tests/stores/trial.ts";

/** One line of the bench; times in milliseconds. */
export interface CheckpointBench {
  readonly store: string;
  readonly what: string;
  readonly p50: number;
  readonly p99: number;
  /** Longest that one command or script held Redis during the saves. */
  readonly longest: number | undefined;
}

interface Load {
  readonly what: string;
  readonly keys: number;
  readonly bytes: number;
  readonly saves: number;
}

const loads: readonly Load[] = [
  { what: "5,000 keys of 200 bytes", keys: 5_000, bytes: 200, saves: 100 },
  { what: "500 keys of 200 bytes", keys: 500, bytes: 200, saves: 100 },
  { what: "1 key of 200 bytes", keys: 1, bytes: 200, saves: 100 },
  { what: "5,000 keys of 6 kB", keys: 5_000, bytes: 6_000, saves: 20 },
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

/** Starts over for each load; `longest` reads what Redis noted since. */
async function measure(store: CheckpointStore, load: Load): Promise<{ p50: number; p99: number }> {
  await store.drop("bench");
  const { fence } = await claimed(store, "bench");
  const times: number[] = [];
  for (let number = 1; number <= load.saves + 3; number++) {
    const checkpoint = checkpointOf(number, load);
    const start = performance.now();
    if (await store.save(fence, checkpoint) !== "saved") throw new Error("a checkpoint was refused");
    times.push(performance.now() - start);
  }
  const sorted = times.slice(3).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

/** Redis notes every command that takes longer than 100 µs. */
async function longestOf(redis: RedisConnection): Promise<number> {
  const [entries] = await redis.pipeline([["SLOWLOG", "GET", -1]]);
  if (!Array.isArray(entries)) return NaN;
  const noted = entries as readonly (readonly [number, number, number, readonly string[]])[];
  return Math.max(0, ...noted.filter(([, , , [name]]) => name !== "SLOWLOG").map(([, , micros]) => micros)) / 1_000;
}

async function benchRedis(): Promise<CheckpointBench[]> {
  const server = await ownRedis();
  await server.start();
  const watching = connectRedis(`redis://${server.address}`);
  const store = redisStore(connectRedis(`redis://${server.address}`), "bench");
  await store.open();
  await watching.pipeline([["CONFIG", "SET", "slowlog-log-slower-than", 100], [
    "CONFIG",
    "SET",
    "slowlog-max-len",
    9_999,
  ]]);
  const found: CheckpointBench[] = [];
  for (const load of loads) {
    await watching.pipeline([["SLOWLOG", "RESET"]]);
    const times = await measure(store, load);
    found.push({ store: "redis", what: load.what, ...times, longest: await longestOf(watching) });
  }
  await store.close();
  await watching.close();
  await server.remove();
  return found;
}

async function bench(name: string, store: CheckpointStore): Promise<CheckpointBench[]> {
  await store.open();
  const found: CheckpointBench[] = [];
  for (const load of loads) {
    found.push({ store: name, what: load.what, ...await measure(store, load), longest: undefined });
  }
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
  for (const { store, what, p50, p99, longest } of await benchCheckpoints()) {
    const held = longest === undefined ? "" : `  longest command ${longest.toFixed(1)} ms`;
    console.log(`${store.padEnd(7)} ${what.padEnd(24)} p50 ${p50.toFixed(1)} ms  p99 ${p99.toFixed(1)} ms${held}`);
  }
}
