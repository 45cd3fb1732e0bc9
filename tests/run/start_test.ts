/** How `vigie run` begins and ends: what is missing is named, what is away is waited for, and exit codes say which. */
import { expect } from "expect";
import { openKafka } from "../../engine/adapters/kafka.ts";
import { readTopic } from "../services/read_topic.ts";
import { kafkaService, ownKafka } from "../services/services.ts";
import { deploy } from "./deployment.ts";
import { generatePayments, planOf, produce, replayOf } from "./payments.ts";
import { runVigie, startVigie, until } from "./process.ts";

const packs = ["rules/payments", "rules/fraud/advanced.yaml"];
const options = { sanitizeOps: false, sanitizeResources: false };
const keep = { "retention.ms": "-1" };

Deno.test({
  name: "without Kafka it says so and tries again, ends with 3 where asked to, and works as soon as Kafka is there",
  ...options,
  async fn() {
    const broker = await ownKafka();
    const deployment = await deploy({ broker: broker.address, packs });
    const { folder, topic, alerts } = deployment;
    const failed = await runVigie(["run", "--config", "vigie.yaml", "--fail-fast"], folder, 3);
    expect(failed.log()).toContain(broker.address);
    const running = startVigie(["run", "--config", "vigie.yaml"], folder);
    await until(() => /trying again/.test(running.log()), () => running.log());
    await broker.start();
    const kafka = openKafka({ brokers: [broker.address] }, "test");
    await kafka.createTopic(topic, { partitions: 2, config: keep });
    const messages = generatePayments(2_000, 2);
    await produce(broker.address, topic, messages);
    await until(
      async () => (await kafka.topics()).has(alerts) && (await readTopic([broker.address], alerts)).length > 5,
      () => running.log(),
    );
    running.kill("SIGTERM");
    expect(await running.ended).toBe(0);
    await kafka.close();
    await broker.remove();
    await deployment.remove();
  },
});

Deno.test({
  name: "a topic that does not exist is named, with the command that creates it",
  ...options,
  async fn() {
    const broker = await kafkaService();
    const deployment = await deploy({ broker, packs });
    const failed = await runVigie(["run", "--config", "vigie.yaml", "--fail-fast"], deployment.folder, 3);
    expect(failed.log()).toContain(
      `The topic "${deployment.topic}" of the stream "payments" does not exist; create it with: ` +
        `kafka-topics.sh --bootstrap-server ${broker} --create --topic ${deployment.topic} --partitions 6`,
    );
    await deployment.remove();
  },
});

Deno.test({
  name: "problems of packs and of the deployment end the start with 1, at their lines",
  ...options,
  async fn() {
    const deployment = await deploy({ broker: "127.0.0.1:1", packs, more: "default_sinks: [nowhere]" });
    const { folder } = deployment;
    expect((await runVigie(["run", "--config", "vigie.yaml"], folder, 1)).output()).toContain("vigie.yaml:9:17");
    const file = `${folder}/vigie.yaml`;
    const text = await Deno.readTextFile(file);
    await Deno.writeTextFile(file, text.replace("default_sinks: [nowhere]", "").replace(/ {2}payment_stats.*\n/, ""));
    const refused = await runVigie(["run", "--config", "vigie.yaml"], folder, 1);
    expect(refused.output()).toMatch(/error\[V125\].*"payment_stats"[\s\S]*rules\/payments\/payments.yaml:\d+/);
    await deployment.remove();
  },
});

Deno.test({
  name: "stopped and started again and again, it says everything once; what is no event goes to the dead letters",
  ...options,
  async fn() {
    const broker = await kafkaService();
    const deployment = await deploy({ broker, packs });
    const { folder, topic, alerts } = deployment;
    const kafka = openKafka({ brokers: [broker] }, "test");
    await kafka.createTopic(topic, { partitions: 3, config: keep });
    const messages = generatePayments(6_000, 3);
    const poison = { topic, partition: 1, offset: 0, timestamp: undefined, key: null };
    const broken = [
      "{",
      "null",
      '{"a":1}',
      "[".repeat(50_000),
      `{"__proto__": {"x": 1}, "y": "${"z".repeat(900_000)}"}`,
    ];
    for (let part = 0; part < 3; part++) {
      const running = startVigie(["run", "--config", "vigie.yaml"], folder);
      await produce(broker, topic, messages.slice(part * 2_000, (part + 1) * 2_000));
      const said = async () => (await kafka.topics()).has(alerts) ? (await readTopic([broker], alerts)).length : 0;
      const before = await said();
      await until(async () => await said() > before, () => running.log());
      running.kill("SIGINT");
      expect(await running.ended).toBe(0);
    }
    await produce(broker, topic, broken.map((text) => ({ ...poison, value: new TextEncoder().encode(text) })));
    await produce(broker, topic, [{ ...poison, value: null }, {
      ...poison,
      value: new Uint8Array([0x22, 0xff, 0x22]),
    }]);
    await runVigie(["run", "--config", "vigie.yaml", "--drain"], folder);
    const found = (await readTopic([broker], alerts)).map(({ headers }) => headers.id ?? "");
    const replayed = (await replayOf(await planOf(packs), messages, topic)).alerts;
    const expected = replayed.filter(({ sinks }) => sinks.includes("alerts_fraud_payments")).map(({ alert }) =>
      alert.id
    );
    expect(found.sort()).toEqual(expected.sort());
    const dead = (await readTopic([broker], `${topic}.dlq`)).map((
      { headers, value },
    ) => [headers.reason, value?.length]);
    expect(dead).toEqual([
      ["not_json", 1],
      ["null_value", 4],
      ["schema", 7],
      ["not_json", 50_000],
      ["schema", broken[4]?.length],
      ["null_value", undefined],
      // Nobody can tell what such bytes hold, and payments have personal fields: they are withheld.
      ["not_utf8", undefined],
    ]);
    await kafka.close();
    await deployment.remove();
  },
});
