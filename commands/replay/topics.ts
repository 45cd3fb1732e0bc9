/** What `--kafka` names: topics, read from Kafka as if `vigie record` had written them down. */
import type { Kafka } from "../../engine/adapters/kafka/port.ts";
import { topicsOf } from "../../engine/adapters/kafka_source.ts";
import { openRanges, rangesOf, type TimeSpan } from "../../engine/adapters/kafka_range.ts";
import type { Stream } from "../../engine/model/contract.ts";
import { nearest } from "../../engine/model/problem.ts";
import { parseTopic } from "../../engine/model/topic.ts";
import { createDecoder } from "../../engine/runtime/decode.ts";
import { mustExist, ownGroup } from "../cli/brokers.ts";
import { UsageError } from "../command.ts";
import type { OpenedRecordings } from "./recordings.ts";

/** Topics by the stream whose contract names them, in the order of the contracts. Throws a UsageError for one of no contract. */
export function topicsByStream(
  topics: readonly string[],
  streams: ReadonlyMap<string, Stream>,
): ReadonlyMap<Stream, readonly string[]> {
  const found = [...streams.values()].map((stream) => [stream, topicsOf(stream, [...new Set(topics)])] as const);
  const known = new Set(found.flatMap(([, own]) => own));
  const unknown = topics.find((topic) => !known.has(topic));
  if (unknown !== undefined) throw new UsageError(unknownTopic(unknown, [...streams.values()]));
  return new Map(found.filter(([, own]) => own.length > 0));
}

function unknownTopic(topic: string, streams: readonly Stream[]): string {
  const written = streams.flatMap(({ topics }) => topics).filter((text) => parseTopic(text)?.isPattern === false);
  const near = nearest(topic, written);
  return `No contract has the topic "${topic}"${near === undefined ? "" : `: did you mean "${near}"?`}`;
}

/** Each partition is a recording of its own, so that the merge takes them as a run does. Rejects with a `KafkaError`. */
export async function openTopics(
  kafka: Kafka,
  topics: ReadonlyMap<Stream, readonly string[]>,
  span: TimeSpan,
  log: (line: string) => void,
): Promise<OpenedRecordings> {
  await mustExist(kafka, [...topics.values()].flat());
  const streamOf = new Map([...topics].flatMap(([stream, own]) => own.map((topic) => [topic, stream] as const)));
  const ranges = await rangesOf(kafka, [...streamOf.keys()], span);
  const filled = ranges.filter(({ from, to }) => from < to);
  const opened = await openRanges(kafka, filled, ownGroup("replay"), log);
  const recordings = opened.readers.flatMap(({ range: { topic, partition }, read }) => {
    const stream = streamOf.get(topic);
    if (stream === undefined) return [];
    const decoder = createDecoder(stream, { live: undefined, recorded: false });
    return [{ stream: stream.name, decoder, read, partitions: [{ topic, partition }] }];
  });
  return { recordings, share: opened.share, close: opened.close };
}
