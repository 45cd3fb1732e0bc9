/** Dead letters on their way to a topic of a real Kafka: one that no topic takes holds nothing back and is not lost. */
import { Buffer } from "node:buffer";
import { expect } from "expect";
import { resolveDeployment } from "../../engine/config/resolve.ts";
import type { RefusedMessage } from "../../engine/runtime/settle/entry.ts";
import { readTopic } from "../../tests/services/read_topic.ts";
import { kafkaService } from "../../tests/services/services.ts";
import { openRefused } from "./refused.ts";

Deno.test({
  name: "dead letters that come with one too large arrive, and the place of that one is kept without its bytes",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const broker = await kafkaService();
    const topic = `refused-${crypto.randomUUID().slice(0, 8)}`;
    const deployment = resolveDeployment({ source: { kafka: { brokers: [broker] } } }, {
      ...{ file: "vigie.yaml", baseDirectory: ".", instance: "test" },
      report: () => {},
    });
    const open = openRefused(deployment.deadLetters, deployment, ".dlq");
    const refused = (offset: number, text: string): RefusedMessage => ({
      ...{ stream: "payments", topic, partition: 0, offset, reason: "not_json", time: null, key: null },
      value: Buffer.from(text).toString("base64"),
    });
    const batch = [refused(0, "a"), refused(1, "x".repeat(1 << 20)), refused(2, "b"), refused(3, "c")];
    const verdicts = await open?.receiver.deliver(batch.map((refused) => ({ refused })), [1, 2, 3, 4]);
    expect(verdicts).toEqual(batch.map(() => ({ result: "delivered" })));
    // What went ahead of the large one may come twice; it is the same dead letter.
    const found = new Map(
      (await readTopic([broker], `${topic}.dlq`)).map(({ value, headers: { offset, redacted } }) => {
        return [offset, `${value === null ? "withheld" : new TextDecoder().decode(value)} ${redacted ?? "as it was"}`];
      }),
    );
    expect([...found]).toEqual([["0", "a as it was"], ["1", "withheld true"], ["2", "b as it was"], [
      "3",
      "c as it was",
    ]]);
    await open?.close();
  },
});
