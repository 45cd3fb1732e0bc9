/** Many instances on a real Kafka and Redis: the alerts are those of a replay, however many processes share the work. */
import { expect } from "expect";
import { openKafka } from "../../engine/adapters/kafka.ts";
import type { Alert } from "../../engine/model/alert.ts";
import { generatePayments, produce, replayOf } from "../run/payments.ts";
import { runVigie, startVigie, until } from "../run/process.ts";
import { readTopic } from "../services/read_topic.ts";
import { kafkaService, redisService } from "../services/services.ts";
import { deployMany, planIn } from "./deployment.ts";

const options = { sanitizeOps: false, sanitizeResources: false };

async function begin(partitions: number, rules?: string) {
  const broker = await kafkaService();
  const deployment = await deployMany({ broker, store: `store: { redis: "redis://${await redisService()}" }` }, rules);
  const kafka = openKafka({ brokers: [broker] }, "test");
  await kafka.createTopic(deployment.topic, { partitions, config: { "retention.ms": "-1" } });
  const saidIn = async () =>
    (await kafka.topics()).has(deployment.alerts)
      ? (await readTopic([broker], deployment.alerts)).map(({ value }) => named(JSON.parse(textOf(value))))
      : [];
  const end = async () => {
    await kafka.close();
    await deployment.remove();
  };
  return { broker, deployment, saidIn, end };
}

async function wantedIn(
  folder: string,
  messages: ReturnType<typeof generatePayments>,
  topic: string,
  until = -Infinity,
) {
  const { alerts } = await replayOf(await planIn(folder), messages, topic, { until });
  return alerts.map(({ alert }) => named(alert)).sort();
}

/** An alert as a failure shows it. */
function named({ rule, window, event_time, id }: Alert): string {
  return `${rule} ${window?.start ?? event_time} ${id}`;
}

function textOf(value: Uint8Array | null): string {
  return new TextDecoder().decode(value ?? new Uint8Array());
}

Deno.test({
  name: "one of many drains a topic by itself, and says what a replay says, each alert once",
  ...options,
  async fn() {
    const { broker, deployment: { folder, topic }, saidIn, end } = await begin(4);
    const messages = generatePayments(20_000, 4, 20);
    await produce(broker, topic, messages);
    await runVigie(["run", "--config", "vigie.yaml", "--drain"], folder);
    const wanted = await wantedIn(folder, messages, topic);
    expect(wanted.length).toBeGreaterThan(100);
    // A task that changed hands under load may say again what it said, under the same id.
    expect([...new Set(await saidIn())].sort()).toEqual(wanted);
    await end();
  },
});

Deno.test({
  name: "three processes join and leave, one of them by SIGKILL: the alerts are those of a replay",
  ...options,
  async fn() {
    const { broker, deployment: { folder, topic }, saidIn, end } = await begin(4);
    const messages = generatePayments(20_000, 4, 20);
    const wanted = await wantedIn(folder, messages, topic);
    const start = () => startVigie(["run", "--config", "vigie.yaml"], folder);
    const said = async () => new Set(await saidIn()).size;
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
    expect([...new Set(await saidIn())].sort()).toEqual(wanted);
    await end();
  },
});

const shortWindows = `pack: many
defaults: { severity: warning, sinks: [alerts_fraud_payments] }
rules:
  - id: order-seen
    title: An order was paid
    kind: threshold
    on: payments
    key: payment.order_id
    window: { tumbling: 1s }
    aggregate: { payments: count() }
    when: payments >= 1
  - id: customer-seen
    title: A customer paid
    kind: threshold
    on: payments
    key: payment.customer_id
    window: { tumbling: 1s }
    aggregate: { payments: count() }
    when: payments >= 1
`;

Deno.test({
  name: "silence is heard by the tasks behind too: the last windows close without another event",
  ...options,
  async fn() {
    const { broker, deployment: { folder, topic }, saidIn, end } = await begin(2, shortWindows);
    const contract = `${folder}/contracts/streams/payments.yaml`;
    const text = await Deno.readTextFile(contract);
    await Deno.writeTextFile(contract, text.replace("lateness: 10s", "lateness: 1s").replace("idle: 10s", "idle: 1s"));
    const messages = generatePayments(200, 2);
    // Silence brings time beyond the newest event, which the end of a log does not.
    const newest = Math.max(...messages.map(({ timestamp }) => timestamp ?? 0));
    const wanted = await wantedIn(folder, messages, topic, newest + 1_000);
    await produce(broker, topic, messages);
    const running = startVigie(["run", "--config", "vigie.yaml"], folder);
    await until(async () => new Set(await saidIn()).size >= wanted.length, () => running.log());
    running.kill("SIGTERM");
    expect(await running.ended).toBe(0);
    // A task that changed hands under load may say again what it said, under the same id.
    expect([...new Set(await saidIn())].sort()).toEqual(wanted);
    await end();
  },
});

Deno.test({
  name: "a process that is stopped while others take over, and wakes, changes nothing",
  ...options,
  async fn() {
    const { broker, deployment: { folder, topic }, saidIn, end } = await begin(3);
    const messages = generatePayments(15_000, 3, 20);
    const wanted = await wantedIn(folder, messages, topic);
    const start = () => startVigie(["run", "--config", "vigie.yaml"], folder);
    const said = async () => new Set(await saidIn()).size;
    const all = [start(), start()];
    const logs = () => all.map((running) => running.log()).join("\n---\n");
    await produce(broker, topic, messages.slice(0, 6_000));
    await until(async () => await said() > 100, logs);
    all[0]?.kill("SIGSTOP");
    await produce(broker, topic, messages.slice(6_000, 12_000));
    // Alerts of the last minutes come only when the other has taken over everything.
    const volumes = async () => (await saidIn()).filter((line) => line.startsWith("volume")).length;
    await until(async () => await volumes() >= 8, logs);
    all[0]?.kill("SIGCONT");
    await produce(broker, topic, messages.slice(12_000));
    for (const running of all) {
      running.kill("SIGTERM");
      expect(await running.ended).toBe(0);
    }
    await runVigie(["run", "--config", "vigie.yaml", "--drain"], folder);
    expect([...new Set(await saidIn())].sort()).toEqual(wanted);
    await end();
  },
});
