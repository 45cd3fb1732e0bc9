/**
 * A deployment of one small stream in a folder of its own, for tests and benches of the whole program: a tick has a key, a
 * time and a number, so that a million of them are made, sent and read in seconds, and what is measured is the engine.
 */
import { openKafka } from "../../engine/adapters/kafka.ts";
import type { OutgoingMessage } from "../../engine/adapters/kafka/port.ts";
import { freePort } from "../services/port.ts";

export interface Tick {
  readonly key: string;
  /** Event time, milliseconds. */
  readonly time: number;
  readonly value: number;
}

export interface TickTrial {
  readonly broker: string;
  /** The line of the store. */
  readonly store: string;
  /** Rules of the pack, as YAML. */
  readonly rules: string;
  /** What stands below `sinks:`. */
  readonly sinks: string;
  readonly partitions?: number;
  /** Further lines of the file. */
  readonly more?: string;
}

export interface TickDeployment {
  readonly folder: string;
  readonly app: string;
  readonly topic: string;
  /** Where the pack stands. */
  readonly pack: string;
  /** Address of the status server. */
  readonly server: string;
  readonly remove: () => Promise<void>;
}

/** 2026-01-05T10:00:00Z, from which ticks count. */
export const start = Date.parse("2026-01-05T10:00:00Z");

const schema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  required: ["k", "t", "x"],
  properties: { k: { type: "string" }, t: { type: "integer" }, x: { type: "number" } },
};

/** Writes the deployment file, the contract and the pack, and makes the topic. */
export async function deployTicks(
  { broker, store, rules, sinks, partitions = 1, more = "" }: TickTrial,
): Promise<TickDeployment> {
  const folder = await Deno.makeTempDir({ prefix: "vigie-bench-" });
  const mark = crypto.randomUUID().slice(0, 8);
  const [topic, app, port] = [`ticks-${mark}`, `vigie-${mark}`, freePort()];
  const pack = `${folder}/rules/ticks.yaml`;
  for (const name of ["rules", "contracts/streams", "contracts/events"]) {
    await Deno.mkdir(`${folder}/${name}`, { recursive: true });
  }
  await Deno.writeTextFile(`${folder}/contracts/events/tick.schema.json`, JSON.stringify(schema));
  await Deno.writeTextFile(
    `${folder}/contracts/streams/ticks.yaml`,
    `stream: ticks
alias: tick
topic: ${topic}
schema: ../events/tick.schema.json
format: json
time: t
time_unit: ms
key: k
lateness: 0s
idle: 1h
`,
  );
  await Deno.writeTextFile(pack, rules);
  await Deno.writeTextFile(
    `${folder}/vigie.yaml`,
    `app: ${app}
source: { kafka: { brokers: ["${broker}"] } }
store: ${store}
http: { listen: "127.0.0.1:${port}" }
sinks:
${sinks}
${more}`,
  );
  const kafka = openKafka({ brokers: [broker] }, "bench");
  await kafka.createTopic(topic, { partitions, config: { "retention.ms": "-1" } });
  await kafka.close();
  const remove = () => Deno.remove(folder, { recursive: true });
  return { folder, app, topic, pack, server: `http://127.0.0.1:${port}`, remove };
}

/** Bounds what one call to the client holds. */
const chunk = 5_000;

/** Sends ticks in order, all to one partition unless `partitionOf` says otherwise. */
export async function sendTicks(
  broker: string,
  topic: string,
  ticks: Iterable<Tick>,
  partitionOf: (index: number) => number = () => 0,
): Promise<void> {
  const kafka = openKafka({ brokers: [broker] }, "bench");
  let messages: OutgoingMessage[] = [];
  let index = 0;
  for (const { key, time, value } of ticks) {
    const text = `{"k":"${key}","t":${time},"x":${value}}`;
    messages.push({ key, value: text, partition: partitionOf(index++), timestamp: time });
    if (messages.length < chunk) continue;
    await kafka.produce(topic, messages);
    messages = [];
  }
  if (messages.length > 0) await kafka.produce(topic, messages);
  await kafka.close();
}

/** One tick for each of so many keys, all at one time. */
export function* oneEach(keys: number, time: number): Generator<Tick> {
  for (let i = 0; i < keys; i++) yield { key: `k${i}`, time, value: i % 100 };
}
