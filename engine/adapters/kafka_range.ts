/**
 * Parts of topics from one time to another, read once, partition by partition, in bounded memory: for commands that read
 * a log as it is. What a partition holds at the start is its end, so that reading a busy topic ends.
 */
import { partitionName } from "../runtime/source.ts";
import type { RawMessage } from "../runtime/ports.ts";
import type { Kafka, Listening, PartitionOffsets, ReadOptions } from "./kafka/port.ts";

/** Offsets of one partition: `from` inclusive, `to` exclusive. */
export interface KafkaRange {
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

/** Times that the log gives its messages, in milliseconds: `from` inclusive, `to` exclusive. */
export interface TimeSpan {
  readonly from: number | undefined;
  readonly to: number | undefined;
}

export interface RangeReader {
  readonly range: KafkaRange;
  /** The next messages in order, undefined at the end. */
  readonly read: () => Promise<readonly RawMessage[] | undefined>;
}

export interface OpenedRanges {
  readonly readers: readonly RangeReader[];
  /** Share of all offsets that were read, from 0 to 1. */
  readonly share: () => number;
  readonly close: () => Promise<void>;
}

/**
 * The offsets of a span, by topic in the order given, then by partition: from the first message at or after `from` up to
 * the first at or after `to`, so that spans that meet share no message and leave none out. Rejects with a `KafkaError`.
 */
export async function rangesOf(kafka: Kafka, topics: readonly string[], span: TimeSpan): Promise<KafkaRange[]> {
  const ranges: KafkaRange[] = [];
  for (const topic of topics) {
    const first = span.from === undefined ? undefined : await kafka.offsetsAt(topic, span.from);
    const last = span.to === undefined ? undefined : await kafka.offsetsAt(topic, span.to);
    for (const { partition, earliest, end } of await kafka.offsets(topic)) {
      const from = first === undefined ? earliest : first.get(partition) ?? end;
      ranges.push({ topic, partition, from, to: Math.max(from, last?.get(partition) ?? end) });
    }
  }
  return ranges;
}

/** Messages and bytes of a partition that wait at most; it is held back beyond, and goes on below half of it. */
const bounds = { messages: 20_000, bytes: 8 << 20 };

/** One partition on its way: what was read and not taken yet. */
class Reading {
  next: number;
  isHeld = false;
  private waiting: RawMessage[] = [];
  private bytes = 0;
  private told = Promise.withResolvers<void>();

  constructor(readonly range: KafkaRange) {
    this.next = range.from;
  }

  get isDone(): boolean {
    return this.next >= this.range.to;
  }

  /** Whether no more may come now: there is enough, or nothing more is wanted. */
  isOver(share = 1): boolean {
    return this.isDone || this.waiting.length > bounds.messages * share || this.bytes > bounds.bytes * share;
  }

  add(messages: readonly RawMessage[], next: number): void {
    for (const message of messages) {
      if (message.offset < this.next || message.offset >= this.range.to) continue;
      this.waiting.push(message);
      this.bytes += message.value?.length ?? 0;
    }
    this.next = Math.max(this.next, next);
    this.told.resolve();
  }

  /**
   * What comes next is gone: goes on with what is left of the range, or ends where the log was made anew. Returns how many
   * messages are missing.
   */
  skip(left: PartitionOffsets | undefined): number {
    const before = this.next;
    const isShorter = left === undefined || left.end < before;
    this.add([], isShorter ? this.range.to : Math.min(left.earliest, this.range.to));
    return this.next - before;
  }

  async take(): Promise<readonly RawMessage[] | undefined> {
    while (this.waiting.length === 0 && !this.isDone) {
      this.told = Promise.withResolvers();
      await this.told.promise;
    }
    const taken = this.waiting;
    this.waiting = [];
    this.bytes = 0;
    return taken.length > 0 ? taken : undefined;
  }
}

/**
 * Begins to read. A broker that goes away is waited for; messages that are deleted meanwhile are passed over. Both are said
 * in `log`. Rejects with a `KafkaError`.
 */
export async function openRanges(
  kafka: Kafka,
  ranges: readonly KafkaRange[],
  group: string,
  log: (line: string) => void,
): Promise<OpenedRanges> {
  const readings = new Map(ranges.map((range) => [partitionName(range), new Reading(range)]));
  const of = (topic: string, partition: number) => readings.get(partitionName({ topic, partition }));
  const topics = [...new Set(ranges.filter(({ from, to }) => from < to).map(({ topic }) => topic))];
  // Batches may come before the function that joins has returned.
  const link: { listening?: Listening } = {};
  const hold = (reading: Reading) => {
    reading.isHeld = true;
    link.listening?.pause(reading.range.topic, reading.range.partition);
  };
  const letGo = (reading: Reading) => {
    reading.isHeld = false;
    link.listening?.resume(reading.range.topic, reading.range.partition);
  };
  const options: ReadOptions = {
    group,
    topics,
    position: (topic, partition) => of(topic, partition)?.next ?? 0,
    isHeld: (topic, partition) => of(topic, partition)?.isOver() ?? true,
    assigned: () => {},
    batch(topic, partition, { messages, next }) {
      const reading = of(topic, partition);
      reading?.add(messages, next);
      if (reading !== undefined && reading.isOver()) hold(reading);
    },
    async gone(topic, partition) {
      const left = (await kafka.offsets(topic)).find((one) => one.partition === partition);
      const missing = of(topic, partition)?.skip(left) ?? 0;
      if (missing === 0) return;
      const name = partitionName({ topic, partition });
      log(`${missing} messages of ${name} are missing: they were deleted before they could be read`);
    },
    trouble: (reason) => log(`Reading from Kafka stopped: ${reason}; trying again`),
  };
  if (topics.length > 0) link.listening = await kafka.listen(options);
  return {
    readers: [...readings.values()].map((reading) => ({
      range: reading.range,
      async read() {
        const taken = await reading.take();
        if (reading.isHeld && !reading.isOver(0.5)) letGo(reading);
        return taken;
      },
    })),
    share: () => shareOf([...readings.values()]),
    close: () => link.listening?.close() ?? Promise.resolve(),
  };
}

function shareOf(readings: readonly Reading[]): number {
  const total = readings.reduce((sum, { range: { from, to } }) => sum + to - from, 0);
  const read = readings.reduce((sum, { next, range: { from, to } }) => sum + Math.min(next, to) - from, 0);
  return total === 0 ? 1 : read / total;
}
