/** What many instances refuse, and in which words; and how a changed plan comes into force. */
import { expect } from "expect";
import { Kafka, logLevel } from "kafkajs";
import { openKafka } from "../../engine/adapters/kafka.ts";
import { generatePayments, produce } from "../run/payments.ts";
import { runVigie, startVigie, until } from "../run/process.ts";
import { kafkaService, redisService } from "../services/services.ts";
import { deployMany } from "./deployment.ts";

const options = { sanitizeOps: false, sanitizeResources: false };

async function replaceIn(path: string, before: string, after: string): Promise<void> {
  const text = await Deno.readTextFile(path);
  if (!text.includes(before)) throw new Error(`${path} does not hold ${before}`);
  await Deno.writeTextFile(path, text.replace(before, after));
}

/** The application's name, which is that of its consumer group. */
async function appOf(folder: string): Promise<string> {
  return /app: (.*)/.exec(await Deno.readTextFile(`${folder}/vigie.yaml`))?.[1] ?? "";
}

async function widen(broker: string, topic: string, count: number): Promise<void> {
  const admin = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.createPartitions({ topicPartitions: [{ topic, count }] });
  await admin.disconnect();
}

Deno.test({
  name: "many instances keep no state where the others cannot reach it, and share a Kafka: else the start ends with 1",
  ...options,
  async fn() {
    const deployment = await deployMany({ broker: "127.0.0.1:1", store: "store: { sqlite: state.db }" });
    const { folder } = deployment;
    const refused = async () => (await runVigie(["run", "--config", "vigie.yaml"], folder, 1)).log();
    expect(await refused()).toMatch(/keeps state where every instance reaches it, and the store is sqlite/);
    await replaceIn(`${folder}/vigie.yaml`, "store: { sqlite: state.db }", 'store: { redis: "redis://127.0.0.1:1" }');
    await replaceIn(`${folder}/vigie.yaml`, 'kafka: { brokers: ["127.0.0.1:1"] }', "generator: { rate: 1 }");
    expect(await refused()).toMatch(/shares the partitions of Kafka, and the source is generator/);
    await deployment.remove();
  },
});

Deno.test({
  name: "many instances name a topic that keeps less than their rules look back to",
  ...options,
  async fn() {
    const broker = await kafkaService();
    const deployment = await deployMany({ broker, store: `store: { redis: "redis://${await redisService()}" }` });
    const { folder, topic } = deployment;
    const kafka = openKafka({ brokers: [broker] }, "test");
    await kafka.createTopic(topic, { partitions: 1, config: { "retention.ms": "1000" } });
    expect((await runVigie(["run", "--config", "vigie.yaml", "--drain"], folder)).log()).toMatch(
      new RegExp(`The topic "${topic}" keeps messages for 1s, and rules look back \\d+`),
    );
    await kafka.close();
    await deployment.remove();
  },
});

Deno.test({
  name: "state of many is not taken for state of one, nor keys looked for where another partition count puts them",
  ...options,
  async fn() {
    const broker = await kafkaService();
    const deployment = await deployMany({ broker, store: `store: { redis: "redis://${await redisService()}" }` });
    const { folder, topic } = deployment;
    const kafka = openKafka({ brokers: [broker] }, "test");
    await kafka.createTopic(topic, { partitions: 2, config: { "retention.ms": "-1" } });
    await produce(broker, topic, generatePayments(500, 2));
    const app = await appOf(folder);
    const drain = ["run", "--config", "vigie.yaml", "--drain"];
    await runVigie(drain, folder);
    await replaceIn(`${folder}/vigie.yaml`, "instances: many", "instances: one");
    expect((await runVigie(drain, folder, 3)).log()).toMatch(/was written with `instances: many`.*--fresh/);
    await replaceIn(`${folder}/vigie.yaml`, "instances: one", "instances: many");
    const other = startVigie(["run", "--config", "vigie.yaml"], folder);
    await until(async () => await kafka.members(app) > 0, other.log);
    await widen(broker, topic, 3);
    // A seek that is refused has changed nothing.
    const seeking = startVigie(["run", "--config", "vigie.yaml", "--seek", "2026-01-05T00:00:00Z"], folder);
    await until(() => Promise.resolve(seeking.log().includes("stop every instance first")), seeking.log);
    for (const running of [seeking, other]) {
      running.kill("SIGTERM");
      await running.ended;
    }
    expect((await runVigie(drain, folder, 3)).log()).toMatch(/had 2 partitions .* and has 3 now.*--fresh/);
    await runVigie([...drain, "--seek", "2026-01-05T00:00:00Z"], folder);
    await runVigie(drain, folder);
    await kafka.close();
    await deployment.remove();
  },
});

Deno.test({
  name: "an instance with other rules runs those of the others; alone, it runs its own",
  ...options,
  async fn() {
    const broker = await kafkaService();
    const store = `store: { redis: "redis://${await redisService()}" }`;
    const deployment = await deployMany({ broker, store, more: 'instance: "x"' });
    const { folder, topic } = deployment;
    const kafka = openKafka({ brokers: [broker] }, "test");
    await kafka.createTopic(topic, { partitions: 2, config: { "retention.ms": "-1" } });
    const app = await appOf(folder);
    await Deno.mkdir(`${folder}/others`);
    const rules = await Deno.readTextFile(`${folder}/rules/many.yaml`);
    await Deno.writeTextFile(`${folder}/others/many.yaml`, rules.replace("attempts >= 2", "attempts >= 3"));
    const file = await Deno.readTextFile(`${folder}/vigie.yaml`);
    await Deno.writeTextFile(`${folder}/other.yaml`, `${file}\npacks: others\n`);
    const first = startVigie(["run", "--config", "vigie.yaml"], folder);
    await until(async () => await kafka.members(app) === 1, () => first.log());
    const second = startVigie(["run", "--config", "other.yaml"], folder);
    await until(() => /run other rules: running these/.test(second.log()), () => second.log());
    await until(async () => await kafka.members(app) === 2, () => second.log());
    for (const running of [first, second]) {
      running.kill("SIGTERM");
      expect(await running.ended).toBe(0);
    }
    await until(async () => await kafka.members(app) === 0, () => second.log());
    expect((await runVigie(["run", "--config", "other.yaml", "--drain"], folder)).log()).not.toMatch(/other rules/);
    await kafka.close();
    await deployment.remove();
  },
});
