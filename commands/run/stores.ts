/** The store that a deployment names. */
import { dirname } from "node:path";
import { memoryStore } from "../../engine/adapters/memory.ts";
import { connectRedis } from "../../engine/adapters/redis.ts";
import { RedisLists } from "../../engine/adapters/redis_lists.ts";
import { redisLookups } from "../../engine/adapters/redis_lookups.ts";
import type { FetchedLookups } from "../../engine/runtime/engine/options.ts";
import { redisStore } from "../../engine/adapters/redis/store.ts";
import { sqliteStore } from "../../engine/adapters/sqlite.ts";
import type { StoreSettings } from "../../engine/config/deployment.ts";
import type { CheckpointStore } from "../../engine/runtime/store.ts";

/** What rules read in the Redis of the store: rows and lists. */
export interface RedisReads {
  readonly lookups: FetchedLookups;
  readonly lists: RedisLists;
  readonly close: () => Promise<void>;
}

/** Undefined without a Redis: then rows have no value and lists are empty. */
export function openReads(store: StoreSettings, log: (line: string) => void): RedisReads | undefined {
  if (store.kind !== "redis") return undefined;
  const redis = connectRedis(store.url);
  const lists = new RedisLists(redis, log);
  return {
    lists,
    lookups: redisLookups(redis),
    close() {
      lists.close();
      return redis.close();
    },
  };
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
