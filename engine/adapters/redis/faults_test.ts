import { expect } from "expect";
import { ownRedis, type OwnService } from "../../../tests/services/services.ts";
import { changesOf, numberFound } from "../../../tests/stores/crashes.ts";
import { checkpoint, claimed, partsOf, saved } from "../../../tests/stores/trial.ts";
import type { CheckpointStore } from "../../runtime/store.ts";
import { connectRedis } from "../redis.ts";
import { allOf, type RedisCommand, type RedisConnection, RedisError } from "./port.ts";
import { redisStore } from "./store.ts";

const size = { changes: 20, length: 1_000_000, group: 1_000_000 };

interface Scene {
  readonly server: OwnService;
  /** A connection that the scene closes. */
  readonly redis: RedisConnection;
  readonly store: CheckpointStore;
  /** Ends Redis as a crash would, starts it with what the last `SAVE` wrote, and gives a store on a new connection. */
  readonly restart: () => Promise<CheckpointStore>;
  readonly connect: (waits?: Parameters<typeof connectRedis>[1]) => RedisConnection;
}

async function scene(run: (scene: Scene) => Promise<void>): Promise<void> {
  const server = await ownRedis();
  await server.start();
  const opened: RedisConnection[] = [];
  const connect: Scene["connect"] = (waits) => {
    const redis = connectRedis(`redis://${server.address}`, waits);
    opened.push(redis);
    return redis;
  };
  const redis = connect();
  try {
    await run({
      server,
      redis,
      connect,
      store: redisStore(redis, "app", size),
      async restart() {
        await server.kill();
        await server.start();
        return redisStore(connect(), "app", size);
      },
    });
  } finally {
    for (const one of opened) await one.close();
    await server.remove();
  }
}

/** Asks until it is answered, as the task loop does. */
async function whenBack<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Error && /is away/.test(error.message))) throw error;
    }
  }
}

/** Something happens before the command of that number, whose answer and all behind it are lost. */
function disturbed(redis: RedisConnection, at: number, fault: () => Promise<void>): RedisConnection {
  return meddled(redis, at, async () => {
    await fault();
    throw new RedisError("Redis is away: the connection broke");
  });
}

/** Does something else with the commands from that number on; it gives their answers. */
function meddled(
  redis: RedisConnection,
  at: number,
  meddle: (rest: readonly RedisCommand[]) => Promise<readonly unknown[]>,
): RedisConnection {
  let seen = 0;
  return {
    ...redis,
    async pipeline(commands) {
      const before = at - seen;
      seen += commands.length;
      if (before < 0 || before >= commands.length) return redis.pipeline(commands);
      return [...await redis.pipeline(commands.slice(0, before)), ...await meddle(commands.slice(before))];
    },
  };
}

Deno.test("Redis killed and restarted between any two steps of a save: asked again, it is saved once and whole", () =>
  scene(async ({ connect, store, restart }) => {
    let whole = store;
    for (let step = 0, number = 1, isOver = false; !isOver; step++, number++) {
      const { fence } = await claimed(whole);
      const redis = connect();
      const connection = disturbed(redis, step, async () => {
        await redis.pipeline([["SAVE"]]);
        whole = await restart();
      });
      const next = checkpoint(number, changesOf(number));
      isOver = await redisStore(connection, "app", size).save(fence, next).catch(() => "cut") === "saved";
      expect(await whole.save(fence, next)).toBe("saved");
      expect(await numberFound(whole)).toBe(number);
    }
  }));

Deno.test("Redis that lost everything is noticed: the task begins anew", () =>
  scene(async ({ store, restart }) => {
    const { fence } = await claimed(store);
    await saved(store, fence, 1, changesOf(1));
    await restart();
    expect(await whenBack(() => store.save(fence, checkpoint(2, changesOf(2))))).toBe("unfollowed");
    expect(await store.renew(fence, 1)).toBe(false);
    expect(await numberFound(store)).toBe(0);
  }));

Deno.test("Redis set back to an older snapshot is noticed, and what it holds is whole", () =>
  scene(async ({ redis, store, restart }) => {
    const { fence } = await claimed(store);
    for (const number of [1, 2]) await saved(store, fence, number, changesOf(number));
    await redis.pipeline([["SAVE"]]);
    for (const number of [3, 4]) await saved(store, fence, number, changesOf(number));
    const older = await restart();
    expect(await older.save(fence, checkpoint(5, changesOf(5)))).toBe("unfollowed");
    expect(await numberFound(older)).toBe(2);
    const again = await claimed(older);
    expect(await older.save(fence, checkpoint(3))).toBe("fenced");
    await saved(older, again.fence, 3, changesOf(3));
    expect(await numberFound(older)).toBe(3);
  }));

Deno.test("Redis set back to before a claim: whoever held the task since is unfollowed, and not let in by its number", () =>
  scene(async ({ redis, store, restart }) => {
    await saved(store, (await claimed(store, "t", "a")).fence, 1, changesOf(1));
    await redis.pipeline([["SAVE"]]);
    const { fence } = await claimed(store, "t", "b");
    const older = await restart();
    expect(await older.save(fence, checkpoint(2, changesOf(2)))).toBe("unfollowed");
    expect(await numberFound(older)).toBe(1);
  }));

Deno.test("a snapshot from between the head and its changes is made whole by the next save, and by a claim", () =>
  scene(async ({ redis, store, restart }) => {
    const { fence } = await claimed(store);
    await saved(store, fence, 1, changesOf(1));
    // Six commands stage five chunks, one makes them true, one applies the first.
    const connection = disturbed(redis, 8, async () => void await redis.pipeline([["SAVE"]]));
    await expect(redisStore(connection, "app", size).save(fence, checkpoint(2, changesOf(2)))).rejects.toThrow("broke");
    expect((await allOf(redis, [["HMGET", "{app:t}:meta", "number", "applied"]]))[0]).toEqual(["2", "1"]);
    const bySave = await restart();
    await saved(bySave, fence, 3, changesOf(3));
    expect(await numberFound(bySave)).toBe(3);
    expect(await numberFound(await restart())).toBe(2);
  }));

Deno.test("owners that take a task from each other leave it whole, with one number for each that was saved", () =>
  scene(async ({ connect, store }) => {
    const counts = { saved: 0, fenced: 0, unfollowed: 0 };
    const owner = async (name: string) => {
      const one = redisStore(connect(), "app", size);
      for (let round = 0; round < 40; round++) {
        const { fence, number } = await claimed(one, "t", name).catch(() => ({ fence: undefined, number: 0 }));
        if (fence !== undefined) counts[await one.save(fence, checkpoint(number + 1, changesOf(number + 1)))]++;
      }
    };
    await Promise.all(["a", "b", "c"].map(owner));
    const number = await numberFound(store);
    expect(counts.unfollowed).toBe(0);
    expect(number).toBeGreaterThanOrEqual(counts.saved);
    expect(number).toBeLessThanOrEqual(counts.saved + counts.fenced);
  }));

Deno.test("commands that were given up and are carried out later change nothing that came after", () =>
  scene(async ({ redis, connect, store }) => {
    const { fence } = await claimed(store);
    await saved(store, fence, 1, changesOf(1));
    const hasty = redisStore(connect({ answerMillis: 200 }), "app", size);
    await hasty.open();
    await redis.pipeline([["CLIENT", "PAUSE", 500, "ALL"]]);
    await expect(hasty.save(fence, checkpoint(2, changesOf(2)))).rejects.toMatchObject({
      state: "away",
      message: expect.stringMatching(/is away: no answer within 200 ms$/),
    });
    await saved(store, fence, 2, changesOf(2));
    await saved(store, fence, 3, changesOf(3));
    expect(await numberFound(store)).toBe(3);
  }));

Deno.test("Redis without memory left refuses a checkpoint as a whole, and takes it when there is room", () =>
  scene(async ({ redis, store }) => {
    const { fence } = await claimed(store);
    await saved(store, fence, 1, changesOf(1));
    await redis.pipeline([["CONFIG", "SET", "maxmemory", "1"]]);
    await expect(store.save(fence, checkpoint(2, changesOf(2)))).rejects.toMatchObject({
      state: "away",
      message: expect.stringContaining("it has reached maxmemory: raise it, or make room"),
    });
    expect(await partsOf(store, "key 1")).toEqual({ part: "key 1 at 1" });
    await redis.pipeline([["CONFIG", "SET", "maxmemory", "0"]]);
    await saved(store, fence, 2, changesOf(2));
    expect(await numberFound(store)).toBe(2);
  }));

Deno.test("a checkpoint of which a part did not arrive is refused", () =>
  scene(async ({ redis, store }) => {
    const { fence } = await claimed(store);
    await saved(store, fence, 1, changesOf(1));
    const losing = meddled(redis, 2, ([lost, ...rest]) => {
      expect(lost?.[0]).toBe("RPUSH");
      return redis.pipeline([["PING"], ...rest]);
    });
    const save = redisStore(losing, "app", size).save(fence, checkpoint(2, changesOf(2)));
    await expect(save).rejects.toMatchObject({ state: "away", message: expect.stringContaining("lost a part") });
    expect(await numberFound(store)).toBe(1);
  }));

Deno.test("a drop that was overtaken by another removes nothing of what was saved since", () =>
  scene(async ({ redis, store }) => {
    const { fence } = await claimed(store);
    await saved(store, fence, 1, changesOf(1));
    // Its first command begins the drop, its second looks for names, its third removes them.
    const slow = meddled(redis, 2, async (rest) => {
      await store.drop("t");
      await saved(store, fence, 1, changesOf(1));
      return redis.pipeline(rest);
    });
    await redisStore(slow, "app", size).drop("t");
    expect(await numberFound(store)).toBe(1);
  }));

Deno.test("a claim between the head and its changes is told to the one who saves", () =>
  scene(async ({ redis, store }) => {
    const { fence } = await claimed(store);
    const overtaken = meddled(redis, 8, async (rest) => {
      expect(await numberFound(store)).toBe(1);
      return redis.pipeline(rest);
    });
    expect(await redisStore(overtaken, "app", size).save(fence, checkpoint(1, changesOf(1)))).toBe("fenced");
    expect(await numberFound(store)).toBe(1);
  }));

/** Names that Redis holds, and for how long still in milliseconds; -1 for those that last. */
async function livesOf(redis: RedisConnection): Promise<ReadonlyMap<string, number>> {
  const names = (await allOf(redis, [["KEYS", "*"]]))[0] as string[];
  const lives = await allOf(redis, names.map((name) => ["PTTL", name]));
  return new Map(names.map((name, i) => [name, Number(lives[i])]));
}

Deno.test("a staged list has a minute to become true; all that lasts has no time to live, and one hash tag", () =>
  scene(async ({ redis, store }) => {
    const { fence } = await claimed(store);
    await saved(store, fence, 1, changesOf(1));
    const saveCutAt = (at: number) => {
      const cut = redisStore(disturbed(redis, at, () => Promise.resolve()), "app", size);
      return expect(cut.save(fence, checkpoint(2, changesOf(2)))).rejects.toThrow("broke");
    };
    await saveCutAt(2);
    const staged = [...await livesOf(redis)].filter(([, millis]) => millis !== -1);
    expect(staged).toEqual([[expect.stringContaining("{app:t}:redo:"), expect.any(Number)]]);
    await redis.pipeline([["DEL", staged[0]?.[0] ?? ""]]);
    await saveCutAt(8);
    const lives = await livesOf(redis);
    expect([...lives.keys()].filter((name) => name.includes(":redo:")).length).toBe(1);
    expect(new Set(lives.values())).toEqual(new Set([-1]));
    expect([...lives.keys()].every((name) => name.startsWith("{app:t}:"))).toBe(true);
  }));

Deno.test("a checkpoint that takes timers away between any two commands of a reading hides none of those behind", () =>
  scene(async ({ redis, store }) => {
    const ids = ["a", "b", "c", "d", "e", "f"];
    const { fence } = await claimed(store);
    await saved(store, fence, 1, { timers: ids.map((id) => [id, 7]) });
    const take = async (rest: readonly RedisCommand[]) => {
      await saved(store, fence, 2, { timers: [["a", undefined], ["b", undefined]] });
      return await redis.pipeline(rest);
    };
    for (const step of [0, 1]) {
      const meddling = redisStore(meddled(redis, step, take), "app", size);
      const found = await meddling.timers("t", 7, 2, { due: 7, id: "b" });
      expect(found.map(({ id }) => id)).toEqual(["c", "d"]);
    }
  }));
