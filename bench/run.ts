/**
 * What the engine costs beside reading: raw consumption with JSON.parse of a topic of payments against a drain of the same
 * topic with all rules of `payments` and `fraud-advanced`, in one process each after a warm-up. CPU time beside wall time,
 * because the machine may have other work. `deno run -A bench/run.ts [events]`
 */
import { cpuUsage } from "node:process";
import { Kafka, logLevel } from "kafkajs";
import { openKafka } from "../engine/adapters/kafka.ts";
import { kafkaSource } from "../engine/adapters/kafka_source.ts";
import { memoryStore } from "../engine/adapters/memory.ts";
import { backoff, monotonic, now, sleep, turn } from "../engine/adapters/clock.ts";
import { createDecoder } from "../engine/runtime/decode.ts";
import { Engine } from "../engine/runtime/engine/engine.ts";
import { streamsRead } from "../commands/run/sources.ts";
import { generatePayments, planOf, produce } from "../tests/run/payments.ts";
import { kafkaService } from "../tests/services/services.ts";

const partitions = 6;

export interface Cost {
  readonly wall: number;
  readonly cpu: number;
}

/** Seconds of wall clock and of CPU that something takes. */
async function costOf(work: () => Promise<void>): Promise<Cost> {
  const begun = { wall: performance.now(), cpu: cpuUsage() };
  await work();
  const { user, system } = cpuUsage(begun.cpu);
  return { wall: (performance.now() - begun.wall) / 1_000, cpu: (user + system) / 1e6 };
}

/** Reads the whole topic and parses every message: the least that any consumer does. */
async function readRaw(broker: string, topic: string, events: number): Promise<void> {
  const kafka = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `raw-${crypto.randomUUID()}`, maxBytesPerPartition: 1 << 20 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  let count = 0;
  let amount = 0;
  await new Promise<void>((resolve) => {
    consumer.run({
      autoCommit: false,
      eachBatch({ batch }) {
        for (const { value } of batch.messages) amount += JSON.parse(String(value)).amount;
        count += batch.messages.length;
        if (count >= events) resolve();
        return Promise.resolve();
      },
    });
  });
  await consumer.disconnect();
  if (Number.isNaN(amount)) throw new Error("a payment has no amount");
}

/** Drains the topic through the production path; returns the number of alerts and records. */
async function drain(broker: string, topic: string): Promise<number> {
  const plan = await planOf(["rules/payments", "rules/fraud/advanced.yaml"]);
  const streams = streamsRead(plan).map((stream) => ({ ...stream, topics: [topic] }));
  const kafka = openKafka({ brokers: [broker] }, "bench");
  let delivered = 0;
  const deliver = (batch: readonly unknown[]) => {
    delivered += batch.length;
    return Promise.resolve(batch.map(() => ({ result: "delivered" as const })));
  };
  const engine = new Engine({
    setup: {
      plan,
      decoderOf: (stream) => createDecoder(stream, { live: undefined, recorded: false }),
      receivers: new Map([["sink", { deliver, batchMax: 1_000, isOne: true, wait: () => 1_000 }]]),
      ways: { alert: () => ["sink"], record: () => ["sink"], dead: [], late: [] },
    },
    source: (_, position) =>
      kafkaSource({
        kafka,
        group: `bench-${crypto.randomUUID()}`,
        streams,
        from: "earliest",
        position,
        outOfRange: "fail",
        log: console.error,
        strict: true,
        needsPositions: false,
        horizon: () => 0,
        partitions,
      }),
    store: memoryStore(),
    task: "all",
    owner: "bench",
    term: 60_000,
    checkpoint: { every: 1_000, groupCommit: 25, maxDirty: 5_000, maxKeys: 1_000_000 },
    outbox: { queue: 10_000, max: 1_000_000 },
    time: { now, monotonic, sleep, turn, backoff },
    failFast: true,
    fresh: true,
    drain: true,
    shutdown: 1_000,
    log: console.error,
  });
  await engine.start();
  await kafka.close();
  return delivered;
}

/** Prints the ratio: 1 would mean that rules, state and checkpoints cost nothing. */
export async function benchRun(events: number): Promise<void> {
  const broker = await kafkaService();
  const topic = `bench-${crypto.randomUUID().slice(0, 8)}`;
  const kafka = openKafka({ brokers: [broker] }, "bench");
  await kafka.createTopic(topic, { partitions, config: { "retention.ms": "-1" } });
  await kafka.close();
  await produce(broker, topic, generatePayments(events, partitions));
  await readRaw(broker, topic, events);
  const raw = await costOf(() => readRaw(broker, topic, events));
  await drain(broker, topic);
  let said = 0;
  const engine = await costOf(async () => {
    said = await drain(broker, topic);
  });
  const rate = ({ cpu }: Cost) => `${Math.round(events / cpu).toLocaleString("en")} events per CPU second`;
  console.log(`raw consumption and JSON.parse   ${rate(raw)}, ${raw.wall.toFixed(1)} s`);
  console.log(
    `drain, payments, fraud-advanced  ${rate(engine)}, ${engine.wall.toFixed(1)} s, ${said} alerts and records`,
  );
  console.log(
    `ratio of CPU ${(raw.cpu / engine.cpu).toFixed(2)}, of wall clock ${(raw.wall / engine.wall).toFixed(2)}`,
  );
}

if (import.meta.main) await benchRun(Number(Deno.args[0] ?? 100_000));
