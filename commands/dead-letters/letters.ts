/** Dead letters of a deployment, read from their topics or their file. */
import { Buffer } from "node:buffer";
import type { Kafka } from "../../engine/adapters/kafka/port.ts";
import { readTopics } from "../../engine/adapters/kafka_topics.ts";
import { isFields, type Value } from "../../engine/model/value.ts";
import type { RawMessage } from "../../engine/runtime/ports.ts";
import { EnvironmentError } from "../command.ts";

export interface DeadLetter {
  /** `topic/partition/offset` of an event; the sink and the id of an alert. */
  readonly id: string;
  /** Name of the stream, or of the sink's lane. */
  readonly stream: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly reason: string;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  /** Personal data was replaced or withheld, so this is not what came. */
  readonly redacted: boolean;
}

/** Whether dead letters of this name are alerts or records, which have ids of their own. */
export type IsLane = (stream: string) => boolean;

/** From topics of dead letters, each once, the newest last. */
export async function lettersInKafka(
  kafka: Kafka,
  topics: readonly string[],
  group: string,
  isLane: IsLane,
): Promise<DeadLetter[]> {
  const messages = await readTopics(kafka, topics, group);
  return unique(messages.map(ofMessage), isLane);
}

function ofMessage({ key, value, headers = {} }: RawMessage): DeadLetter {
  const { topic = "", stream = "", partition = "0", offset = "0", reason = "", redacted } = headers;
  const place = { topic, partition: Number(partition), offset: Number(offset) };
  return { id: `${topic}/${partition}/${offset}`, ...place, stream, reason, key, value, redacted: redacted === "true" };
}

/** From the file of `dead_letters: { file: … }`. A file that is not there yet has none. */
export async function lettersInFile(path: string, isLane: IsLane): Promise<DeadLetter[]> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw new EnvironmentError(`Cannot read "${path}": ${error instanceof Error ? error.message : error}`);
  }
  return unique(text.split("\n").flatMap((line) => ofLine(line)), isLane);
}

/** An incomplete last line, after a crash, is none. */
function ofLine(line: string): DeadLetter[] {
  const value = parsed(line);
  if (!isFields(value)) return [];
  const { stream, topic, partition, offset, reason, raw, redacted } = value;
  const content = typeof raw === "string" ? new Uint8Array(Buffer.from(raw, "utf8")) : null;
  const place = { topic: String(topic), partition: Number(partition), offset: Number(offset) };
  const id = `${topic}/${partition}/${offset}`;
  return [{
    id,
    ...place,
    stream: String(stream),
    reason: String(reason),
    key: null,
    value: content,
    redacted: redacted === true,
  }];
}

/** After a crash a dead letter may have been written twice. */
function unique(letters: readonly DeadLetter[], isLane: IsLane): DeadLetter[] {
  const named = letters.map((letter) => isLane(letter.stream) ? { ...letter, id: idOfAlert(letter) } : letter);
  return [...new Map(named.map((letter) => [letter.id, letter])).values()];
}

function idOfAlert({ id, stream, value }: DeadLetter): string {
  const content = parsed(textOf(value));
  return isFields(content) && typeof content.id === "string" ? `${stream}/${content.id}` : id;
}

function parsed(text: string): Value | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function textOf(bytes: Uint8Array | null): string {
  return bytes === null ? "" : new TextDecoder().decode(bytes);
}
