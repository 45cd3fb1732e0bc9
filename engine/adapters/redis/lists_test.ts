import { expect } from "expect";
import { ownRedis, redisService } from "../../../tests/services/services.ts";
import { connectRedis } from "../redis.ts";
import { type ListValues, readList, watchList } from "./lists.ts";
import type { RedisConnection } from "./port.ts";

async function withRedis(run: (redis: RedisConnection, key: string) => Promise<void>): Promise<void> {
  const redis = connectRedis(`redis://${await redisService()}`);
  try {
    await run(redis, `test:${crypto.randomUUID()}`);
  } finally {
    await redis.close();
  }
}

/** Resolves with the values of each change, one after the other. */
function changes() {
  const seen: ListValues[] = [];
  let wake = () => {};
  return {
    changed: (values: ListValues) => {
      seen.push(values);
      wake();
    },
    async next(): Promise<ListValues> {
      while (seen.length === 0) await new Promise<void>((resolve) => wake = resolve);
      return seen.shift()!;
    },
  };
}

Deno.test("a list is a set, a list, or nothing yet; of texts or of numbers", () =>
  withRedis(async (redis, key) => {
    const list = { key, type: "string", refresh: 1 } as const;
    expect(await readList(redis, list)).toEqual(new Set());
    await redis.pipeline([["SADD", key, "a", "1", "é"]]);
    expect(await readList(redis, list)).toEqual(new Set(["a", "1", "é"]));
    await redis.pipeline([["DEL", key], ["RPUSH", key, "1", "2.5", "1"]]);
    expect(await readList(redis, list)).toEqual(new Set(["1", "2.5"]));
    expect(await readList(redis, { ...list, type: "number" })).toEqual(new Set([1, 2.5]));
    await redis.pipeline([["RPUSH", key, "x"]]);
    await expect(readList(redis, { ...list, type: "number" })).rejects.toThrow(/is one of numbers and holds "x"$/);
    await redis.pipeline([["SET", key, "x"]]);
    await expect(readList(redis, list)).rejects.toThrow(/is neither a set nor a list/);
  }));

Deno.test("a watched list is told once and then when it changes", () =>
  withRedis(async (redis, key) => {
    await redis.pipeline([["SADD", key, "a"]]);
    const { changed, next } = changes();
    const watch = watchList(redis, { key, type: "string", refresh: 5 }, { changed, trouble: () => {} });
    await watch.ready;
    expect(await next()).toEqual(new Set(["a"]));
    await redis.pipeline([["SADD", key, "b"], ["SREM", key, "a"]]);
    expect(await next()).toEqual(new Set(["b"]));
    watch.close();
  }));

Deno.test("a watched list stays as it was while Redis is away", async () => {
  const own = await ownRedis();
  await own.start();
  const redis = connectRedis(`redis://${own.address}`);
  const { changed, next } = changes();
  const troubles: (string | undefined)[] = [];
  const told = Promise.withResolvers<void>();
  const trouble = (reason: string | undefined) => {
    troubles.push(reason);
    told.resolve();
  };
  await redis.pipeline([["SADD", "k", "a"]]);
  const watch = watchList(redis, { key: "k", type: "string", refresh: 5 }, { changed, trouble });
  expect(await next()).toEqual(new Set(["a"]));
  await own.kill();
  await told.promise;
  await own.start();
  expect(await next()).toEqual(new Set());
  expect(troubles).toEqual([expect.stringContaining(`Redis at ${own.address} is away`), undefined]);
  watch.close();
  await redis.close();
  await own.remove();
});
