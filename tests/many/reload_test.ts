/** A change of rules under many running instances: at one moment for all, nothing lost, nothing said twice. */
import { expect } from "expect";
import { openKafka } from "../../engine/adapters/kafka.ts";
import { generatePayments, produce, replayOf } from "../run/payments.ts";
import { runVigie, startVigie, until } from "../run/process.ts";
import { readTopic } from "../services/read_topic.ts";
import { kafkaService, redisService } from "../services/services.ts";
import { deployMany, planIn } from "./deployment.ts";

const added = `  - id: many-cards
    title: A method of payment is used often
    kind: threshold
    on: payments
    key: payment.method
    window: { tumbling: 1m }
    aggregate: { payments: count() }
    when: payments >= 10
`;

async function idsOf(folder: string, messages: ReturnType<typeof generatePayments>, topic: string): Promise<string[]> {
  const { alerts } = await replayOf(await planIn(folder), messages, topic);
  return alerts.map(({ alert }) => `${alert.rule} ${alert.id}`);
}

Deno.test({
  name:
    "rules that stay say what a replay says while others are added and edited under load; the new ones begin to speak",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const broker = await kafkaService();
    const deployment = await deployMany({ broker, store: `store: { redis: "redis://${await redisService()}" }` });
    const { folder, topic, alerts } = deployment;
    const kafka = openKafka({ brokers: [broker] }, "test");
    await kafka.createTopic(topic, { partitions: 3, config: { "retention.ms": "-1" } });
    const messages = generatePayments(15_000, 3, 20);
    const before = await idsOf(folder, messages, topic);
    const said = async () =>
      (await kafka.topics()).has(alerts)
        ? (await readTopic([broker], alerts)).map(({ value }) => {
          const { rule, id }: { rule: string; id: string } = JSON.parse(new TextDecoder().decode(value ?? undefined));
          return `${rule} ${id}`;
        })
        : [];
    const all = [0, 1].map(() => startVigie(["run", "--config", "vigie.yaml"], folder));
    const logs = () => all.map((running) => running.log()).join("\n---\n");
    await produce(broker, topic, messages.slice(0, 5_000));
    await until(async () => (await said()).length > 50, logs);
    const rules = await Deno.readTextFile(`${folder}/rules/many.yaml`);
    await Deno.writeTextFile(`${folder}/rules/many.yaml`, rules.replace("Payments a minute", "Payments") + added);
    await produce(broker, topic, messages.slice(5_000, 10_000));
    await until(() => all.every((running) => /Reloaded in \d+ ms/.test(running.log())), logs);
    await produce(broker, topic, messages.slice(10_000));
    for (const running of all) {
      running.kill("SIGTERM");
      expect(await running.ended).toBe(0);
    }
    await runVigie(["run", "--config", "vigie.yaml", "--drain"], folder);
    const isNew = (line: string) => line.startsWith("many-cards");
    const found = [...new Set(await said())].sort();
    expect(found.filter((line) => !isNew(line))).toEqual(before.toSorted());
    const wanted = (await idsOf(folder, messages, topic)).filter(isNew);
    const spoken = found.filter(isNew);
    expect(spoken.length).toBeGreaterThan(0);
    expect(spoken.filter((line) => !wanted.includes(line))).toEqual([]);
    await kafka.close();
    await deployment.remove();
  },
});
