/** The source that a deployment names. */
import { now } from "../../engine/adapters/clock.ts";
import { linesOf, openLines } from "../../engine/adapters/files.ts";
import { generatorSource } from "../../engine/adapters/generator_source.ts";
import type { HttpIngest } from "../../engine/adapters/http_source.ts";
import { openKafka } from "../../engine/adapters/kafka.ts";
import { kafkaSource } from "../../engine/adapters/kafka_source.ts";
import { type LineInput, lineSource } from "../../engine/adapters/line_source.ts";
import { partitionsOf } from "../../engine/adapters/recorded_partitions.ts";
import type { Plan } from "../../engine/compile/plan.ts";
import type { Deployment, SourceSettings } from "../../engine/config/deployment.ts";
import { createGenerator, streamNames } from "../../engine/generate/mod.ts";
import type { Stream } from "../../engine/model/contract.ts";
import { parseTopic } from "../../engine/model/topic.ts";
import type { Position } from "../../engine/runtime/engine/options.ts";
import type { Source } from "../../engine/runtime/source.ts";

export interface SourceNeeds {
  readonly deployment: Deployment;
  readonly failFast: boolean;
  /** The state begins anew. */
  readonly fresh: boolean;
  readonly log: (line: string) => void;
  /** Where events are posted to, for the source of that name. */
  readonly ingest: HttpIngest;
}

/** Streams that rules read from outside, in the order of the contracts. The stream of alerts has no topic. */
export function streamsRead({ rules, streams }: Plan): readonly Stream[] {
  const read = new Set(rules.flatMap(({ compiled }) => compiled.inputs.map(({ stream }) => stream.name)));
  return [...streams.values()].filter(({ name, topics }) => read.has(name) && topics.length > 0);
}

export function openSource(
  plan: Plan,
  position: Position,
  { deployment, failFast, fresh, log, ingest }: SourceNeeds,
): Source {
  const { source, app, topics } = deployment;
  const streams = streamsRead(plan);
  switch (source.kind) {
    case "kafka": {
      const kafka = openKafka(source.connection, app);
      const { from, outOfRange } = source;
      const { partitions } = topics;
      return closing(
        kafkaSource({
          ...{ kafka, group: app, streams, from, outOfRange, position, partitions, log, strict: failFast },
          needsPositions: deployment.store.kind !== "memory" && !fresh,
          horizon: (stream) => horizonOf(plan, stream),
        }),
        () => kafka.close(),
      );
    }
    case "files":
      return lineSource(filesOf(source), (topic) => position(topic, 0));
    case "stdin":
      return lineSource([standardInput(source.stream)], (topic) => position(topic, 0));
    case "http":
      return ingest.source(streams.map(({ name }) => name), (topic) => position(topic, 0));
    case "generator":
      return generated(source, streams, position);
  }
}

/** Longest time for which rules need the events of a stream, in milliseconds. */
export function horizonOf({ rules }: Plan, stream: string): number {
  const readers = rules.filter(({ compiled }) => compiled.inputs.some((input) => input.stream.name === stream));
  return Math.max(0, ...readers.map(({ compiled }) => compiled.horizon));
}

function closing(source: Source, close: () => Promise<void>): Source {
  return { ...source, close: () => source.close().finally(close) };
}

function filesOf({ files }: SourceSettings & { kind: "files" }): LineInput[] {
  return Object.entries(files).map(([stream, paths]) => ({
    stream,
    topic: stream,
    isFile: true,
    open: () => openLines(paths, stream),
    names: async () => (await Promise.all(paths.map((path) => partitionsOf(path, stream)))).flat(),
  }));
}

function standardInput(stream: string): LineInput {
  return {
    stream,
    topic: stream,
    isFile: false,
    open: () => Promise.resolve(linesOf(Deno.stdin.readable, stream)),
    names: () => Promise.resolve([]),
  };
}

function generated(
  { rate, seed, streams: wanted }: SourceSettings & { kind: "generator" },
  read: readonly Stream[],
  position: Position,
): Source {
  const made: readonly string[] = streamNames;
  const streams = read.filter(({ name }) => made.includes(name) && (wanted.length === 0 || wanted.includes(name)));
  const generator = createGenerator({ streams: streams.map(({ name }) => name), seed, start: now(), rate });
  const topics = streams.flatMap(({ name, topics }) =>
    topics.filter((topic) => parseTopic(topic)?.isPattern === false).map((topic) => ({ stream: name, topic }))
  );
  return generatorSource({ generator, topics, position });
}

/** Whether events come with times that the wall clock may judge (semantics.md 6). */
export function isLive({ source }: Deployment, drain: boolean): boolean {
  return !drain && source.kind !== "files";
}
