/**
 * One member of a consumer group that reads for many tasks: each task is a source of its own over the partitions that
 * belong to it. A partition is held back until its task has found out where to begin.
 */
import type { OpenedPartition, Source, SourceBatch, SourcePartition, SourceReader } from "../../runtime/source.ts";
import { partitionName, SourceError } from "../../runtime/source.ts";
import { monotonic } from "../clock.ts";
import type { Assigner, Kafka, Listening, PartitionOffsets } from "./port.ts";
import { type PositionOptions, standingNow } from "./positions.ts";

/** How long the ends of a topic are taken for those of now. */
const askedMillis = 500;

export interface GroupOptions extends PositionOptions {
  readonly kafka: Kafka;
  readonly group: string;
  readonly topics: readonly string[];
  readonly assigner: Assigner;
  /** Everything that is this member's now. */
  readonly assigned: (partitions: readonly { readonly topic: string; readonly partition: number }[]) => void;
}

/** Where a partition is in the hands of its task. */
interface Reading {
  readonly reader: SourceReader;
  readonly partition: SourcePartition;
  next: number;
}

export class KafkaGroup {
  private readonly readings = new Map<string, Reading>();
  private readonly held = new Set<string>();
  private readonly asked = new Map<
    string,
    { readonly at: number; readonly offsets: Promise<readonly PartitionOffsets[]> }
  >();
  private listening: Listening | undefined;

  constructor(private readonly options: GroupOptions) {}

  /** Joins the group. Throws a `KafkaError`. */
  async join(): Promise<void> {
    const { kafka, group, topics, assigner, assigned, log } = this.options;
    this.listening = await kafka.listen({
      ...{ group, topics, assigner, assigned, headers: true },
      position: (topic, partition) => this.readings.get(partitionName({ topic, partition }))?.next ?? 0,
      isHeld: (topic, partition) => this.isHeld(partitionName({ topic, partition })),
      batch: (topic, partition, batch) => this.hand(partitionName({ topic, partition }), batch),
      gone: (topic, partition) => this.goOn(topic, partition),
      trouble: (reason) => log(`Reading from Kafka stopped: ${reason}; trying again`),
    });
  }

  /** A source of some partitions; `open` finds out where each begins. */
  source(open: () => Promise<readonly OpenedPartition[]>): Source {
    let opened: readonly OpenedPartition[] = [];
    return {
      open: async () => opened = await open(),
      start: (reader) => {
        for (const partition of opened) this.begin(partition, reader);
        return Promise.resolve();
      },
      pause: (partition) => {
        this.held.add(partitionName(partition));
        this.listening?.pause(partition.topic, partition.partition);
      },
      resume: (partition) => {
        this.held.delete(partitionName(partition));
        this.listening?.resume(partition.topic, partition.partition);
      },
      ends: (partitions) => this.ends(partitions),
      commit: (given) =>
        this.listening?.commit(
          given.map(({ partition: { topic, partition }, offset }) => ({ topic, partition, offset })),
        ) ?? Promise.resolve(),
      close: () => {
        for (const partition of opened) this.end(partition);
        return Promise.resolve();
      },
    };
  }

  async leave(): Promise<void> {
    await this.listening?.close();
  }

  private begin({ stream, topic, partition, start }: OpenedPartition, reader: SourceReader): void {
    const name = partitionName({ topic, partition });
    this.readings.set(name, { reader, partition: { stream, topic, partition }, next: start });
    this.held.delete(name);
    this.listening?.seek(topic, partition, start);
    this.listening?.resume(topic, partition);
  }

  private end({ topic, partition }: SourcePartition): void {
    this.readings.delete(partitionName({ topic, partition }));
    this.listening?.pause(topic, partition);
  }

  private isHeld(name: string): boolean {
    return this.held.has(name) || !this.readings.has(name);
  }

  private hand(name: string, batch: SourceBatch): void {
    const reading = this.readings.get(name);
    if (reading === undefined) return;
    reading.next = batch.next;
    reading.reader.batch(reading.partition, batch);
  }

  /** What a task was to read next is gone: it goes on where the policy says, or ends with why it cannot. */
  private async goOn(topic: string, partition: number): Promise<void> {
    const reading = this.readings.get(partitionName({ topic, partition }));
    if (reading === undefined) return;
    try {
      const next = await standingNow(this.options, this.options.kafka, { topic, partition }, reading.next);
      // A log that was made anew does not end where the old one did.
      this.asked.delete(topic);
      reading.next = next;
      reading.reader.moved(reading.partition, next);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      this.end(reading.partition);
      reading.reader.failed(error);
    }
  }

  /** Ends of partitions now, or a moment ago: many tasks ask at about the same time. */
  async ends(partitions: readonly { readonly topic: string }[]): Promise<ReadonlyMap<string, number>> {
    const ends = new Map<string, number>();
    for (const topic of new Set(partitions.map((asked) => asked.topic))) {
      for (const { partition, end } of await this.offsets(topic)) ends.set(partitionName({ topic, partition }), end);
    }
    return ends;
  }

  private offsets(topic: string): Promise<readonly PartitionOffsets[]> {
    const known = this.asked.get(topic);
    if (known !== undefined && monotonic() < known.at + askedMillis) return known.offsets;
    const offsets = this.options.kafka.offsets(topic);
    this.asked.set(topic, { at: monotonic(), offsets });
    return offsets;
  }
}
