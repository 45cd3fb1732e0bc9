/**
 * Payments and orders in topics of several partitions on a real Kafka, with all that a producer may get wrong among them,
 * and a deployment whose rules read both: for tests of what reads a log a second time.
 */
import { openKafka } from "../../engine/adapters/kafka.ts";
import type { OutgoingMessage } from "../../engine/adapters/kafka/port.ts";
import { createGenerator } from "../../engine/generate/mod.ts";
import { deploy, type TrialDeployment } from "./deployment.ts";

export interface Commerce {
  readonly deployment: TrialDeployment;
  readonly broker: string;
  readonly payments: string;
  readonly orders: string;
}

export interface CommerceTrial {
  readonly broker: string;
  /** The line of the store; SQLite by default. */
  readonly store?: string;
  /** Further lines of the deployment file. */
  readonly more?: string;
  /** How many events; in all. */
  readonly count: number;
}

/** When the first event happens. */
export const start = Date.parse("2026-01-05T10:00:00Z");

const packs = ["rules/payments", "rules/fraud/advanced.yaml", "rules/fraud/crossed.yaml"];
const files = [
  "alerts_fraud_crossed: { file: { path: x.ndjson } }",
  "crossed_stats: { file: { path: stats2.ndjson } }",
];

/** Makes the deployment and the topics, which brokers compress in ways of their own, and fills them. Every alert goes to `all.ndjson`. */
export async function commerce({ broker, store, more = "", count }: CommerceTrial): Promise<Commerce> {
  const deployment = await deploy({
    broker,
    packs,
    ...(store === undefined ? {} : { store }),
    sinks: [...files, "all: { file: { path: all.ndjson } }"],
    more: `always: [all]\nlate: { file: { path: late.ndjson } }\n${more}`,
  });
  const payments = deployment.topic;
  const orders = payments.replace("payments", "orders");
  const contract = `${deployment.folder}/contracts/streams/orders.yaml`;
  await Deno.writeTextFile(contract, (await Deno.readTextFile(contract)).replace("topic: orders", `topic: ${orders}`));
  const kafka = openKafka({ brokers: [broker] }, "test");
  const kept = { "retention.ms": "-1" };
  await kafka.createTopic(payments, { partitions: 4, config: { ...kept, "compression.type": "zstd" } });
  await kafka.createTopic(orders, { partitions: 3, config: { ...kept, "compression.type": "snappy" } });
  for (const [topic, messages] of made(count, new Map([["payments", payments], ["orders", orders]]))) {
    for (let at = 0; at < messages.length; at += 5_000) await kafka.produce(topic, messages.slice(at, at + 5_000));
  }
  await kafka.close();
  return { deployment, broker, payments, orders };
}

/** Messages of the generator by topic, each in the partition of its key; between them some that are no events. */
function made(count: number, topics: ReadonlyMap<string, string>): ReadonlyMap<string, OutgoingMessage[]> {
  const generator = createGenerator({ streams: [...topics.keys()], seed: 11, start, rate: 50 });
  const messages = new Map<string, OutgoingMessage[]>([...topics.values()].map((topic) => [topic, []]));
  let left = count;
  for (let until = start + 60_000; left > 0; until += 60_000) {
    for (const { stream, key, time, value } of generator.next(until).slice(0, left)) {
      left--;
      const of = messages.get(topics.get(stream) ?? "");
      const partition = [...key].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7) % 3;
      of?.push({ key, value, partition, timestamp: time });
      if (of === undefined || of.length % 500 !== 0) continue;
      // What comes a second time is late by then.
      of.push(...strange(partition, time), { ...of[0], key, value: of[of.length >> 1]?.value ?? null, partition });
    }
  }
  return messages;
}

/** What producers send by mistake, and what an event may look like besides. */
export function strange(partition: number, timestamp: number): OutgoingMessage[] {
  const values = [
    null,
    new Uint8Array([0x7b, 0xff, 0x7d]),
    "no json",
    "[1]",
    "null",
    '{"_offset":1}',
    "{}",
    " {\n}\r\n",
  ];
  return values.map((value, i) => ({
    ...{ value, partition, timestamp },
    key: i === 0 ? "tombstone" : i === 1 ? new Uint8Array([0xfe, 0]) : null,
  }));
}
