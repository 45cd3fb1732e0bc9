/** The wall clock of the machine jumps, forwards and back, while everything else goes on. */
import { until } from "../run/process.ts";
import { redisService } from "../services/services.ts";
import { Arena } from "./arena.ts";
import { fakeClock } from "./fake_clock.ts";
import { gateTo } from "./gate.ts";
import type { Scenario } from "./scenario.ts";

const [hour, day] = [3_600, 86_400];

/** How long a process may wait for the claim of one that was killed, in milliseconds. */
const takeoverMax = 15_000;

export const clock: Scenario = {
  name: "clock",
  says: "a wall clock that jumps changes no alert, and nobody waits until it has caught up",
  async run({ isLong, chance, note }) {
    const address = await redisService();
    const gate = gateTo(address);
    const [events, jumps] = isLong ? [100_000, 40] : [10_000, 4];
    const mark = crypto.randomUUID().slice(0, 8);
    const arena = await Arena.open({
      events,
      partitions: 2,
      store: "store: { sqlite: state.db }",
      sinks: { far: `{ redis: { url: "redis://${gate.address}", set: "far-${mark}:{id}", ttl: 1h } }` },
    });
    const time = await fakeClock(arena.folder);
    const part = Math.floor(events / (jumps + 3));
    try {
      const first = await arena.start({ variables: time.variables });
      await first.active();
      for (let jump = 0; jump < jumps; jump++) {
        // Kafka takes no record from more than an hour ahead: alerts then wait until the clock is set.
        await time.set(chance.of([-day, -hour, -30, 30, hour, day]));
        await arena.send(part);
        await first.handled();
        await time.set(0);
        await first.settled();
      }
      // A sink that fails when the clock goes back is tried again when its wait is over, not an hour later.
      gate.shut();
      await arena.send(part);
      const isFailing = async () => (await first.status())?.sinks.some(({ failing }) => failing !== null) === true;
      await until(isFailing, () => `No sink fails:\n${first.log()}`);
      await time.set(-hour);
      gate.open();
      await first.settled();
      // The claim of one that was killed ends with its term, not when the clock is there again.
      await arena.send(part);
      await time.set(-2 * hour);
      first.kill("SIGKILL");
      await first.ended;
      const killed = performance.now();
      const second = await arena.start({ variables: time.variables });
      await second.active();
      const waited = performance.now() - killed;
      if (waited > takeoverMax) throw new Error(`It waited ${waited} ms for the claim:\n${second.log()}`);
      await arena.send();
      await second.settled();
      await second.stop();
      await arena.drain();
      const { alerts } = await arena.judge();
      note(`${jumps + 3} jumps: ${alerts} alerts, none lost, none extra; claimed after ${Math.round(waited)} ms`);
    } finally {
      await arena.close();
      gate.close();
    }
  },
};
