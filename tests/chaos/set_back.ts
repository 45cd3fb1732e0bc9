/** Redis comes back with an older snapshot of the state while the engine runs on with a newer one in its memory. */
import { expect } from "expect";
import { connectRedis } from "../../engine/adapters/redis.ts";
import { until } from "../run/process.ts";
import { ownRedis, redisService } from "../services/services.ts";
import { Arena } from "./arena.ts";
import type { Scenario } from "./scenario.ts";

export const setBack: Scenario = {
  name: "set-back",
  says: "a Redis that is set back to an older snapshot under the running engine is noticed, and costs no alert",
  async run({ isLong, chance, note }) {
    const server = await ownRedis();
    await server.start();
    const [events, times] = isLong ? [100_000, 8] : [9_000, 2];
    const keeper = await redisService();
    const arena = await Arena.open({
      events,
      partitions: 3,
      keeper,
      store: `store: { redis: "redis://${server.address}" }`,
    });
    const part = Math.floor(events / (2 * times + 1));
    try {
      const running = await arena.start();
      await running.active();
      for (let time = 0; time < times; time++) {
        await arena.send(part);
        if (chance.is(0.5)) await running.settled();
        await save(server.address);
        const { checkpoint = 0 } = await running.status() ?? {};
        await arena.send(part);
        // What is in Redis now is newer than the snapshot: that is what the engine must miss.
        await until(
          async () => ((await running.status())?.checkpoint ?? 0) > checkpoint + 1,
          () => `Nothing is saved:\n${running.log()}`,
        );
        await server.kill();
        await server.start();
        // It is noticed at the next checkpoint, and without an event there is none.
        await arena.send(100);
        await until(() => noticed(running.log()) > time, () => `It does not notice:\n${running.log()}`);
        await running.active();
      }
      await arena.send();
      await running.settled();
      await running.stop();
      expect(noticed(running.log())).toBe(times);
      await arena.drain();
      const { alerts, said } = await arena.judge();
      note(`${times} times: ${alerts} alerts, none lost, none extra; ${said - alerts} said again under their ids`);
    } finally {
      await arena.close();
      await server.remove();
    }
  },
};

async function save(address: string): Promise<void> {
  const redis = connectRedis(`redis://${address}`);
  await redis.pipeline([["SAVE"]]);
  await redis.close();
}

function noticed(log: string): number {
  return log.split("The store was set back").length - 1;
}
