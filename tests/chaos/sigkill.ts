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
        const size = Math.floor(events / (kills + 1));
        // In a stream of events, or with a heap of them at hand of which much is read and little handled.
        const isHeap = chance.is(0.5);
        if (isHeap) await arena.send(size);
        const running = await arena.start();
        const sending = isHeap ? Promise.resolve() : arena.pour(size, isLong ? 4_000 : 1_200);
        // Some die while they wait for the claim, most after they have said something.
        if (chance.is(0.7)) await arena.more(chance.whole(1, 40));
        await new Promise((resolve) => setTimeout(resolve, chance.whole(0, isLong ? 1_500 : 150)));
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
