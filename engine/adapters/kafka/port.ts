/** What the engine asks of Kafka. No type of a client library appears here. */
import type { SourceBatch } from "../../runtime/source.ts";

/** How brokers are reached. */
export interface KafkaConnection {
  readonly brokers: readonly string[];
  readonly sasl?: {
    readonly mechanism: "plain" | "scram-sha-256" | "scram-sha-512";
    readonly username: string;
    readonly password: string;
  };
  /** `true` for TLS with the system's authorities, else PEM texts. */
  readonly tls?: true | { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

export interface PartitionOffsets {
  readonly partition: number;
  /** Oldest offset that is still there. */
  readonly earliest: number;
  /** Offset behind the newest message. */
  readonly end: number;
}

export interface TopicSettings {
  readonly partitions: number;
  /** Topic configuration, such as `retention.ms`. */
  readonly config?: { readonly [name: string]: string };
}

export interface OutgoingMessage {
  readonly key: string | Uint8Array | null;
  readonly value: string | Uint8Array | null;
  readonly headers?: { readonly [name: string]: string };
  /** Else chosen by the key, as Java's clients choose it. */
  readonly partition?: number;
  /** Milliseconds; else the moment of sending. */
  readonly timestamp?: number;
}

export interface ReadOptions {
  readonly group: string;
  readonly topics: readonly string[];
  /** Offset that a partition is read from when it is assigned, for the first time or again. */
  readonly position: (topic: string, partition: number) => number;
  /** Whether a partition is held back at the moment. */
  readonly isHeld: (topic: string, partition: number) => boolean;
  readonly assigned: (partitions: readonly { topic: string; partition: number }[]) => void;
  readonly batch: (topic: string, partition: number, batch: SourceBatch) => void;
  /**
   * What stands at a partition's position is gone. The position is asked for again when this has resolved. Absent: it is
   * trouble like any other.
   */
  readonly gone?: (topic: string, partition: number) => Promise<void>;
  /** Reading stopped; it is tried again without end. */
  readonly trouble: (reason: string) => void;
  /** Who reads which partitions; the library's own way when absent. */
  readonly assigner?: Assigner;
  /** Headers are read too. */
  readonly headers?: boolean;
  /** How old may be what the reader knows of the partitions of topics. */
  readonly metadataMillis?: number;
  /** How long a silent member keeps its partitions. */
  readonly sessionMillis?: number;
}

/** Shares partitions out among the members of a group. The leader's is asked, so all members should have the same. */
export interface Assigner {
  /** All members of a group have one in common. */
  readonly name: string;
  /** What this member says of itself at every join. */
  readonly said: () => string;
  readonly assign: (
    members: readonly { readonly id: string; readonly said: string }[],
    /** Partition counts of the topics subscribed. */
    topics: ReadonlyMap<string, number>,
  ) => ReadonlyMap<string, readonly { readonly topic: string; readonly partition: number }[]>;
}

/** A running reader. */
export interface Listening {
  /** Reads on from an offset; what was fetched before is dropped. */
  readonly seek: (topic: string, partition: number, offset: number) => void;
  readonly pause: (topic: string, partition: number) => void;
  readonly resume: (topic: string, partition: number) => void;
  readonly commit: (
    positions: readonly { readonly topic: string; readonly partition: number; readonly offset: number }[],
  ) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Every function throws a `KafkaError`. */
export interface Kafka {
  readonly brokers: readonly string[];
  /** Topics that exist and their numbers of partitions. */
  readonly topics: () => Promise<ReadonlyMap<string, number>>;
  readonly offsets: (topic: string) => Promise<readonly PartitionOffsets[]>;
  /** By partition, the offset of the first message at or after a time; the end where there is none. */
  readonly offsetsAt: (topic: string, time: number) => Promise<ReadonlyMap<number, number>>;
  /** Whether a group has committed an offset of one of the topics. */
  readonly hasCommitted: (group: string, topics: readonly string[]) => Promise<boolean>;
  /** How many members a group has. */
  readonly members: (group: string) => Promise<number>;
  /** How long a topic keeps messages, in milliseconds; Infinity where it keeps them for ever. */
  readonly retention: (topic: string) => Promise<number>;
  /** True when it was created, false when it existed. */
  readonly createTopic: (name: string, settings: TopicSettings) => Promise<boolean>;
  /** Resolves when all in-sync replicas have the messages. */
  readonly produce: (topic: string, messages: readonly OutgoingMessage[]) => Promise<void>;
  /** Joins a group and hands over batches until it is closed. */
  readonly listen: (options: ReadOptions) => Promise<Listening>;
  readonly close: () => Promise<void>;
}
