/** Which stream each topic belongs to, and when the stream's messages happened. A topic of no contract stands alone. */
import { topicsOf } from "../../engine/adapters/kafka_source.ts";
import type { Stream } from "../../engine/model/contract.ts";
import { createDecoder } from "../../engine/runtime/decode.ts";
import type { TimeOf } from "./merged.ts";

/** Topics that go to one file. */
export interface RecordedStream {
  /** Name of the stream; of a topic that no contract has, the topic's. */
  readonly name: string;
  readonly isDeclared: boolean;
  /** In the order in which a run opens them. */
  readonly topics: readonly string[];
  readonly timeOf: TimeOf;
}

/** In the order of the contracts, then what no contract has. */
export function recordedStreams(
  topics: readonly string[],
  streams: ReadonlyMap<string, Stream>,
): readonly RecordedStream[] {
  const declared = [...streams.values()].map((stream) => ({ stream, topics: topicsOf(stream, [...new Set(topics)]) }));
  const known = new Set(declared.flatMap((of) => of.topics));
  return [
    ...declared.filter((of) => of.topics.length > 0).map(({ stream, topics }) => ({
      ...{ name: stream.name, isDeclared: true, topics },
      timeOf: eventTime(stream),
    })),
    ...[...new Set(topics)].filter((topic) => !known.has(topic)).map((topic) => ({
      ...{ name: topic, isDeclared: false, topics: [topic] },
      timeOf: logTime,
    })),
  ];
}

function eventTime(stream: Stream): TimeOf {
  const decoder = createDecoder(stream, { live: undefined, recorded: false });
  return ({ value, topic, timestamp }) => {
    const { outcome, time } = decoder.decode(value, topic, timestamp);
    return outcome === "event" ? time : -Infinity;
  };
}

/** Without a contract only the log's own time is known. */
const logTime: TimeOf = ({ timestamp = -Infinity }) => timestamp;
