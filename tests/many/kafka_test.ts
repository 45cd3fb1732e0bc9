/** Many instances on a real Kafka and Redis: the alerts are those of a replay, however many processes share the work. */
import { expect } from "expect";
import { openKafka } from "../../engine/adapters/kafka.ts";
import { generatePayments, produce, replayOf } from "../run/payments.ts";
import { runVigie, startVigie, until } from "../run/process.ts";
import { readTopic } from "../services/read_topic.ts";
import { kafkaService, redisService } from "../services/services.ts";
import { deployMany, planIn } from "./deployment.ts";

const options = { sanitizeOps: false, sanitizeResources: false };

async function begin(partitions: number) {
  const broker = await kafkaService();
  const deployment = await deployMany({ broker, store: `store: { redis: "redis://${await redisService()}" }` });
  const kafka = openKafka({ brokers: [broker] }, "test");
  await kafka.createTopic(deployment.topic, { partitions, config: { "retention.ms": "-1" } });
  const idsIn = async () =>
    (await kafka.topics()).has(deployment.alerts)
      ? (await readTopic([broker], deployment.alerts)).map(({ headers }) => headers.id ?? "")
      : [];
  const end = async () => {
    await kafka.close();
    await deployment.remove();
  };
  return { broker, deployment, idsIn, end };
}

async function wantedIn(folder: string, messages: ReturnType<typeof generatePayments>, topic: string) {
  const { alerts } = await replayOf(await planIn(folder), messages, topic);
  return alerts.map(({ alert }) => alert.id).sort();
}

Deno.test({
  name: "one of many drains a topic by itself, and says what a replay says, each alert once",
  ...options,
  async fn() {
    const { broker, deployment: { folder, topic }, idsIn, end } = await begin(4);
    const messages = generatePayments(20_000, 4, 20);
    await produce(broker, topic, messages);
    await runVigie(["run", "--config", "vigie.yaml", "--drain"], folder);
    const wanted = await wantedIn(folder, messages, topic);
    expect(wanted.length).toBeGreaterThan(100);
    expect((await idsIn()).sort()).toEqual(wanted);
    await end();
  },
});

Deno.test({
  name: "three processes join and leave, one of them by SIGKILL: the alerts are those of a replay",
  ...options,
  async fn() {
    const { broker, deployment: { folder, topic }, idsIn, end } = await begin(4);
    const messages = generatePayments(20_000, 4, 20);
    const wanted = await wantedIn(folder, messages, topic);
    const start = () => startVigie(["run", "--config", "vigie.yaml"], folder);
    const said = async () => new Set(await idsIn()).size;
    const all: ReturnType<typeof start>[] = [];
    const logs = () => all.map((running) => running.log()).join("\n---\n");
    const more = async (part: number) => {
      const before = await said();
      await produce(broker, topic, messages.slice(part * 4_000, (part + 1) * 4_000));
      await until(async () => await said() > before, logs);
    };
    all.push(start());
    await more(0);
    all.push(start(), start());
    await more(1);
    all[0]?.kill("SIGKILL");
    await more(2);
    all.push(start());
    await more(3);
    all[1]?.kill("SIGTERM");
    expect(await all[1]?.ended).toBe(0);
    await more(4);
    for (const running of all.slice(2)) {
      running.kill("SIGTERM");
      expect(await running.ended).toBe(0);
    }
    await runVigie(["run", "--config", "vigie.yaml", "--drain"], folder);
    expect([...new Set(await idsIn())].sort()).toEqual(wanted);
    await end();
  },
});
