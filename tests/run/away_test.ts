/** What the engine needs goes away and comes back while it runs: it waits, loses nothing, and goes on. */
import { expect } from "expect";
import { openKafka } from "../../engine/adapters/kafka.ts";
import { connectRedis } from "../../engine/adapters/redis.ts";
import { freePort } from "../services/port.ts";
import { readTopic } from "../services/read_topic.ts";
import { kafkaService, ownKafka, ownRedis } from "../services/services.ts";
import { deploy } from "./deployment.ts";
import { generatePayments, planOf, produce, replayOf } from "./payments.ts";
import { startVigie, until } from "./process.ts";

const packs = ["rules/payments", "rules/fraud/advanced.yaml"];
const options = { sanitizeOps: false, sanitizeResources: false };

async function wantedOf(messages: ReturnType<typeof generatePayments>, topic: string): Promise<string[]> {
  return (await replayOf(await planOf(packs), messages, topic)).alerts
    .filter(({ sinks }) => sinks.includes("alerts_fraud_payments")).map(({ alert }) => alert.id).sort();
}

async function idsIn(broker: string, topic: string): Promise<string[]> {
  return [...new Set((await readTopic([broker], topic)).map(({ headers }) => headers.id ?? ""))].sort();
}

Deno.test({
  name: "Redis is cut off, does not answer for a while, and comes back empty: the alerts are those of a replay",
  ...options,
  async fn() {
    const broker = await kafkaService();
    const server = await ownRedis();
    await server.start();
    const port = freePort();
    const store = `store: { redis: "redis://${server.address}" }`;
    const deployment = await deploy({ broker, packs, store, more: `http: { listen: "127.0.0.1:${port}" }` });
    const { folder, topic, alerts } = deployment;
    const kafka = openKafka({ brokers: [broker] }, "test");
    await kafka.createTopic(topic, { partitions: 2, config: { "retention.ms": "-1" } });
    const messages = generatePayments(8_000, 2);
    const running = startVigie(["run", "--config", "vigie.yaml"], folder);
    const send = (part: number) => produce(broker, topic, messages.slice(part * 2_000, (part + 1) * 2_000));
    const readiness = () => fetch(`http://127.0.0.1:${port}/readyz`).then(({ status }) => status, () => 0);
    await send(0);
    await until(async () => await readiness() === 200, () => running.log());
    const redis = connectRedis(`redis://${server.address}`);
    await redis.pipeline([["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"], ["CLIENT", "PAUSE", 2_500, "ALL"]]);
    await redis.close();
    await send(1);
    await server.kill();
    await send(2);
    await until(async () => await readiness() === 503, () => running.log());
    await server.start();
    await send(3);
    const wanted = await wantedOf(messages, topic);
    await until(async () => (await idsIn(broker, alerts)).length >= wanted.length, () => running.log());
    await until(async () => await readiness() === 200, () => running.log());
    running.kill("SIGTERM");
    expect(await running.ended).toBe(0);
    expect(await idsIn(broker, alerts)).toEqual(wanted);
    await kafka.close();
    await deployment.remove();
    await server.remove();
  },
});

Deno.test({
  name: "Kafka is killed and started again: reading and delivery go on where they were",
  ...options,
  async fn() {
    const broker = await ownKafka();
    await broker.start();
    const deployment = await deploy({ broker: broker.address, packs });
    const { folder, topic, alerts } = deployment;
    const kafka = openKafka({ brokers: [broker.address] }, "test");
    await kafka.createTopic(topic, { partitions: 2, config: { "retention.ms": "-1" } });
    const messages = generatePayments(6_000, 2);
    await produce(broker.address, topic, messages.slice(0, 3_000));
    const running = startVigie(["run", "--config", "vigie.yaml"], folder);
    await until(
      async () => (await kafka.topics()).has(alerts) && (await idsIn(broker.address, alerts)).length > 3,
      () => running.log(),
    );
    await broker.kill();
    await broker.start();
    await produce(broker.address, topic, messages.slice(3_000));
    const wanted = await wantedOf(messages, topic);
    await until(async () => (await idsIn(broker.address, alerts)).length >= wanted.length, () => running.log());
    running.kill("SIGTERM");
    expect(await running.ended).toBe(0);
    expect(await idsIn(broker.address, alerts)).toEqual(wanted);
    await kafka.close();
    await deployment.remove();
    await broker.remove();
  },
});
