/** The owner stands still with alerts in its hands while another takes over, and then goes on as if nothing had been. */
import { expect } from "expect";
import { connectRedis } from "../../engine/adapters/redis.ts";
import { until } from "../run/process.ts";
import { redisService } from "../services/services.ts";
import { Arena } from "./arena.ts";
import { gateTo } from "./gate.ts";
import type { Scenario } from "./scenario.ts";

/** Longer than the wait before a second try of a sink: so long it has the chance to do wrong. */
const tryMillis = 1_000;

export const zombie: Scenario = {
  name: "zombie",
  says: "an owner that stands still with alerts in its hands while another takes over delivers nothing when it wakes",
  async run({ isLong, note }) {
    const address = await redisService();
    const redis = connectRedis(`redis://${address}`);
    const mark = crypto.randomUUID().slice(0, 8);
    // Each process delivers to a stream of its own; the first one has a door before its sink and one before its store.
    const [sink, store] = [gateTo(address), gateTo(address)];
    const [events, rounds] = isLong ? [60_000, 5] : [6_000, 1];
    const sinks = { own: `{ redis: { url: "redis://${address}", stream: "own-${mark}" } }` };
    const arena = await Arena.open({ events, partitions: 2, sinks });
    const lengthOf = async (name: string) => Number((await redis.pipeline([["XLEN", `${name}-${mark}`]]))[0]);
    try {
      for (let round = 0; round < rounds; round++) {
        const [first, second] = [`first-${round}`, `second-${round}`];
        const to = (name: string, at: string) => (text: string) =>
          text.replace(`redis://${address}", stream: "own-${mark}`, `redis://${at}", stream: "${name}-${mark}`);
        const atDoors = (text: string) =>
          to(first, sink.address)(text).replace(
            `store: { redis: "redis://${address}`,
            `store: { redis: "redis://${store.address}`,
          );
        const owner = await arena.start({ edit: atDoors });
        await owner.active();
        await arena.send(events / rounds / 3);
        await owner.settled();
        sink.hold();
        const standby = await arena.start({ edit: to(second, address) });
        await arena.send(events / rounds / 3);
        await until(() => sink.held() > 0, () => `Nothing is delivered:\n${owner.log()}`);
        owner.kill("SIGSTOP");
        await standby.active();
        await arena.send(events / rounds / 3);
        await standby.settled();
        const before = await lengthOf(first);
        // What it had sent is lost, so that it would send again as soon as it wakes, and its store tells it nothing.
        sink.open();
        store.shut();
        owner.kill("SIGCONT");
        const isOld = async () =>
          (await owner.status())?.troubles.some((trouble) => /older than its term/.test(trouble));
        await until(async () => await isOld() === true, () => `It takes its claim for good:\n${owner.log()}`);
        await new Promise((resolve) => setTimeout(resolve, tryMillis));
        expect(await lengthOf(first)).toBe(before);
        store.open();
        await until(() => /taken over; standing by/.test(owner.log()), () => `It does not notice:\n${owner.log()}`);
        await standby.stop();
        expect(await lengthOf(first)).toBe(before);
        expect(await lengthOf(second)).toBeGreaterThan(0);
        await owner.end();
      }
      await arena.drain();
      const { alerts } = await arena.judge();
      note(`${rounds} times: ${alerts} alerts, none lost, none extra, none by the zombie`);
    } finally {
      await arena.close();
      sink.close();
      store.close();
      await redis.close();
    }
  },
};
