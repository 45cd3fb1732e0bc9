/** What the benches of whole drains share: a topic of payments, a drain of it through the production path, what it costs. */
import { cpuUsage } from "node:process";
import { openKafka } from "../engine/adapters/kafka.ts";
import { kafkaSource } from "../engine/adapters/kafka_source.ts";
import { backoff, monotonic, now, sleep, turn } from "../engine/adapters/clock.ts";
import { createDecoder } from "../engine/runtime/decode.ts";
import { Engine } from "../engine/runtime/engine/engine.ts";
import type { CheckpointStore } from "../engine/runtime/store.ts";
import { streamsRead } from "../commands/run/sources.ts";
import { generatePayments, planOf, produce } from "../tests/run/payments.ts";

const partitions = 6;

export interface Cost {
  readonly wall: number;
  readonly cpu: number;
}

/** Seconds of wall clock and of CPU that something takes. */
export async function costOf(work: () => Promise<void>): Promise<Cost> {
  const begun = { wall: performance.now(), cpu: cpuUsage() };
  await work();
  const { user, system } = cpuUsage(begun.cpu);
  return { wall: (performance.now() - begun.wall) / 1_000, cpu: (user + system) / 1e6 };
}

/** Writes so many payments to a topic of their own; returns its name. */
export async function topicOfPayments(broker: string, events: number): Promise<string> {
  const topic = `bench-${crypto.randomUUID().slice(0, 8)}`;
  const kafka = openKafka({ brokers: [broker] }, "bench");
  await kafka.createTopic(topic, { partitions, config: { "retention.ms": "-1" } });
  await kafka.close();
  await produce(broker, topic, generatePayments(events, partitions));
  return topic;
}

/** Drains the topic through the production path; returns the number of alerts and records. */
export async function drain(
  broker: string,
  topic: string,
  packs: readonly string[],
  store: CheckpointStore,
): Promise<number> {
  const plan = await planOf(packs);
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
    store,
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
