/** `--seek` with many instances: one of them drops the state of every task, and those that join it go on as it was meant. */
import { expect } from "expect";
import { openKafka } from "../../engine/adapters/kafka.ts";
import { generatePayments, produce, replayOf } from "../run/payments.ts";
import { runVigie, startVigie, until } from "../run/process.ts";
import { readTopic } from "../services/read_topic.ts";
import { kafkaService, redisService } from "../services/services.ts";
import { deployMany, planIn } from "./deployment.ts";

const options = { sanitizeOps: false, sanitizeResources: false };
const drain = ["run", "--config", "vigie.yaml", "--drain"];

interface Said {
  readonly id: string;
  readonly event_time: string;
}

/** 6,000 payments in three partitions, drained once. */
async function begun() {
  const broker = await kafkaService();
  const deployment = await deployMany({ broker, store: `store: { redis: "redis://${await redisService()}" }` });
  const { folder, topic, alerts } = deployment;
  const kafka = openKafka({ brokers: [broker] }, "test");
  await kafka.createTopic(topic, { partitions: 3, config: { "retention.ms": "-1" } });
  await kafka.close();
  const messages = generatePayments(6_000, 3, 20);
  await produce(broker, topic, messages);
  await runVigie(drain, folder);
  const all = async () =>
    (await readTopic([broker], alerts)).map(({ value }): Said => JSON.parse(new TextDecoder().decode(value!)));
  const { alerts: wanted } = await replayOf(await planIn(folder), messages, topic);
  let known = (await all()).length;
  /** What was said since this was asked last; a task that changed hands may say something twice, under the same id. */
  const news = async () => {
    const said = (await all()).slice(known);
    known += said.length;
    return [...new Set(said.map(({ id }) => id))].sort();
  };
  const since = (time: string) => wanted.map(({ alert }) => alert).filter((alert) => alert.event_time >= time);
  const idsSince = (time: string) => since(time).map(({ id }) => id).sort();
  return { folder, messages, news, idsSince, remove: deployment.remove };
}

const beginning = "2026-01-05T00:00:00Z";

Deno.test({
  name: "a seek with many instances says everything again under the same ids; with --quiet-before only what is later",
  ...options,
  async fn() {
    const { folder, messages, news, idsSince, remove } = await begun();
    const middle = new Date(messages[3_000]?.timestamp ?? 0).toISOString();
    expect(idsSince(middle).length).toBeGreaterThan(10);
    expect(idsSince("").length).toBeGreaterThan(idsSince(middle).length + 10);
    await runVigie([...drain, "--seek", beginning], folder);
    expect(await news()).toEqual(idsSince(""));
    await runVigie([...drain, "--seek", beginning, "--quiet-before", middle], folder);
    expect(await news()).toEqual(idsSince(middle));
    await runVigie(drain, folder);
    expect(await news()).toEqual([]);
    await remove();
  },
});

Deno.test({
  name:
    "a seek waits for the other instances to end; one that joins during it, and goes on after a crash, says the rest",
  ...options,
  async fn() {
    const { folder, messages, news, idsSince, remove } = await begun();
    const middle = new Date(messages[3_000]?.timestamp ?? 0).toISOString();
    const other = startVigie(["run", "--config", "vigie.yaml"], folder);
    await until(() => other.log().includes("Vigie runs"), other.log);
    const seeking = startVigie(
      ["run", "--config", "vigie.yaml", "--seek", beginning, "--quiet-before", middle],
      folder,
    );
    await until(() => seeking.log().includes("stop every instance first"), seeking.log);
    other.kill("SIGTERM");
    expect(await other.ended).toBe(0);
    const said = new Set<string>();
    const hear = async () => {
      for (const id of await news()) said.add(id);
      return said.size;
    };
    await until(async () => await hear() > 0, seeking.log);
    const joining = startVigie(["run", "--config", "vigie.yaml"], folder);
    await until(() => joining.log().includes("Vigie runs"), joining.log);
    seeking.kill("SIGKILL");
    await seeking.ended;
    joining.kill("SIGTERM");
    expect(await joining.ended).toBe(0);
    await runVigie(drain, folder);
    await hear();
    expect([...said].sort()).toEqual(idsSince(middle));
    await remove();
  },
});
