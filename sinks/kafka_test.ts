import { expect } from "expect";
import { openKafka } from "../engine/adapters/kafka.ts";
import { freePort } from "../tests/services/port.ts";
import { kafkaService, ownKafka } from "../tests/services/services.ts";
import { readTopic } from "../tests/services/read_topic.ts";
import { delivery, insist, listening, openGate, resultsOf, testContext, testSink } from "./compliance.ts";
import { kafka } from "./kafka.ts";

const unmeasured = { sanitizeOps: false, sanitizeResources: false };

async function trial() {
  const brokers = [await kafkaService()];
  const topic = `sink-${crypto.randomUUID()}`;
  return {
    options: { topic },
    context: testContext({ kafka: { brokers } }),
    received: async () =>
      (await readTopic(brokers, topic)).map(({ value }) => JSON.parse(new TextDecoder().decode(value ?? undefined))),
    remove: () => Promise.resolve(),
  };
}

testSink(kafka, trial);

Deno.test({
  name: "a message that is too large is rejected alone, the others of its batch arrive",
  ...unmeasured,
  async fn() {
    const { options, context, received } = await trial();
    const client = openKafka({ brokers: context.kafka?.brokers ?? [] }, "test");
    await client.createTopic(options.topic, { partitions: 1, config: { "max.message.bytes": "2000" } });
    const sink = kafka.create(options, context);
    await sink.open();
    const large = delivery(2);
    const batch = [delivery(0), {
      alert: { ...("alert" in large ? large.alert : never()), message: "x".repeat(5_000) },
    }];
    const verdicts = await sink.deliver([...batch, delivery(4)]);
    expect(verdicts.map(({ result }) => result)).toEqual(["delivered", "rejected", "delivered"]);
    expect((await received()).map((item) => (item as { id: string }).id)).toEqual(["a0", "a4"]);
    await sink.close();
    await client.close();
  },
});

Deno.test({
  name: "a missing topic that may not be created is named with the command that creates it",
  ...unmeasured,
  async fn() {
    const { options, context } = await trial();
    const sink = kafka.create(options, { ...context, topics: { create: false, retention: 1 } });
    await expect(sink.open()).rejects.toThrow(/kafka-topics.sh --bootstrap-server .* --create --topic sink-/);
    await sink.close();
  },
});

Deno.test({
  name: "brokers that are away are a reason to try again, and the sentence says so",
  ...unmeasured,
  async fn() {
    const sink = kafka.create({ topic: "t", brokers: ["127.0.0.1:1"] }, testContext());
    const [verdict] = await sink.deliver([delivery(0)]);
    expect(verdict?.result).toBe("retry");
    await sink.close();
  },
});

Deno.test({
  name:
    "a broker that is slow is waited for; one that cuts its answers, is down or hangs is tried again, and nothing is missing",
  ...unmeasured,
  async fn() {
    const port = freePort();
    const broker = await ownKafka(port);
    await broker.start();
    const gate = openGate(broker.address, port);
    const sink = kafka.create({ topic: "alerts" }, testContext({ kafka: { brokers: [gate.address] } }));
    await sink.open();
    gate.mode = { does: "slow", by: 30 };
    expect(resultsOf(await sink.deliver([delivery(0)]))).toEqual(["delivered"]);

    gate.mode = { does: "cut" };
    expect(resultsOf(await sink.deliver([delivery(2)]))).toEqual(["retry"]);
    gate.mode = { does: "pass" };
    await insist(sink, [delivery(2)]);

    gate.down();
    expect(resultsOf(await sink.deliver([delivery(4)]))).toEqual(["retry"]);
    gate.up();
    await insist(sink, [delivery(4)]);

    // What a hanging broker swallowed is given up after 30 s; the client's own second try, or ours, arrives.
    gate.mode = { does: "hang" };
    const late = sink.deliver([delivery(6)]);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    gate.mode = { does: "pass" };
    if (!resultsOf(await late).includes("delivered")) await insist(sink, [delivery(6)]);

    // What was cut off may be there twice: consumers tell it by the id.
    const found = await readTopic([gate.address], "alerts");
    const ids = found.map(({ value }) => JSON.parse(new TextDecoder().decode(value ?? undefined)).id);
    expect([...new Set(ids)]).toEqual(["a0", "a2", "a4", "a6"]);
    await sink.close();
    gate.close();
    await broker.remove();
  },
});

Deno.test({
  name: "the password of a broker stands in no reason and on no console, whatever goes wrong",
  ...unmeasured,
  async fn() {
    const broker = await kafkaService();
    const gate = openGate(broker);
    const password = "correct-horse-battery";
    const heard = await listening(async () => {
      const said: unknown[] = [];
      for (const mode of [{ does: "pass" }, { does: "cut" }, { does: "down" }] as const) {
        if (mode.does === "down") gate.down();
        else gate.mode = mode;
        const sasl = { mechanism: "plain", username: "vigie", password } as const;
        const sink = kafka.create({ topic: "t" }, testContext({ kafka: { brokers: [gate.address], sasl } }));
        said.push(await sink.deliver([delivery(0)]));
        said.push(await sink.open().catch(String));
        await sink.close();
      }
      return said;
    });
    expect(heard).toContain("retry");
    expect(heard).not.toContain(password);
    expect(heard).not.toContain(btoa(`\0vigie\0${password}`));
    gate.close();
  },
});

function never(): never {
  throw new Error("not an alert");
}
