/** Routes of many instances: one of them runs them for all, and when it is killed another goes on, with nothing lost or told twice. */
import { expect } from "expect";
import { openKafka } from "../../engine/adapters/kafka.ts";
import type { Alert } from "../../engine/model/alert.ts";
import { generatePayments, produce } from "../run/payments.ts";
import { runVigie, startVigie, until } from "../run/process.ts";
import { readTopic } from "../services/read_topic.ts";
import { kafkaService, redisService } from "../services/services.ts";
import { deployMany } from "./deployment.ts";

Deno.test({
  name:
    "every alert of all tasks is in one notice, and in no second one, though the instance with the routes is killed",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const broker = await kafkaService();
    const mark = crypto.randomUUID().slice(0, 8);
    const [pager, team] = [`pager-${mark}`, `team-${mark}`];
    const { folder, topic, alerts, remove } = await deployMany({
      broker,
      store: `store: { redis: "redis://${await redisService()}" }`,
      more: `  pager: { kafka: { topic: ${pager} } }
  team: { kafka: { topic: ${team} } }
routes:
  - { match: alert.rule == "flagged", sinks: [pager], continue: true }
  - { sinks: [team], group_by: [alert.rule], first_notice_after: 300ms, update_at_most_every: 500ms }
`,
    });
    const file = `${folder}/vigie.yaml`;
    // Further sinks stand below the others.
    const text = await Deno.readTextFile(file);
    const more = text.slice(text.indexOf("  pager:"));
    const sinks = more.slice(0, more.indexOf("routes:"));
    await Deno.writeTextFile(file, text.replace(sinks, "").replace("sinks:\n", `sinks:\n${sinks}`));
    const kafka = openKafka({ brokers: [broker] }, "test");
    await kafka.createTopic(topic, { partitions: 4, config: { "retention.ms": "-1" } });
    const toldIn = async (name: string) => {
      const found = (await kafka.topics()).has(name) ? await readTopic([broker], name) : [];
      const told = found.map(({ value }): Alert => JSON.parse(new TextDecoder().decode(value ?? new Uint8Array())));
      return [...new Map(told.map((alert) => [alert.id, alert])).values()];
    };

    const messages = generatePayments(15_000, 4, 20);
    const start = () => startVigie(["run", "--config", "vigie.yaml"], folder);
    const all = [start(), start()];
    const logs = () => all.map((running) => running.log()).join("\n---\n");
    await produce(broker, topic, messages.slice(0, 7_000));
    await until(async () => (await toldIn(team)).length > 3, logs);
    const first = all.find((running) => running.log().includes("The routes run here"));
    first?.kill("SIGKILL");
    await first?.ended;
    await produce(broker, topic, messages.slice(7_000));
    const other = all.find((running) => running !== first);
    await until(() => Promise.resolve(other?.log().includes("The routes run here") === true), logs);
    other?.kill("SIGTERM");
    expect(await other?.ended).toBe(0);
    await runVigie(["run", "--config", "vigie.yaml", "--drain"], folder);

    const [own, pages, notices] = [await toldIn(alerts), await toldIn(pager), await toldIn(team)];
    const flagged = own.filter(({ rule }) => rule === "flagged").map(({ id }) => id).sort();
    expect(flagged.length).toBeGreaterThan(10);
    expect(pages.map(({ id }) => id).sort()).toEqual(flagged);
    const counted = notices.map(({ kind, values }) => kind === "notice" ? Number(values.alerts) : 1);
    expect(counted.reduce((sum, count) => sum + count, 0)).toBe(own.length);
    await kafka.close();
    await remove();
  },
});
