/** Where generated events go: a file a stream, standard output, or the topics of the contracts. */
import { openLineWriter } from "../../engine/adapters/line_writer.ts";
import { openKafka } from "../../engine/adapters/kafka.ts";
import { KafkaError } from "../../engine/adapters/kafka/error.ts";
import type { OutgoingMessage } from "../../engine/adapters/kafka/port.ts";
import { ensureTopic } from "../../engine/adapters/kafka/topics.ts";
import type { GeneratedEvent } from "../../engine/generate/mod.ts";
import { EnvironmentError, type Terminal } from "../command.ts";
import type { Wish } from "./wish.ts";

export interface Output {
  /** Takes events in order; throws an EnvironmentError when the place does not take them. */
  readonly write: (events: readonly GeneratedEvent[]) => Promise<void>;
  /** Writes what is left and lets go of the place. */
  readonly close: () => Promise<void>;
}

/** Opens the place that was wished for. Throws an EnvironmentError. */
export function openOutput({ brokers, out, generator }: Wish, terminal: Terminal): Output {
  if (brokers !== undefined) return toKafka(brokers);
  return out === "-" ? toTerminal(terminal) : toFiles(out, generator.streams);
}

function toTerminal(terminal: Terminal): Output {
  return {
    write(events) {
      if (events.length > 0) terminal.out(`${events.map(({ value }) => value).join("\n")}\n`);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}

/** One stream goes to the file named, or into the folder that stands there; several go into a folder. */
function toFiles(out: string, streams: readonly string[]): Output {
  const isFolder = streams.length > 1 || out.endsWith("/") || standsFolder(out);
  const folder = out.replace(/\/+$/, "");
  const writers = new Map(
    streams.map((stream) => [stream, environment(() => openLineWriter(isFolder ? `${folder}/${stream}.ndjson` : out))]),
  );
  return {
    write(events) {
      environment(() => {
        for (const { stream, value } of events) writers.get(stream)?.write(value);
      });
      return Promise.resolve();
    },
    close() {
      environment(() => writers.forEach((writer) => writer.close()));
      return Promise.resolve();
    },
  };
}

function standsFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

/** Words of what the environment refuses. */
export function environment<T>(what: () => T): T {
  try {
    return what();
  } catch (error) {
    throw new EnvironmentError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/**
 * How a topic is made that does not exist yet. Events may be made up for a time long gone, which a broker's usual
 * retention would delete within minutes, so they stay.
 */
const made = { partitions: 6, config: { "retention.ms": "-1" } };
/** Messages of one request; more would pass the broker's bound for large events. */
const requestMax = 1_000;

function toKafka(brokers: readonly string[]): Output {
  const kafka = openKafka({ brokers }, "vigie-generate");
  const known = new Set<string>();

  async function send(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    if (!known.has(topic)) await ensureTopic(kafka, topic, made, true, "the generator");
    known.add(topic);
    for (let at = 0; at < messages.length; at += requestMax) {
      await kafka.produce(topic, messages.slice(at, at + requestMax));
    }
  }

  return {
    async write(events) {
      try {
        for (const [topic, messages] of byTopic(events)) await send(topic, messages);
      } catch (error) {
        if (!(error instanceof KafkaError)) throw error;
        throw new EnvironmentError(`Kafka at ${brokers.join(", ")} does not take events: ${error.message}`, {
          cause: error,
        });
      }
    },
    close: () => kafka.close(),
  };
}

function byTopic(events: readonly GeneratedEvent[]): ReadonlyMap<string, OutgoingMessage[]> {
  const topics = new Map<string, OutgoingMessage[]>();
  for (const { topic, key, value, at } of events) {
    const messages = topics.get(topic) ?? [];
    messages.push({ key, value, timestamp: at });
    topics.set(topic, messages);
  }
  return topics;
}
