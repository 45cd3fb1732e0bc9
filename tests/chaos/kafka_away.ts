/** The only broker is killed while events come in and alerts go out, and is started again. */
import { until } from "../run/process.ts";
import { ownKafka } from "../services/services.ts";
import { Arena } from "./arena.ts";
import type { Scenario } from "./scenario.ts";

export const kafkaAway: Scenario = {
  name: "kafka-away",
  says: "a broker that is killed and started again under load costs no alert",
  inGate: false,
  async run({ chance, note }) {
    const server = await ownKafka();
    await server.start();
    const [events, kills] = [100_000, 5];
    const arena = await Arena.open({ events, partitions: 3, broker: server.address });
    try {
      const running = await arena.start();
      await running.active();
      for (let kill = 0; kill < kills; kill++) {
        await arena.send(Math.floor(events / (kills + 1)));
        const before = await arena.count();
        const more = chance.whole(1, 20);
        await until(async () => await arena.count() >= before + more, () => `No alerts came:\n${running.log()}`);
        await server.kill();
        await server.start();
      }
      await arena.send();
      await running.settled();
      await running.stop();
      await arena.drain();
      const { alerts, said } = await arena.judge();
      note(`${kills} times: ${alerts} alerts, none lost, none extra; ${said - alerts} said again`);
    } finally {
      await arena.close();
      await server.remove();
    }
  },
};
