/** Instances of one application join and leave, some of them without a word, while events come in. */
import { expect } from "expect";
import { openKafka } from "../../engine/adapters/kafka.ts";
import { deployMany } from "../many/deployment.ts";
import { generatePayments, produce } from "../run/payments.ts";
import { type RunningVigie, runVigie, startVigie } from "../run/process.ts";
import { readTopic } from "../services/read_topic.ts";
import { kafkaService, redisService } from "../services/services.ts";
import { difference, edit, nothing } from "./arena.ts";
import { replayed } from "./oracle.ts";
import type { Scenario } from "./scenario.ts";

/** Instances at most. */
const most = 3;

export const many: Scenario = {
  name: "many",
  says: "instances that join and leave under load, some of them killed, say together what a replay says",
  inGate: false,
  async run({ chance, note }) {
    const broker = await kafkaService();
    const deployment = await deployMany({ broker, store: `store: { redis: "redis://${await redisService()}" }` });
    const { folder, topic, alerts } = deployment;
    await edit(`${folder}/contracts/streams/payments.yaml`, (text) => text.replace("idle: 10s", "idle: 1h"));
    const kafka = openKafka({ brokers: [broker] }, "chaos");
    await kafka.createTopic(topic, { partitions: 6, config: { "retention.ms": "-1" } });
    const [changes, size] = [14, 4_000];
    const messages = generatePayments((changes + 1) * size, 6, 20);
    const running: RunningVigie[] = [];
    const history: string[] = [];
    try {
      for (let change = 0; change < changes; change++) {
        const part = messages.slice(change * size, (change + 1) * size);
        const sending = (async () => {
          for (let at = 0; at < size; at += 100) {
            await produce(broker, topic, part.slice(at, at + 100));
            await new Promise((resolve) => setTimeout(resolve, 60));
          }
        })();
        await new Promise((resolve) => setTimeout(resolve, chance.whole(0, 4_000)));
        history.push(await changed(running, () => startVigie(["run", "--config", "vigie.yaml"], folder), chance));
        await sending;
      }
      await produce(broker, topic, messages.slice(changes * size));
      for (const one of running.splice(0)) {
        one.kill("SIGTERM");
        if (await one.ended !== 0) throw new Error(`An instance did not end cleanly:\n${one.log()}`);
      }
      await runVigie(["run", "--config", "vigie.yaml", "--drain"], folder);
      const wanted = (await replayed(folder, topic, messages)).map(({ id }) => id);
      expect(wanted.length).toBeGreaterThan(100);
      const said = (await readTopic([broker], alerts)).map(({ headers }) => headers.id ?? "");
      const found = { history, ...difference(said, wanted) };
      expect(found).toEqual({ history, ...nothing });
      note(
        `${history.join(", ")}: ${wanted.length} alerts, none lost, none extra; ${said.length - wanted.length} again`,
      );
    } finally {
      for (const one of running) one.kill("SIGKILL");
      await Promise.all(running.map(({ ended }) => ended));
      await kafka.close();
      await deployment.remove();
    }
  },
};

/** One instance joins or leaves; returns what happened. */
async function changed(
  running: RunningVigie[],
  start: () => RunningVigie,
  chance: Parameters<Scenario["run"]>[0]["chance"],
): Promise<string> {
  if (running.length === 0 || running.length < most && chance.is(0.5)) {
    running.push(start());
    return "joins";
  }
  const [gone] = running.splice(chance.whole(0, running.length - 1), 1);
  const signal = chance.of<Deno.Signal>(["SIGKILL", "SIGTERM"]);
  gone?.kill(signal);
  await gone?.ended;
  return signal === "SIGKILL" ? "is killed" : "leaves";
}
