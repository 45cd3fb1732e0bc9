/** The process is killed again and again at random times. */
import { Arena } from "./arena.ts";
import type { Scenario } from "./scenario.ts";

export const sigkill: Scenario = {
  name: "sigkill",
  says: "killed at random times, the alerts are those of a replay, and a sink that keeps by id has each once",
  async run({ isLong, chance, note }) {
    const [events, kills] = isLong ? [500_000, 30] : [20_000, 5];
    const arena = await Arena.open({ events, partitions: 4 });
    try {
      for (let kill = 0; kill < kills; kill++) {
        const running = await arena.start();
        // Some die while they wait for the claim or begin to read, most in the middle of their work.
        if (chance.is(0.6)) await running.active();
        const [size, life] = [Math.floor(events / (kills + 1)), isLong ? 2_500 : 800];
        // In a stream of events, or in a heap of them of which much was read and little handled.
        const isHeap = chance.is(0.5);
        const sending = isHeap ? arena.send(size) : arena.pour(size, 1.5 * life);
        await new Promise((resolve) => setTimeout(resolve, chance.whole(0, isHeap ? life / 2 : life)));
        running.kill("SIGKILL");
        await Promise.all([running.ended, sending]);
      }
      await arena.send();
      await arena.drain();
      const { alerts, said } = await arena.judge();
      note(`${events} events, ${kills} kills: ${alerts} alerts, none lost, none extra; ${said - alerts} said again`);
    } finally {
      await arena.close();
    }
  },
};
