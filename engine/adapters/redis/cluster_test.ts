/** A Redis Cluster refuses what touches two slots, and a Sentinel moves the master: the store works on both. */
import { expect } from "expect";
import { ownRedis, ownSentinel } from "../../../tests/services/services.ts";
import { checkpoints } from "../../../tests/stores/checkpoints.ts";
import { claims } from "../../../tests/stores/claims.ts";
import { outbox, texts } from "../../../tests/stores/outbox.ts";
import { timers } from "../../../tests/stores/timers.ts";
import { checkpoint, claimed, partsOf, saved } from "../../../tests/stores/trial.ts";
import type { CheckpointStore } from "../../runtime/store.ts";
import { connectRedis } from "../redis.ts";
import { allOf } from "./port.ts";
import { redisStore } from "./store.ts";

/** All of a cluster's slots, on the one node that there is. */
const slots = Array.from({ length: 16_384 }, (_, i) => i);

Deno.test("no command and no script touches names of two slots: a cluster of one node takes the suite", async () => {
  const server = await ownRedis("--cluster-enabled", "yes");
  await server.start();
  const redis = connectRedis(`redis://${server.address}`);
  await allOf(redis, [["CLUSTER", "ADDSLOTS", ...slots]]);
  while (!String((await allOf(redis, [["CLUSTER", "INFO"]]))[0]).includes("cluster_state:ok"));
  const split = await redis.pipeline([["MSET", "a", "1", "b", "2"]]);
  expect(String(split[0])).toContain("slot");
  for (const [sentence, run] of Object.entries({ ...claims, ...checkpoints, ...timers, ...outbox, ...texts })) {
    const app = `test ${crypto.randomUUID()}`;
    const opened: CheckpointStore[] = [];
    const store = async () => {
      const one = redisStore(connectRedis(`redis://${server.address}`), app);
      opened.push(one);
      await one.open();
      return one;
    };
    try {
      await run({ store, crash: () => Promise.resolve(false), remove: () => Promise.resolve() });
    } catch (error) {
      throw new Error(`on a cluster: ${sentence}`, { cause: error });
    }
    for (const one of opened) await one.close();
  }
  await redis.close();
  await server.remove();
});

Deno.test("when a Sentinel has moved the master, the same checkpoint is saved there, and what was saved before is there", async () => {
  const master = await ownRedis();
  await master.start();
  const [host = "", port = ""] = master.address.split(":");
  const replica = await ownRedis("--replicaof", host, port);
  await replica.start();
  const sentinel = await ownSentinel("vigie", master.address);
  await sentinel.start();
  const store = redisStore(connectRedis(`redis+sentinel://${sentinel.address}/vigie/0`), "app");
  await store.open();
  const { fence } = await claimed(store);
  await saved(store, fence, 1, { states: [["k", "p", "one"]] });
  const redis = connectRedis(`redis://${master.address}`);
  const watcher = connectRedis(`redis://${sentinel.address}`);
  await allOf(redis, [["WAIT", 1, 10_000]]);
  while (!String((await allOf(watcher, [["SENTINEL", "REPLICAS", "vigie"]]))[0]).includes(replica.address));
  await redis.close();
  await watcher.close();
  await master.kill();
  const next = checkpoint(2, { states: [["k", "q", "two"]] });
  let answer: string | undefined;
  for (const end = performance.now() + 30_000; answer === undefined && performance.now() < end;) {
    answer = await store.save(fence, next).catch(() => undefined);
  }
  expect(answer).toBe("saved");
  expect(await partsOf(store, "k")).toEqual({ p: "one", q: "two" });
  await store.close();
  for (const one of [sentinel, replica, master]) await one.remove();
});
