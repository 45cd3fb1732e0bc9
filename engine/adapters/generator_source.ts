/**
 * Made-up events as a source, at the pace of the wall clock: one partition per topic. Offsets begin at the time of the
 * start in milliseconds, so that a process that starts anew never gives an event the place of an earlier one.
 */
import { Buffer } from "node:buffer";
import type { Generator } from "../generate/mod.ts";
import type { RawMessage } from "../runtime/ports.ts";
import { partitionName, type Source } from "../runtime/source.ts";
import { every, now } from "./clock.ts";

export interface GeneratorSourceOptions {
  readonly generator: Generator;
  /** Streams and the topics of their events; a topic that is not named comes when its first event does. */
  readonly topics: readonly { readonly stream: string; readonly topic: string }[];
  readonly position: (topic: string, partition: number) => number | undefined;
}

const paceMillis = 50;

export function generatorSource({ generator, topics, position }: GeneratorSourceOptions): Source {
  const next = new Map<string, number>();
  const begin = (topic: string) => Math.max(position(topic, 0) ?? 0, now());
  let stop = () => {};
  return {
    open: () =>
      Promise.resolve(topics.map(({ stream, topic }) => {
        const start = begin(topic);
        next.set(topic, start);
        return { stream, topic, partition: 0, start, end: start };
      })),
    start(reader) {
      stop = every(paceMillis, () => {
        const batches = new Map<string, { stream: string; messages: RawMessage[] }>();
        for (const { stream, topic, key, value } of generator.next(now())) {
          const batch = batches.get(topic) ?? { stream, messages: [] };
          batches.set(topic, batch);
          const offset = next.get(topic) ?? begin(topic);
          if (!next.has(topic)) reader.added({ stream, topic, partition: 0, start: offset, end: offset });
          next.set(topic, offset + 1);
          batch.messages.push({
            topic,
            partition: 0,
            offset,
            timestamp: now(),
            key: Buffer.from(key),
            value: Buffer.from(value),
          });
        }
        for (const [topic, { stream, messages }] of batches) {
          const end = next.get(topic) ?? 0;
          reader.batch({ stream, topic, partition: 0 }, { messages, next: end, end });
        }
      });
      return Promise.resolve();
    },
    pause: () => {},
    resume: () => {},
    ends: (partitions) =>
      Promise.resolve(new Map(partitions.map((of) => [partitionName(of), next.get(of.topic) ?? 0]))),
    commit: () => Promise.resolve(),
    close() {
      stop();
      return Promise.resolve();
    },
  };
}
