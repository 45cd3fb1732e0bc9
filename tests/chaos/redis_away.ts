/** The store's connection breaks in the middle of checkpoints, and its Redis is started anew, with all that it had. */
import { connectRedis } from "../../engine/adapters/redis.ts";
import { until } from "../run/process.ts";
import { proxyOf } from "../services/proxy.ts";
import { ownRedis } from "../services/services.ts";
import { Arena } from "./arena.ts";
import type { Scenario } from "./scenario.ts";

export const redisAway: Scenario = {
  name: "redis-away",
  says:
    "a connection that breaks in the middle of checkpoints and a Redis that is started anew lose and double nothing",
  async run({ isLong, chance, note }) {
    const server = await ownRedis();
    await server.start();
    const proxy = proxyOf(server.address);
    const [events, cuts] = isLong ? [100_000, 40] : [12_000, 6];
    const arena = await Arena.open({ events, partitions: 3, store: `store: { redis: "redis://${proxy.address}" }` });
    try {
      const running = await arena.start();
      await running.active();
      for (let cut = 0; cut < cuts; cut++) {
        const pouring = arena.pour(Math.floor(events / (cuts + 1)), 800);
        proxy.cutAfter(chance.whole(1, 60), chance.of(["answer", "request"]));
        await until(() => proxy.isCut(), () => `Nothing is saved:\n${running.log()}`);
        if (cut === Math.floor(cuts / 2)) await restart(server);
        proxy.mend();
        await pouring;
        await running.active();
      }
      await arena.send();
      await running.settled();
      await running.stop();
      await arena.drain();
      const { alerts, said } = await arena.judge();
      note(`${cuts} cuts, one restart: ${alerts} alerts, none lost, none extra; ${said - alerts} said again`);
    } finally {
      await arena.close();
      proxy.close();
      await server.remove();
    }
  },
};

/** Ends a Redis with what it holds, and starts it again. */
async function restart(server: Awaited<ReturnType<typeof ownRedis>>): Promise<void> {
  const redis = connectRedis(`redis://${server.address}`);
  await redis.pipeline([["SHUTDOWN", "SAVE"]]).catch(() => {});
  await redis.close();
  await server.kill();
  await server.start();
}
