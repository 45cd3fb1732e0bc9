/** Generated payments in a topic of a real Kafka, and what a replay of the same messages gives. */
import { openKafka } from "../../engine/adapters/kafka.ts";
import { compileProject } from "../../engine/compile.ts";
import type { Plan } from "../../engine/compile/plan.ts";
import { createGenerator } from "../../engine/generate/mod.ts";
import { loadProject } from "../../engine/load.ts";
import type { Alert, OutputRecord } from "../../engine/model/alert.ts";
import { createDecoder } from "../../engine/runtime/decode.ts";
import type { RawMessage } from "../../engine/runtime/ports.ts";
import { replay, type ReplayOptions } from "../../engine/runtime/replay.ts";

const root = new URL("../..", import.meta.url).pathname;
const start = Date.parse("2026-01-05T10:00:00Z");

/** So many payments over partitions by their key, each where a producer would put it. */
export function generatePayments(count: number, partitions: number, rate = 50): RawMessage[] {
  const generator = createGenerator({ streams: ["payments"], seed: 7, start, rate });
  const messages: RawMessage[] = [];
  const offsets = new Array<number>(partitions).fill(0);
  const encoder = new TextEncoder();
  for (let until = start + 60_000; messages.length < count; until += 60_000) {
    for (const { key, time, value } of generator.next(until)) {
      if (messages.length === count) break;
      const partition = [...key].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7) % partitions;
      const offset = offsets[partition]!++;
      const [of, bytes] = [encoder.encode(key), encoder.encode(value)];
      messages.push({ topic: "payments", partition, offset, timestamp: time, key: of, value: bytes });
    }
  }
  return messages;
}

/** Writes messages to the topic that they name, in their order. */
export async function produce(broker: string, topic: string, messages: readonly RawMessage[]): Promise<void> {
  const kafka = openKafka({ brokers: [broker] }, "test-producer");
  for (let at = 0; at < messages.length; at += 5_000) {
    const chunk = messages.slice(at, at + 5_000).map(({ partition, key, value, timestamp }) => ({
      partition,
      key,
      value,
      ...(timestamp === undefined ? {} : { timestamp }),
    }));
    await kafka.produce(topic, chunk);
  }
  await kafka.close();
}

export async function planOf(packs: readonly string[]): Promise<Plan> {
  const loaded = await loadProject({
    packs: packs.map((pack) => `${root}/${pack}`),
    contracts: `${root}/contracts`,
    tests: false,
  });
  const { plan, problems } = compileProject(loaded);
  if (plan === undefined) throw new Error(JSON.stringify([...loaded.problems, ...problems], undefined, 1));
  return plan;
}

export interface Replayed {
  readonly alerts: readonly { readonly alert: Alert; readonly sinks: readonly string[] }[];
  readonly records: readonly OutputRecord[];
}

/**
 * What a replay of the messages gives; the topic may be another than the messages say. With `privacy`, personal fields
 * are treated as in a run.
 */
export async function replayOf(
  plan: Plan,
  messages: readonly RawMessage[],
  topic = "payments",
  options: Pick<ReplayOptions, "privacy" | "until"> = {},
): Promise<Replayed> {
  const alerts: { alert: Alert; sinks: readonly string[] }[] = [];
  const records: OutputRecord[] = [];
  const stream = plan.streams.get("payments");
  if (stream === undefined) throw new Error("there is no stream of payments");
  const partitions = [...new Set(messages.map(({ partition }) => partition))].sort();
  let lines: readonly RawMessage[] | undefined = messages.map((message) => ({ ...message, topic }));
  await replay(plan, [{
    stream: "payments",
    decoder: createDecoder(stream, { live: undefined, recorded: false }),
    partitions: partitions.map((partition) => ({ topic, partition })),
    read: () => {
      const read = lines;
      lines = undefined;
      return Promise.resolve(read);
    },
  }], {
    alert: (alert, rule) => alerts.push({ alert, sinks: rule.speech.sinks }),
    record: (record) => records.push(record),
    late: () => {},
    dead: () => {},
  }, options);
  return { alerts, records };
}
