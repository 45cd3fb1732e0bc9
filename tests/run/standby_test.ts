/** One task, one owner: a second process stands by, takes over after a crash, and a lost store is noticed. */
import { expect } from "expect";
import { openKafka } from "../../engine/adapters/kafka.ts";
import { freePort } from "../services/port.ts";
import { readTopic } from "../services/read_topic.ts";
import { kafkaService, redisService } from "../services/services.ts";
import { deploy } from "./deployment.ts";
import { generatePayments, planOf, produce, replayOf } from "./payments.ts";
import { type RunningVigie, runVigie, startVigie, until } from "./process.ts";

const packs = ["rules/payments", "rules/fraud/advanced.yaml"];
const options = { sanitizeOps: false, sanitizeResources: false };

Deno.test({
  name: "a standby is ready, takes over within 10 s of a SIGKILL, and together they say what a replay says",
  ...options,
  async fn() {
    const broker = await kafkaService();
    const store = `store: { redis: "redis://${await redisService()}" }`;
    const deployment = await deploy({ broker, packs, store });
    const { folder, topic, alerts } = deployment;
    const kafka = openKafka({ brokers: [broker] }, "test");
    await kafka.createTopic(topic, { partitions: 3, config: { "retention.ms": "-1" } });
    const messages = generatePayments(9_000, 3);
    const port = freePort();
    const file = await Deno.readTextFile(`${folder}/vigie.yaml`);
    await Deno.writeTextFile(`${folder}/standby.yaml`, `${file}\nhttp: { listen: "127.0.0.1:${port}" }\n`);
    const said = async () =>
      (await kafka.topics()).has(alerts)
        ? (await readTopic([broker], alerts)).map(({ headers }) => headers.id ?? "")
        : [];
    const logs = (of: readonly RunningVigie[]) => () => of.map((running) => running.log()).join("\n---\n");

    const owner = startVigie(["run", "--config", "vigie.yaml"], folder);
    await produce(broker, topic, messages.slice(0, 3_000));
    await until(async () => (await said()).length > 5, logs([owner]));
    const standby = startVigie(["run", "--config", "standby.yaml"], folder);
    await until(() => /standing by/.test(standby.log()), logs([owner, standby]));
    const ready = await (await fetch(`http://127.0.0.1:${port}/readyz`)).json();
    expect(ready).toMatchObject({ role: "standby", ready: true });
    await produce(broker, topic, messages.slice(3_000, 6_000));
    owner.kill("SIGKILL");
    const killed = performance.now();
    await owner.ended;
    await produce(broker, topic, messages.slice(6_000));
    const events = async () => {
      const { partitions } = await (await fetch(`http://127.0.0.1:${port}/v1/status`)).json();
      return partitions.reduce((sum: number, { events }: { events: number }) => sum + events, 0);
    };
    await until(async () => await events() > 0, logs([standby]));
    expect((performance.now() - killed) / 1_000).toBeLessThan(10);
    standby.kill("SIGTERM");
    expect(await standby.ended).toBe(0);
    await runVigie(["run", "--config", "vigie.yaml", "--drain"], folder);
    const wanted = (await replayOf(await planOf(packs), messages, topic)).alerts
      .filter(({ sinks }) => sinks.includes("alerts_fraud_payments")).map(({ alert }) => alert.id);
    expect([...new Set(await said())].sort()).toEqual(wanted.sort());
    await kafka.close();
    await deployment.remove();
  },
});

Deno.test({
  name: "offsets without a checkpoint end the start with 3 and the way out; --fresh begins anew",
  ...options,
  async fn() {
    const broker = await kafkaService();
    const deployment = await deploy({ broker, packs });
    const { folder, topic } = deployment;
    const kafka = openKafka({ brokers: [broker] }, "test");
    await kafka.createTopic(topic, { partitions: 1, config: { "retention.ms": "-1" } });
    await produce(broker, topic, generatePayments(500, 1));
    const running = startVigie(["run", "--config", "vigie.yaml"], folder);
    const app = /app: (.*)/.exec(await Deno.readTextFile(`${folder}/vigie.yaml`))?.[1] ?? "";
    await until(() => kafka.hasCommitted(app, [topic]), () => running.log());
    running.kill("SIGTERM");
    expect(await running.ended).toBe(0);
    for await (const { name } of Deno.readDir(folder)) {
      if (name.startsWith("state.db")) await Deno.remove(`${folder}/${name}`);
    }
    const refused = await runVigie(["run", "--config", "vigie.yaml", "--drain"], folder, 3);
    expect(refused.log()).toMatch(/has read before, and the store has no checkpoint .* --fresh/);
    await runVigie(["run", "--config", "vigie.yaml", "--drain", "--fresh"], folder);
    await kafka.close();
    await deployment.remove();
  },
});

Deno.test({
  name: "an owner that is stopped while another takes over delivers nothing when it wakes, and stands by",
  ...options,
  async fn() {
    const broker = await kafkaService();
    const store = `store: { redis: "redis://${await redisService()}" }`;
    const deployment = await deploy({ broker, packs, store });
    const { folder, topic, alerts } = deployment;
    const kafka = openKafka({ brokers: [broker] }, "test");
    await kafka.createTopic(topic, { partitions: 2, config: { "retention.ms": "-1" } });
    const messages = generatePayments(6_000, 2);
    const said = async () =>
      (await kafka.topics()).has(alerts)
        ? (await readTopic([broker], alerts)).map(({ headers }) => headers.id ?? "")
        : [];
    const owner = startVigie(["run", "--config", "vigie.yaml"], folder);
    await produce(broker, topic, messages.slice(0, 3_000));
    const logs = () => `${owner.log()}\n---\n${standby.log()}`;
    const standby = startVigie(["run", "--config", "vigie.yaml"], folder);
    // Nothing is in flight when the owner is stopped: what it had sent before would arrive all the same.
    const half = (await replayOf(await planOf(packs), messages.slice(0, 3_000), topic)).alerts;
    const first3000 = half.filter(({ sinks }) => sinks.includes("alerts_fraud_payments")).length;
    await until(async () => new Set(await said()).size >= first3000, logs);
    await until(() => /standing by/.test(standby.log() + owner.log()), logs);
    const [first, second] = /standing by/.test(owner.log()) ? [standby, owner] : [owner, standby];
    first.kill("SIGSTOP");
    await produce(broker, topic, messages.slice(3_000));
    const wanted = (await replayOf(await planOf(packs), messages, topic)).alerts
      .filter(({ sinks }) => sinks.includes("alerts_fraud_payments")).map(({ alert }) => alert.id).sort();
    await until(async () => new Set(await said()).size >= wanted.length, logs);
    const before = (await said()).length;
    first.kill("SIGCONT");
    await until(() => /taken over; standing by/.test(first.log()), logs);
    for (const running of [second, first]) {
      running.kill("SIGTERM");
      expect(await running.ended).toBe(0);
    }
    const after = await said();
    expect(after.length).toBe(before);
    expect([...new Set(after)].sort()).toEqual(wanted);
    await kafka.close();
    await deployment.remove();
  },
});
