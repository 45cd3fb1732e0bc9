/** The store that a deployment names. */
import { dirname } from "node:path";
import { memoryStore } from "../../engine/adapters/memory.ts";
import { connectRedis } from "../../engine/adapters/redis.ts";
import { redisLookups } from "../../engine/adapters/redis_lookups.ts";
import type { FetchedLookups } from "../../engine/runtime/engine/options.ts";
import { redisStore } from "../../engine/adapters/redis/store.ts";
import { sqliteStore } from "../../engine/adapters/sqlite.ts";
import type { StoreSettings } from "../../engine/config/deployment.ts";
import type { CheckpointStore } from "../../engine/runtime/store.ts";

/** Lookups of rules live in the Redis of the store; without one, rows have no value. */
export function openLookups(store: StoreSettings): { lookups: FetchedLookups; close: () => Promise<void> } | undefined {
  if (store.kind !== "redis") return undefined;
  const redis = connectRedis(store.url);
  return { lookups: redisLookups(redis), close: () => redis.close() };
}

export function openStore(store: StoreSettings, app: string): CheckpointStore {
  switch (store.kind) {
    case "memory":
      return memoryStore();
    case "sqlite":
      Deno.mkdirSync(dirname(store.path), { recursive: true });
      return sqliteStore(store.path);
    case "redis":
      return redisStore(connectRedis(store.url), app);
  }
}
