/**
 * Kafka as a source: the topics of the streams that rules read, patterns included, each partition from where the
 * checkpoint left it. Topics that come into being later are taken up within a minute.
 */
import type { Stream } from "../model/contract.ts";
import { formatDuration } from "../model/time.ts";
import { parseTopic } from "../model/topic.ts";
import { partitionName, SourceError } from "../runtime/source.ts";
import type { OpenedPartition, Source, SourceReader } from "../runtime/source.ts";
import { every } from "./clock.ts";
import type { Kafka, Listening } from "./kafka/port.ts";
import { beginning, standing, standingNow } from "./kafka/positions.ts";
import { createCommand } from "./kafka/topics.ts";

export interface KafkaSourceOptions {
  readonly kafka: Kafka;
  readonly group: string;
  readonly streams: readonly Stream[];
  /** Where a partition without a position begins: a time in milliseconds, or an end of the log. */
  readonly from: "earliest" | "latest" | number;
  /** Offset of the checkpoint; undefined where it has none. */
  readonly position: (topic: string, partition: number) => number | undefined;
  /** Whether a position that is no longer there ends the start, or is moved to the oldest message. */
  readonly outOfRange: "fail" | "earliest";
  readonly log: (line: string) => void;
  /** Whether a group that has committed offsets must have positions too: its state would be lost otherwise. */
  readonly needsPositions: boolean;
  /** How far rules look back, by stream, in milliseconds: what a topic no longer holds could not be read again. */
  readonly horizon: (stream: string) => number;
  /** Whether a topic that is missing is an error; else it is taken up when it comes. */
  readonly strict: boolean;
  /** Partitions that the command for a missing topic names. */
  readonly partitions: number;
}

const rescanMillis = 20_000;

/** Partition counts and offsets of a topic are asked for once, when it is first seen. */
export function kafkaSource(options: KafkaSourceOptions): Source {
  const { kafka, log } = options;
  const streamOf = new Map<string, string>();
  const positions = new Map<string, number>();
  const held = new Set<string>();
  let listening: Listening | undefined;
  let stopScan = () => {};
  let closed = false;

  /** Opens topics that were not open yet. */
  async function discover(from: KafkaSourceOptions["from"]): Promise<OpenedPartition[]> {
    const existing = [...(await kafka.topics()).keys()];
    const opened: OpenedPartition[] = [];
    for (const stream of options.streams) {
      for (const topic of topicsOf(stream, existing)) {
        if (streamOf.has(topic)) continue;
        const partitions = await openTopic(stream.name, topic, from);
        streamOf.set(topic, stream.name);
        opened.push(...partitions);
      }
    }
    return opened;
  }

  async function openTopic(
    stream: string,
    topic: string,
    from: KafkaSourceOptions["from"],
  ): Promise<OpenedPartition[]> {
    const offsets = await kafka.offsets(topic);
    const atTime = typeof from === "number" ? await kafka.offsetsAt(topic, from) : undefined;
    // A partition that a known topic got meanwhile holds nothing but what came since.
    const isKnown = offsets.some(({ partition }) => options.position(topic, partition) !== undefined);
    return offsets.map((found) => {
      const { partition, end } = found;
      const saved = options.position(topic, partition);
      const start = saved === undefined
        ? beginning(found, isKnown ? "earliest" : from, atTime)
        : standing(options, topic, saved, found);
      positions.set(partitionName({ topic, partition }), start);
      return { stream, topic, partition, start, end };
    });
  }

  async function listen(reader: SourceReader): Promise<void> {
    listening = await kafka.listen({
      group: options.group,
      topics: [...streamOf.keys()],
      position: (topic, partition) => positions.get(partitionName({ topic, partition })) ?? 0,
      isHeld: (topic, partition) => held.has(partitionName({ topic, partition })),
      assigned(partitions) {
        for (const { topic, partition } of partitions) {
          const name = partitionName({ topic, partition });
          if (positions.has(name)) continue;
          positions.set(name, 0);
          reader.added({ stream: streamOf.get(topic) ?? topic, topic, partition, start: 0, end: 0 });
        }
      },
      batch(topic, partition, batch) {
        const name = partitionName({ topic, partition });
        positions.set(name, batch.next);
        reader.batch({ stream: streamOf.get(topic) ?? topic, topic, partition }, batch);
      },
      async gone(topic, partition) {
        const name = partitionName({ topic, partition });
        try {
          const next = await standingNow(options, kafka, { topic, partition }, positions.get(name) ?? 0);
          positions.set(name, next);
          reader.moved({ stream: streamOf.get(topic) ?? topic, topic, partition }, next);
        } catch (error) {
          if (!(error instanceof SourceError)) throw error;
          closed = true;
          reader.failed(error);
        }
      },
      trouble: (reason) => log(`Reading from Kafka stopped: ${reason}; trying again`),
    });
  }

  /** Takes up new topics: the reader joins again with the longer list, at the positions that it had. */
  async function rescan(reader: SourceReader): Promise<void> {
    const opened = await discover("earliest");
    if (opened.length === 0 || closed) return;
    log(`New topics: ${[...new Set(opened.map(({ topic }) => topic))].join(", ")}`);
    for (const partition of opened) reader.added(partition);
    await listening?.close();
    await listen(reader);
  }

  return {
    async open() {
      streamOf.clear();
      const opened = await discover(options.from);
      const missing = options.streams.flatMap((stream) =>
        stream.topics.filter((topic) => !isPattern(topic) && !streamOf.has(topic)).map((topic) => ({ stream, topic }))
      );
      const words = missing.map(({ stream, topic }) =>
        `The topic "${topic}" of the stream "${stream.name}" does not exist; create it with: ` +
        createCommand(kafka.brokers, topic, options.partitions)
      );
      if (words.length > 0 && (options.strict || streamOf.size === 0)) throw new SourceError(words.join("\n"), "away");
      for (const line of words) log(line);
      await checkGroup(options, opened);
      await checkRetention(options, streamOf);
      return opened;
    },
    async start(reader) {
      await listen(reader);
      let scanning = false;
      stopScan = every(rescanMillis, () => {
        if (scanning) return;
        scanning = true;
        rescan(reader).catch((error) => log(`Cannot look for new topics: ${messageOf(error)}`))
          .finally(() => scanning = false);
      });
    },
    pause({ topic, partition }) {
      held.add(partitionName({ topic, partition }));
      listening?.pause(topic, partition);
    },
    resume({ topic, partition }) {
      held.delete(partitionName({ topic, partition }));
      listening?.resume(topic, partition);
    },
    async ends(partitions) {
      const ends = new Map<string, number>();
      for (const topic of new Set(partitions.map((asked) => asked.topic))) {
        for (const { partition, end } of await kafka.offsets(topic)) ends.set(partitionName({ topic, partition }), end);
      }
      return ends;
    },
    commit: (given) =>
      listening?.commit(given.map(({ partition: { topic, partition }, offset }) => ({ topic, partition, offset }))) ??
        Promise.resolve(),
    async close() {
      closed = true;
      stopScan();
      await listening?.close();
    },
  };
}

/** Offsets without a checkpoint: the state was lost, or the engine asks another store than it did. */
async function checkGroup(
  { kafka, group, needsPositions, position }: KafkaSourceOptions,
  opened: readonly OpenedPartition[],
): Promise<void> {
  const isNew = opened.every(({ topic, partition }) => position(topic, partition) === undefined);
  const topics = [...new Set(opened.map(({ topic }) => topic))];
  if (!needsPositions || !isNew || topics.length === 0 || !await kafka.hasCommitted(group, topics)) return;
  throw new SourceError(
    `The consumer group "${group}" has read before, and the store has no checkpoint of it: name the store that it used, ` +
      "rebuild the state with --seek TIME, or begin anew with --fresh",
    "final",
  );
}

/** Says which topics, given with their streams, forget messages that their rules look back to. */
export async function checkRetention(
  { kafka, horizon, log }: Pick<KafkaSourceOptions, "kafka" | "horizon" | "log">,
  streamOf: ReadonlyMap<string, string>,
): Promise<void> {
  for (const [topic, stream] of streamOf) {
    const kept = await kafka.retention(topic).catch(() => Infinity);
    if (horizon(stream) <= kept) continue;
    log(
      `The topic "${topic}" keeps messages for ${formatDuration(kept)}, and rules look back ` +
        `${formatDuration(horizon(stream))}: state that is lost could not be made again in full`,
    );
  }
}

function isPattern(topic: string): boolean {
  return parseTopic(topic)?.isPattern ?? false;
}

/** Existing topics of a stream, in the order of the contract. */
export function topicsOf(stream: Stream, existing: readonly string[]): readonly string[] {
  return stream.topics.flatMap((text) => {
    const topic = parseTopic(text);
    return existing.filter((name) => topic?.match(name) !== undefined).sort();
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
