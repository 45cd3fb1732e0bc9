/**
 * The port of sources: partitions that hand over batches of raw messages, can be held back, and say where they end.
 * Kafka, files, standard input and the generator are all read through it, so that one loop runs them all.
 */
import type { RawMessage } from "./ports.ts";

/** One ordered part of a stream. */
export interface SourcePartition {
  readonly stream: string;
  readonly topic: string;
  readonly partition: number;
}

/** Messages of one partition, in order. */
export interface SourceBatch {
  readonly messages: readonly RawMessage[];
  /** Offset of the message that follows the batch; what lies before needs no reading again. */
  readonly next: number;
  /** Offset behind the newest message known; the partition is caught up when `next` has reached it. */
  readonly end: number;
}

/** What a source tells its reader. None of these may take long: they queue what they are given. */
export interface SourceReader {
  readonly batch: (partition: SourcePartition, batch: SourceBatch) => void;
  /** A partition that was not there when the source was opened. */
  readonly added: (partition: OpenedPartition) => void;
  /**
   * What a partition was to give next is gone. It goes on at this offset: behind what was deleted, or at the beginning of
   * a log that was made anew.
   */
  readonly moved: (partition: SourcePartition, next: number) => void;
  /** No more will come of this partition. */
  readonly ended: (partition: SourcePartition) => void;
  /** The source cannot go on; it says why and what to do. */
  readonly failed: (error: Error) => void;
}

export interface NamedPartition {
  /** The stream, where it is another than that of the partition that names it. */
  readonly stream?: string;
  readonly topic: string;
  readonly partition: number;
}

/** A partition at the moment of opening. */
export interface OpenedPartition extends SourcePartition {
  /** Partitions that its messages name in `_topic` and `_partition`: each holds the watermark from the start. */
  readonly names?: readonly NamedPartition[];
  /** Its messages were passed on by other tasks: `names` are the source partitions behind it. */
  readonly isPassed?: boolean;
  /** Offset that is read first. */
  readonly start: number;
  /** Offset behind its newest message; Infinity where a source cannot know. */
  readonly end: number;
}

/** `away`: it may pass, so it is tried again. `final`: the operator must act. */
export class SourceError extends Error {
  override readonly name = "SourceError";

  constructor(message: string, readonly state: "away" | "final", options?: ErrorOptions) {
    super(message, options);
  }
}

export interface Source {
  /** Looks up what there is to read. Throws a sentence that names the way out; a `SourceError` where that is known. */
  readonly open: () => Promise<readonly OpenedPartition[]>;
  /** Begins to hand over batches, each partition from its start. */
  readonly start: (reader: SourceReader) => Promise<void>;
  /** Holds a partition back until `resume`: memory stays bounded. */
  readonly pause: (partition: SourcePartition) => void;
  readonly resume: (partition: SourcePartition) => void;
  /** Ends of partitions now, by name: whoever stands there is caught up. Throws where the source cannot tell. */
  readonly ends: (partitions: readonly SourcePartition[]) => Promise<ReadonlyMap<string, number>>;
  /** Tells where reading has come to, for tools that show lag; nothing depends on it. */
  readonly commit: (positions: readonly { partition: SourcePartition; offset: number }[]) => Promise<void>;
  /** What lies before these offsets, by partition name, is in a checkpoint: for whoever must be told when it is safe. */
  readonly saved?: (positions: ReadonlyMap<string, number>) => void;
  /** Stops for good. */
  readonly close: () => Promise<void>;
}

/** Name of a partition, unique in its source. */
export function partitionName({ topic, partition }: { topic: string; partition: number }): string {
  return `${topic}/${partition}`;
}
