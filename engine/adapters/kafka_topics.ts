/** Parts of topics, read once and to their end: for commands that look at what is there. */
import { partitionName } from "../runtime/source.ts";
import type { RawMessage } from "../runtime/ports.ts";
import type { Kafka } from "./kafka/port.ts";

/** Where a message stands. */
export interface MessagePlace {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** First offset, and the one behind the last. */
interface Range {
  readonly topic: string;
  readonly from: number;
  readonly to: number;
}

/** Every message of topics that exist, headers included, by topic, partition and offset. Rejects with a `KafkaError`. */
export async function readTopics(
  kafka: Kafka,
  topics: readonly string[],
  group: string,
): Promise<readonly RawMessage[]> {
  const known = await kafka.topics();
  const ranges = new Map<string, Range>();
  for (const topic of topics.filter((name) => known.has(name))) {
    for (const { partition, earliest, end } of await kafka.offsets(topic)) {
      if (earliest < end) ranges.set(partitionName({ topic, partition }), { topic, from: earliest, to: end });
    }
  }
  return await readRanges(kafka, ranges, group);
}

/** The messages at these places that are still there. */
export async function readPlaces(
  kafka: Kafka,
  places: readonly MessagePlace[],
  group: string,
): Promise<readonly RawMessage[]> {
  const ranges = new Map<string, Range>();
  for (const [name, wanted] of Map.groupBy(places, partitionName)) {
    const { topic = "", partition } = wanted[0] ?? {};
    const there = (await kafka.offsets(topic)).find((one) => one.partition === partition);
    const offsets = wanted.map(({ offset }) => offset);
    const from = Math.max(there?.earliest ?? Infinity, offsets.reduce((least, one) => Math.min(least, one), Infinity));
    const to = Math.min(there?.end ?? 0, offsets.reduce((most, one) => Math.max(most, one), -1) + 1);
    if (from < to) ranges.set(name, { topic, from, to });
  }
  const names = new Set(places.map((place) => `${partitionName(place)} ${place.offset}`));
  const found = await readRanges(kafka, ranges, group);
  return found.filter((message) => names.has(`${partitionName(message)} ${message.offset}`));
}

async function readRanges(
  kafka: Kafka,
  ranges: ReadonlyMap<string, Range>,
  group: string,
): Promise<readonly RawMessage[]> {
  const found: RawMessage[] = [];
  const missing = new Set(ranges.keys());
  if (missing.size === 0) return found;
  const topics = [...new Set([...ranges.values()].map(({ topic }) => topic))];
  const starts = new Map([...ranges].map(([name, { from }]) => [name, from]));
  for (const topic of topics) {
    for (const { partition, end } of await kafka.offsets(topic)) {
      const name = partitionName({ topic, partition });
      if (!starts.has(name)) starts.set(name, end);
    }
  }
  const done = Promise.withResolvers<void>();
  const listening = await kafka.listen({
    group,
    topics,
    headers: true,
    position: (topic, partition) => starts.get(partitionName({ topic, partition })) ?? 0,
    isHeld: () => false,
    assigned: () => {},
    batch(topic, partition, { messages, next }) {
      const name = partitionName({ topic, partition });
      const range = ranges.get(name);
      if (range === undefined) return;
      if (missing.has(name)) found.push(...messages.filter(({ offset }) => offset < range.to));
      if (next >= range.to) missing.delete(name);
      if (missing.size === 0) done.resolve();
    },
    trouble: (reason) => done.reject(new Error(reason)),
  });
  await done.promise.finally(() => listening.close());
  return found.sort((a, b) => order(a, b));
}

function order(a: RawMessage, b: RawMessage): number {
  if (a.topic !== b.topic) return a.topic < b.topic ? -1 : 1;
  return a.partition - b.partition || a.offset - b.offset;
}
