/** Kafka as a source, where it does not hold any more what is to be read: never a silent jump. */
import { expect } from "expect";
import { buildStream } from "../load/contracts.ts";
import type { Stream } from "../model/contract.ts";
import { SourceError } from "../runtime/source.ts";
import { kafkaService } from "../../tests/services/services.ts";
import { addPartitions, forgetMessages, makeAnew } from "../../tests/services/topic_admin.ts";
import { openKafka } from "./kafka.ts";
import { KafkaGroup } from "./kafka/group.ts";
import type { Kafka } from "./kafka/port.ts";
import { kafkaSource } from "./kafka_source.ts";

const options = { sanitizeOps: false, sanitizeResources: false };

function streamOf(topic: string): Stream {
  const schema = { type: "object", required: ["t"], properties: { t: { type: "integer" } } };
  const yaml = { stream: "s", alias: "s", topic, time: "t", time_unit: "ms" };
  const stream = buildStream(
    { name: "s", yaml, file: "s.yaml", schema, schemaFile: "s.schema.json" },
    (_kind, _site, facts) => {
      throw new Error(JSON.stringify(facts));
    },
  );
  if (stream === undefined) throw new Error("the contract must be sound");
  return stream;
}

interface Trial {
  readonly broker: string;
  readonly kafka: Kafka;
  readonly topic: string;
  /** Sends numbered messages. */
  readonly send: (from: number, to: number) => Promise<void>;
}

async function trial(): Promise<Trial> {
  const broker = await kafkaService();
  const kafka = openKafka({ brokers: [broker] }, "test");
  const topic = `gone-${crypto.randomUUID().slice(0, 8)}`;
  await kafka.createTopic(topic, { partitions: 1 });
  const send = (from: number, to: number) =>
    kafka.produce(topic, Array.from({ length: to - from }, (_, i) => ({ key: null, value: String(from + i) })));
  return { broker, kafka, topic, send };
}

/** A source at a position; what it says is gathered. */
function reading({ kafka, topic }: Trial, position: number | undefined, outOfRange: "fail" | "earliest") {
  const log: string[] = [];
  const offsets: number[] = [];
  let tell = () => {};
  const movedTo: number[] = [];
  const failed = Promise.withResolvers<Error>();
  const source = kafkaSource({
    ...{ kafka, outOfRange, group: `read-${topic}`, streams: [streamOf(topic)], from: "earliest" },
    position: () => position,
    log: (line) => void log.push(line),
    needsPositions: false,
    horizon: () => 0,
    strict: true,
    partitions: 1,
  });
  const start = () =>
    source.start({
      batch: (_, { messages }) => {
        offsets.push(...messages.map(({ offset }) => offset));
        tell();
      },
      added: () => {},
      moved: (_, next) => movedTo.push(next),
      ended: () => {},
      failed: failed.resolve,
    });
  const has = async (offset: number) => {
    while (!offsets.includes(offset)) await new Promise<void>((resolve) => tell = resolve);
  };
  return {
    source,
    start,
    has,
    log,
    offsets,
    movedTo,
    failed: failed.promise,
    partition: { stream: "s", topic, partition: 0 },
  };
}

Deno.test({
  name:
    "a checkpoint whose offset is gone ends the start with the way out, or goes on at the oldest message and says so",
  ...options,
  async fn() {
    const given = await trial();
    await given.send(0, 100);
    await forgetMessages(given.broker, given.topic, 50);
    const words = `The checkpoint stands at offset 10 of ${given.topic}/0, which holds 50 to 100`;
    const refused = await reading(given, 10, "fail").source.open().then(() => undefined, (error) => error);
    expect(refused).toBeInstanceOf(SourceError);
    expect(refused).toMatchObject({ state: "final", message: expect.stringContaining(`${words}: start with`) });
    const ahead = await reading(given, 101, "fail").source.open().then(() => undefined, (error) => error);
    expect(ahead).toMatchObject({ state: "final", message: expect.stringContaining("stands at offset 101") });
    const moved = reading(given, 10, "earliest");
    expect(await moved.source.open()).toMatchObject([{ start: 50, end: 100 }]);
    expect(moved.log).toEqual([`${words}: going on at 50; what lay between is lost`]);
    await given.kafka.close();
  },
});

Deno.test({
  name:
    "messages that are forgotten before they are read end the source, or are said to be lost: no jump to the newest",
  ...options,
  async fn() {
    const given = await trial();
    await given.send(0, 100);
    const moved = reading(given, 0, "earliest");
    await moved.source.open();
    moved.source.pause(moved.partition);
    await moved.start();
    await forgetMessages(given.broker, given.topic, 50);
    moved.source.resume(moved.partition);
    await moved.has(99);
    expect(moved.offsets).toEqual(Array.from({ length: 50 }, (_, i) => 50 + i));
    expect(moved.log.filter((line) => line.includes("lost"))).toEqual([
      `Reading stands at offset 0 of ${given.topic}/0, which holds 50 to 100: going on at 50; what lay between is lost`,
    ]);
    expect(moved.movedTo).toEqual([50]);
    await moved.source.close();

    const failing = reading(given, 50, "fail");
    await failing.source.open();
    failing.source.pause(failing.partition);
    await failing.start();
    await forgetMessages(given.broker, given.topic, 70);
    failing.source.resume(failing.partition);
    const error = await failing.failed;
    expect(error).toMatchObject({ state: "final", message: expect.stringContaining("Reading stands at offset 50") });
    expect(failing.offsets).toEqual([]);
    await failing.source.close();
    await given.kafka.close();
  },
});

Deno.test({
  name: "a topic that was made anew is read from its beginning, and its reader is told where that is",
  ...options,
  async fn() {
    const given = await trial();
    await given.send(0, 100);
    const live = reading(given, 90, "earliest");
    await live.source.open();
    await live.start();
    await live.has(99);
    await makeAnew(given.broker, given.topic);
    await given.send(0, 10);
    await live.has(9);
    expect(live.offsets.slice(10)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(live.movedTo).toEqual([0]);
    expect(live.log.filter((line) => line.includes("anew"))).toEqual([
      expect.stringMatching(/^Reading stands at offset 100 of .*: going on at 0; the log was made anew or cut off$/),
    ]);
    await live.source.close();
    await given.kafka.close();
  },
});

Deno.test({
  name: "a task of many goes on at the oldest message, or ends, when what it was to read is forgotten",
  ...options,
  async fn() {
    for (const outOfRange of ["earliest", "fail"] as const) {
      const given = await trial();
      const { kafka, topic } = given;
      await given.send(0, 100);
      await forgetMessages(given.broker, topic, 50);
      const log: string[] = [];
      const place = { topic, partition: 0 };
      const all = (members: readonly { readonly id: string }[]) => new Map(members.map(({ id }) => [id, [place]]));
      const group = new KafkaGroup({
        ...{ kafka, outOfRange, group: `read-${topic}`, topics: [topic] },
        assigner: { name: "all", said: () => "", assign: all },
        assigned: () => {},
        log: (line) => void log.push(line),
      });
      const came = Promise.withResolvers<number | Error>();
      const source = group.source(() => Promise.resolve([{ ...place, stream: "s", start: 0, end: 100 }]));
      await source.open();
      await source.start({
        batch: (_, { messages }) => came.resolve(messages[0]?.offset ?? -1),
        added: () => {},
        moved: () => {},
        ended: () => {},
        failed: came.resolve,
      });
      await group.join();
      const first = await came.promise;
      if (outOfRange === "earliest") expect(first).toBe(50);
      else {expect(first).toMatchObject({
          state: "final",
          message: expect.stringContaining("Reading stands at offset 0"),
        });}
      expect(log.filter((line) => line.includes("lost")).length).toBe(outOfRange === "earliest" ? 1 : 0);
      await group.leave();
      await kafka.close();
    }
  },
});

Deno.test({
  name:
    "a partition that a known topic got while nobody read is read from its beginning, though new topics begin at the end",
  ...options,
  async fn() {
    const { kafka: before, broker, topic, send } = await trial();
    await send(0, 10);
    await before.close();
    await addPartitions(broker, topic, 2);
    // A client that knew the topic before does not know the new partition yet.
    const kafka = openKafka({ brokers: [broker] }, "test");
    await kafka.produce(topic, [{ key: null, value: "10", partition: 1 }]);
    const opened = async (position: (topic: string, partition: number) => number | undefined) => {
      const source = kafkaSource({
        ...{ kafka, position, group: `read-${topic}`, streams: [streamOf(topic)], from: "latest" },
        ...{ outOfRange: "fail", log: () => {}, needsPositions: false, horizon: () => 0, strict: true, partitions: 1 },
      });
      return (await source.open()).map(({ partition, start }) => [partition, start]);
    };
    expect(await opened(() => undefined)).toEqual([[0, 10], [1, 1]]);
    expect(await opened((_, partition) => partition === 0 ? 10 : undefined)).toEqual([[0, 10], [1, 0]]);
    await kafka.close();
  },
});
