/** Lists that live in Redis, as a set or a list: read again every so often, and kept as they were while Redis is away. */
import type { Millis } from "../../model/time.ts";
import { backoff, sleep } from "../clock.ts";
import { type RedisConnection, RedisError, RedisRefusal } from "./port.ts";

export interface WatchedList {
  readonly key: string;
  readonly type: "string" | "number";
  readonly refresh: Millis;
}

export type ListValues = ReadonlySet<string | number>;

export interface ListWatcher {
  /** Called with the first values, and then whenever they are others. */
  readonly changed: (values: ListValues) => void;
  /** Called when reading fails, and with undefined when it works again. */
  readonly trouble: (reason: string | undefined) => void;
}

/** `ready` resolves when the list has been read once, or when the watch was ended. */
export interface Watch {
  readonly ready: Promise<void>;
  readonly close: () => void;
}

/** Members of a set or elements of a list; none where there is no such key. Throws as the connection does. */
export async function readList(redis: RedisConnection, { key, type }: WatchedList): Promise<ListValues> {
  const answers = await redis.pipeline([["SMEMBERS", key], ["LRANGE", key, 0, -1]]);
  const found = answers.find((answer) => Array.isArray(answer) && answer.length > 0);
  const refusals = answers.filter((answer) => answer instanceof RedisRefusal);
  if (refusals.length > 1) throw new RedisError(`Redis: "${key}" is neither a set nor a list: ${refusals[0]?.message}`);
  const texts = (found ?? []) as readonly string[];
  return type === "string" ? new Set(texts) : new Set(texts.map((text) => numberOf(key, text)));
}

function numberOf(key: string, text: string): number {
  const number = text.trim() === "" ? NaN : Number(text);
  if (!Number.isFinite(number)) throw new RedisError(`Redis: the list "${key}" is one of numbers and holds "${text}"`);
  return number;
}

/** Reads a list until the watch is closed. A value that is no number keeps the values before, as trouble. */
export function watchList(redis: RedisConnection, list: WatchedList, watcher: ListWatcher): Watch {
  const stopped = new AbortController();
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  let [values, failures]: [ListValues | undefined, number] = [undefined, 0];
  const once = async () => {
    try {
      const found = await readList(redis, list);
      if (stopped.signal.aborted) return;
      if (failures > 0) watcher.trouble(undefined);
      failures = 0;
      if (values === undefined || values.size !== found.size || !found.isSubsetOf(values)) {
        watcher.changed(values = found);
      }
      resolve();
    } catch (error) {
      if (failures++ === 0) watcher.trouble(error instanceof Error ? error.message : String(error));
    }
  };
  void (async () => {
    while (!stopped.signal.aborted) {
      await once();
      await sleep(failures === 0 ? list.refresh : Math.min(list.refresh, backoff(failures)), stopped.signal);
    }
    resolve();
  })();
  return { ready, close: () => stopped.abort() };
}
