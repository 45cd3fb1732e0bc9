import { redisService } from "../../../tests/services/services.ts";
import { expectGolden, readAll, readGolden, writeAll } from "../../../tests/stores/golden.ts";
import { connectRedis } from "../redis.ts";
import { allOf, type RedisConnection, RedisError } from "./port.ts";
import { apply } from "./scripts.ts";
import { redisStore } from "./store.ts";

/** Names and what they hold, as the commands that make them; the app and random names are written as such. */
async function dump(redis: RedisConnection, app: string): Promise<string> {
  const names: string[] = [];
  for (let cursor = "0", isDone = false; !isDone; isDone = cursor === "0") {
    const [answer] = await allOf(redis, [["SCAN", cursor, "MATCH", `{${app}*`, "COUNT", 1000]]);
    const [next, found] = answer as [string, string[]];
    names.push(...found);
    cursor = next;
  }
  const commands = await Promise.all([...new Set(names)].sort().map((name) => commandOf(redis, name)));
  const text = JSON.stringify(commands, null, 2).replaceAll(app, "APP");
  return `${text.replace(/(redo:\d+\.\d+\.)[-0-9a-f]{36}/g, "$1RANDOM")}\n`;
}

async function commandOf(redis: RedisConnection, name: string): Promise<readonly string[]> {
  const [type] = await allOf(redis, [["TYPE", name]]);
  const [read, write] = ({
    hash: [["HGETALL", name], "HSET"],
    zset: [["ZRANGE", name, 0, -1, "WITHSCORES"], "ZADD"],
    list: [["LRANGE", name, 0, -1], "RPUSH"],
    string: [["GET", name], "SET"],
  } as Record<string, [string[], string]>)[String(type)]!;
  const [content] = await allOf(redis, [read]);
  const flat = Array.isArray(content) ? content.map(String) : [String(content)];
  return [write, name, ...write === "RPUSH" || write === "SET" ? flat : sortedPairs(flat, write === "ZADD")];
}

function sortedPairs(flat: readonly string[], swapped: boolean): string[] {
  const pairs = Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i]!, flat[2 * i + 1]!] as const);
  return pairs.sort(([a], [b]) => a < b ? -1 : 1).flatMap(([a, b]) => swapped ? [b, a] : [a, b]);
}

async function withRedis(run: (redis: RedisConnection, app: string) => Promise<void>): Promise<void> {
  const redis = connectRedis(`redis://${await redisService()}`);
  try {
    await run(redis, `golden-${crypto.randomUUID()}`);
  } finally {
    await redis.close();
  }
}

/** A connection that breaks before the first script that applies. */
function breaking(redis: RedisConnection): RedisConnection {
  return {
    ...redis,
    async pipeline(commands) {
      const first = commands.findIndex((command) => command[1] === apply);
      if (first < 0) return redis.pipeline(commands);
      await redis.pipeline(commands.slice(0, first));
      throw new RedisError("the connection broke");
    },
  };
}

for (const name of ["redis-1.json", "redis-1-unapplied.json"]) {
  Deno.test(`state in Redis of format 1 is read and written on: ${name}`, () =>
    withRedis(async (redis, app) => {
      await allOf(redis, JSON.parse((await readGolden(name)).replaceAll("APP", app)));
      await readAll(redisStore(redis, app));
    }));
}

Deno.test("state written to Redis today is of format 1", () =>
  withRedis(async (redis, app) => {
    await writeAll(redisStore(redis, app));
    await expectGolden("redis-1.json", await dump(redis, app));
  }));

Deno.test("a checkpoint that is true and not yet applied is of format 1", () =>
  withRedis(async (redis, app) => {
    const whole = redisStore(redis, app);
    const cut = redisStore(breaking(redis), app);
    await writeAll({
      ...whole,
      save: (fence, next) => next.number === 1 ? whole.save(fence, next) : cut.save(fence, next).catch(() => "saved"),
    });
    await expectGolden("redis-1-unapplied.json", await dump(redis, app));
  }));
