/** Dead letters on a real Kafka: what is listed, what is hidden, and what a replay sends again. */
import { expect } from "expect";
import { openKafka } from "../../engine/adapters/kafka.ts";
import { readTopic } from "../services/read_topic.ts";
import { kafkaService } from "../services/services.ts";
import { deploy } from "./deployment.ts";
import { generatePayments, produce } from "./payments.ts";
import { runVigie } from "./process.ts";

Deno.test({
  name: "dead letters hide personal data, and a replay sends the original of the source again",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const broker = await kafkaService();
    const { folder, topic, remove } = await deploy({ broker, packs: ["rules/payments"] });
    const kafka = openKafka({ brokers: [broker] }, "test");
    await kafka.createTopic(topic, { partitions: 1, config: { "retention.ms": "-1" } });
    await produce(broker, topic, generatePayments(50, 1));
    const broken = JSON.stringify({ payment_id: "p1", ip: "203.0.113.77", user_agent: "Mozilla/5.0 (secret)" });
    await kafka.produce(topic, [{ key: "o1", value: broken }, { key: "o2", value: `${broken}!` }]);
    await runVigie(["run", "--config", "vigie.yaml", "--drain"], folder);
    const written = await readTopic([broker], `${topic}.dlq`);
    const texts = written.map(({ value }) => value === null ? null : new TextDecoder().decode(value));
    expect(texts).toEqual(['{"payment_id":"p1","ip":"203.0.113"}', null]);
    expect(written.map(({ headers }) => headers.redacted)).toEqual(["true", "true"]);
    const end = (await readTopic([broker], topic)).length;

    const listed = await runVigie(["dead-letters", "list", "--format", "json"], folder);
    const ids: string[] = listed.output().trim().split("\n").map((line) => JSON.parse(line).id);
    // Other streams have topics of fixed names, in which other tests may have left dead letters.
    expect(ids.filter((id) => id.startsWith(topic))).toEqual([`${topic}/0/${end - 2}`, `${topic}/0/${end - 1}`]);

    const replayed = await runVigie(["dead-letters", "replay", "--of", "payments", "--reason", "schema"], folder);
    expect(replayed.output()).toContain("1 replayed, 0 not");
    const messages = await readTopic([broker], topic);
    expect(messages.length).toBe(end + 1);
    expect(new TextDecoder().decode(messages.at(-1)?.value ?? new Uint8Array())).toBe(broken);
    await kafka.close();
    await remove();
  },
});
