/** The Kafka port on a real broker: what other rooms rely on, and the faults that a broker's life brings. */
import { expect } from "expect";
import { readTopic } from "../../tests/services/read_topic.ts";
import { kafkaService, ownKafka } from "../../tests/services/services.ts";
import { addPartitions } from "../../tests/services/topic_admin.ts";
import { openKafka } from "./kafka.ts";
import { KafkaError } from "./kafka/error.ts";
import type { Kafka, Listening } from "./kafka/port.ts";

/** The console's stream of the library's timers outlives a test, so resources are not compared. */
const options = { sanitizeOps: false, sanitizeResources: false };

/** Reads a topic from the beginning until it has so many values; `count` may be raised by a further call of `until`. */
async function reader(kafka: Kafka, topic: string) {
  const values: string[] = [];
  const offsets: number[] = [];
  const troubles: string[] = [];
  const positions = new Map<number, number>();
  let wanted = { count: 0, resolve: () => {} };
  const listening: Listening = await kafka.listen({
    group: `read-${topic}`,
    topics: [topic],
    position: (_, partition) => positions.get(partition) ?? 0,
    isHeld: () => false,
    assigned: () => {},
    trouble: (reason) => troubles.push(reason),
    batch(_, partition, { messages, next }) {
      positions.set(partition, next);
      for (const { value, offset } of messages) {
        values.push(new TextDecoder().decode(value ?? new Uint8Array()));
        offsets.push(offset);
      }
      if (values.length >= wanted.count) wanted.resolve();
    },
  });
  const until = (count: number) =>
    new Promise<void>((resolve) => {
      wanted = { count, resolve };
      if (values.length >= count) resolve();
    });
  return { values, offsets, troubles, until, close: () => listening.close() };
}

function unique(name: string): string {
  return `${name}-${crypto.randomUUID().slice(0, 8)}`;
}

for (const codec of ["uncompressed", "gzip", "snappy", "lz4", "zstd"]) {
  Deno.test({
    name: `messages that a broker stores as ${codec} are read as they were written`,
    ...options,
    async fn() {
      const kafka = openKafka({ brokers: [await kafkaService()] }, "test");
      const topic = unique(codec);
      await kafka.createTopic(topic, { partitions: 1, config: { "compression.type": codec } });
      const written = Array.from({ length: 2_000 }, (_, i) => `event ${i} ${"é".repeat(i % 50)}`);
      await kafka.produce(topic, written.map((value) => ({ key: null, value })));
      const reading = await reader(kafka, topic);
      await reading.until(written.length);
      expect(reading.values).toEqual(written);
      expect(reading.offsets).toEqual(written.map((_, i) => i));
      await kafka.close();
    },
  });
}

Deno.test({
  name: "topics are created once, with their partitions, and offsets are found by time",
  ...options,
  async fn() {
    const kafka = openKafka({ brokers: [await kafkaService()] }, "test");
    const topic = unique("offsets");
    expect(await kafka.createTopic(topic, { partitions: 3 })).toBe(true);
    expect(await kafka.createTopic(topic, { partitions: 3 })).toBe(false);
    expect((await kafka.topics()).get(topic)).toBe(3);
    const message = (timestamp: number) => ({ key: null, value: "x", partition: 1, timestamp });
    await kafka.produce(topic, [message(1_000), message(2_000), message(3_000)]);
    expect(await kafka.offsets(topic)).toEqual([
      { partition: 0, earliest: 0, end: 0 },
      { partition: 1, earliest: 0, end: 3 },
      { partition: 2, earliest: 0, end: 0 },
    ]);
    expect((await kafka.offsetsAt(topic, 1_500)).get(1)).toBe(1);
    expect((await kafka.offsetsAt(topic, 9_000)).get(1)).toBe(3);
    await kafka.close();
  },
});

Deno.test({
  name: "a broker that is not there is an error that says so, soon",
  ...options,
  async fn() {
    const kafka = openKafka({ brokers: ["127.0.0.1:1"] }, "test");
    const error = await kafka.topics().then(() => undefined, (error) => error);
    expect(error).toBeInstanceOf(KafkaError);
    expect(error.state).toBe("away");
    await kafka.close();
  },
});

Deno.test({
  name: "a message too large is final, a missing topic is worth another try",
  ...options,
  async fn() {
    const kafka = openKafka({ brokers: [await kafkaService()] }, "test");
    const topic = unique("large");
    await kafka.createTopic(topic, { partitions: 1, config: { "max.message.bytes": "1000" } });
    const failure = (name: string, value: string) =>
      kafka.produce(name, [{ key: null, value }]).then(() => undefined, (error: KafkaError) => error.state);
    expect(await failure(topic, "x".repeat(5_000))).toBe("final");
    expect(await failure(unique("missing"), "x")).toBe("retry");
    expect(await failure(topic, "x")).toBe(undefined);
    await kafka.close();
  },
});

Deno.test({
  name:
    "messages for a partition that a topic got meanwhile are kept, and those for one that it lacks are worth another try",
  ...options,
  async fn() {
    const broker = await kafkaService();
    const kafka = openKafka({ brokers: [broker] }, "test");
    const topic = unique("grown");
    await kafka.createTopic(topic, { partitions: 1 });
    const message = (value: string, partition: number) => ({ key: null, value, partition });
    await kafka.produce(topic, [message("known", 0)]);
    await addPartitions(broker, topic, 2);
    await kafka.produce(topic, [message("a", 1), message("b", 0), message("c", 1)]);
    const kept = (await readTopic([broker], topic)).map(({ partition, value }) => [
      partition,
      new TextDecoder().decode(value ?? new Uint8Array()),
    ]);
    expect(kept).toEqual([[0, "known"], [0, "b"], [1, "a"], [1, "c"]]);
    const error = await kafka.produce(topic, [message("nowhere", 7)]).then(() => undefined, (error) => error);
    expect([error instanceof KafkaError, error?.state]).toEqual([true, "retry"]);
    await kafka.close();
  },
});

Deno.test({
  name: "a reader goes on where it was when the broker went away and came back",
  ...options,
  async fn() {
    const broker = await ownKafka();
    await broker.start();
    const kafka = openKafka({ brokers: [broker.address] }, "test");
    await kafka.createTopic("t", { partitions: 1 });
    await kafka.produce("t", [{ key: null, value: "before" }]);
    const reading = await reader(kafka, "t");
    await reading.until(1);
    await broker.kill();
    await broker.start();
    for (let sent = false; !sent;) {
      sent = await kafka.produce("t", [{ key: null, value: "after" }]).then(() => true, () => false);
    }
    await reading.until(2);
    expect(reading.values).toEqual(["before", "after"]);
    await kafka.close();
    await broker.remove();
  },
});

Deno.test({
  name: "a time far ahead of the broker's is no fault of the message: it may pass once the clock is set",
  ...options,
  async fn() {
    const kafka = openKafka({ brokers: [await kafkaService()] }, "test");
    const topic = crypto.randomUUID();
    await kafka.createTopic(topic, { partitions: 1 });
    const ahead = kafka.produce(topic, [{ key: null, value: "a", timestamp: Date.now() + 86_400_000 }]);
    const error = await ahead.then(() => undefined, (error) => error);
    expect(error).toBeInstanceOf(KafkaError);
    expect(error).toMatchObject({ state: "retry", message: expect.stringContaining("timestamp") });
    await kafka.close();
  },
});

Deno.test({
  name: "a partition that a topic gets while it is read is read too, from its beginning",
  ...options,
  async fn() {
    const broker = await kafkaService();
    const kafka = openKafka({ brokers: [broker] }, "test");
    const topic = unique("grows");
    await kafka.createTopic(topic, { partitions: 1 });
    const came = Promise.withResolvers<readonly number[]>();
    const assigned: number[][] = [];
    const listening = await kafka.listen({
      ...{ group: `read-${topic}`, topics: [topic], metadataMillis: 300 },
      position: () => 0,
      isHeld: () => false,
      assigned: (partitions) => void assigned.push(partitions.map(({ partition }) => partition).sort()),
      trouble: () => {},
      batch: (_, partition, { messages }) => came.resolve([partition, ...messages.map(({ offset }) => offset)]),
    });
    await addPartitions(broker, topic, 2);
    const producer = openKafka({ brokers: [broker] }, "test");
    await producer.produce(topic, ["a", "b"].map((value) => ({ key: null, value, partition: 1 })));
    expect(await came.promise).toEqual([1, 0, 1]);
    expect(assigned).toEqual([[0], [0, 1]]);
    await listening.close();
    await producer.close();
    await kafka.close();
  },
});
