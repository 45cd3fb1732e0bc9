/** The main job on a real Kafka: payments in, alerts out, the same as a replay gives. */
import { expect } from "expect";
import { openKafka } from "../../engine/adapters/kafka.ts";
import { compileSchema } from "../../engine/load/ajv.ts";
import { Privacy } from "../../engine/privacy/privacy.ts";
import { readTopic } from "../services/read_topic.ts";
import { kafkaService } from "../services/services.ts";
import { generatePayments, planOf, produce, replayOf } from "./payments.ts";
import { runVigie } from "./process.ts";
import { deploy } from "./deployment.ts";

const packs = ["rules/payments", "rules/fraud/advanced.yaml"];

Deno.test({
  name: "100,000 payments in, and the topic of alerts holds what a replay gives, id by id",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const broker = await kafkaService();
    const deployment = await deploy({ broker, packs });
    const { topic, alerts, folder } = deployment;
    const kafka = openKafka({ brokers: [broker] }, "test");
    await kafka.createTopic(topic, { partitions: 6, config: { "retention.ms": "-1" } });
    await kafka.close();
    const messages = generatePayments(100_000, 6);
    await produce(broker, topic, messages);
    await runVigie(["run", "--config", "vigie.yaml", "--drain"], folder);
    const schema = JSON.parse(await Deno.readTextFile(new URL("../../contracts/alert.schema.json", import.meta.url)));
    const satisfies = compileSchema(schema, "first");
    const found = (await readTopic([broker], alerts)).map(({ value, headers, key }) => {
      const alert = JSON.parse(new TextDecoder().decode(value ?? new Uint8Array()));
      expect([satisfies(alert), satisfies.errors ?? []]).toEqual([true, []]);
      expect([headers.id, new TextDecoder().decode(key ?? new Uint8Array())]).toEqual([alert.id, alert.fingerprint]);
      return alert;
    });
    const replayed = await replayOf(await planOf(packs), messages, topic, { privacy: new Privacy(undefined) });
    const expected = replayed.alerts.filter(({ sinks }) => sinks.includes("alerts_fraud_payments"));
    expect(expected.length).toBeGreaterThan(100);
    const withoutClock = (alert: { id: string; detected_at: string }) => ({ ...alert, detected_at: "" });
    const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
    expect(found.map(withoutClock).sort(byId)).toEqual(expected.map(({ alert }) => withoutClock(alert)).sort(byId));
    await deployment.remove();
  },
});
