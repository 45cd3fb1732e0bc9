/**
 * What durable state costs: a drain of a topic of payments with the rules of the pack `payments`, a checkpoint each second,
 * on the stores one after the other in one process. Aim: Redis at least 0.8 of memory. `deno run -A bench/stores.ts [events]`
 */
import { memoryStore } from "../engine/adapters/memory.ts";
import { connectRedis } from "../engine/adapters/redis.ts";
import { redisStore } from "../engine/adapters/redis/store.ts";
import { sqliteStore } from "../engine/adapters/sqlite.ts";
import type { CheckpointStore } from "../engine/runtime/store.ts";
import { kafkaService, redisService } from "../tests/services/services.ts";
import { costOf, drain, topicOfPayments } from "./drain.ts";

const packs = ["rules/payments"];

export async function benchStores(events: number): Promise<void> {
  const [broker, redis] = [await kafkaService(), await redisService()];
  const topic = await topicOfPayments(broker, events);
  const file = await Deno.makeTempFile({ suffix: ".db" });
  const stores: readonly (readonly [string, () => CheckpointStore])[] = [
    ["memory", memoryStore],
    ["redis", () => redisStore(connectRedis(`redis://${redis}`), `bench-${crypto.randomUUID()}`)],
    ["sqlite", () => sqliteStore(file)],
  ];
  await drain(broker, topic, packs, memoryStore());
  let memory = 0;
  for (const [name, open] of stores) {
    const walls: number[] = [];
    for (let run = 0; run < 3; run++) {
      const store = open();
      walls.push((await costOf(async () => void await drain(broker, topic, packs, store))).wall);
      await store.close();
    }
    const wall = Math.min(...walls);
    if (name === "memory") memory = wall;
    console.log(
      `${name.padEnd(8)} ${Math.round(events / wall).toLocaleString("en")} events/s, ` +
        `${(memory / wall).toFixed(2)} of memory (best of 3)`,
    );
  }
  await Deno.remove(file);
}

if (import.meta.main) await benchStores(Number(Deno.args[0] ?? 300_000));
