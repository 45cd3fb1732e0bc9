/**
 * The simulated log: partitions with disorder, late events, gaps, silence, and records that are no events. It may grow
 * while the run goes on: each message has a moment at which it is there.
 */
import type { Fields, Value } from "../../engine/model/value.ts";
import type { Millis } from "../../engine/model/time.ts";
import type { StreamName } from "../reference/streams.ts";
import type { Chance } from "./chance.ts";

export type Content =
  | { readonly time: Millis; readonly data: Fields }
  | { readonly dead: string; readonly raw: string };

export interface Message {
  readonly content: Content;
  /** Milliseconds of the simulation after which it can be read. */
  readonly at: Millis;
}

export interface Partition {
  readonly stream: StreamName;
  readonly partition: number;
  /** Milliseconds of the simulation after which the partition is there. */
  readonly at: Millis;
  readonly messages: readonly Message[];
}

export interface LogShape {
  readonly streams: readonly StreamName[];
  readonly partitions: number;
  /** Messages of each stream. */
  readonly messages: number;
  readonly keys: number;
  /** The last partition of the first stream is there only from the middle of the log on. */
  readonly adds: boolean;
  /** The last partition of each stream never has a message. */
  readonly isMute: boolean;
  /** Milliseconds between two messages at most; 0 when all are there from the start. */
  readonly pace: Millis;
}

const second = 1_000;
const names = ["u", "v", "w", "x", "y", "z"];
const dead = [
  { dead: "not_json", raw: "{" },
  { dead: "schema", raw: `{"t": 1000, "x": "one"}` },
  { dead: "no_time", raw: `{"t": 9007199254740991, "x": 1}` },
] as const;

/** Partitions by stream, then by number: the order in which a source names them. */
export function logOf(chance: Chance, shape: LogShape): readonly Partition[] {
  return shape.streams.flatMap((stream, i) => streamOf(chance, shape, stream, shape.adds && i === 0));
}

function streamOf(chance: Chance, shape: LogShape, stream: StreamName, adds: boolean): readonly Partition[] {
  const lists: Message[][] = Array.from({ length: shape.partitions }, () => []);
  const last = shape.partitions - 1;
  const born = { line: adds && last > 0 ? Math.floor(shape.messages / 2) : 0, at: 0, time: 0 };
  let [now, at] = [20, 0];
  for (let line = 0; line < shape.messages; line++) {
    if (line === born.line) [born.at, born.time] = [at, now];
    at += chance.next() * shape.pace;
    const most = line < born.line || shape.isMute ? Math.max(0, last - 1) : last;
    const partition = chance.whole(0, most);
    // A partition that was not there has no events of that time: they would be late for everybody else.
    const least = born.line > 0 && partition === last ? born.time : 0;
    const content = contentOf(chance, shape, () => {
      now += chance.of([0, 0, 1, 1, 2, 5, 12]);
      return Math.max(least, now - chance.of([0, 0, 0, 0, 1, 3, 5, 6, 14])) * second;
    });
    lists[partition]?.push({ content, at });
  }
  return lists.map((messages, partition) => ({ stream, partition, at: partition === last ? born.at : 0, messages }));
}

/** A log of many keys in one window, closed by one event: more timers than are fired, or read, at once. */
export function wideLog(chance: Chance, keys: number): readonly Partition[] {
  const messages = Array.from({ length: keys }, (_, i): Message => ({
    content: { time: 20_000 + chance.whole(0, 4) * second, data: { k: `key ${i}`, x: i % 7, f: true } },
    at: 0,
  }));
  const close = { content: { time: 20_000 + 60 * second, data: { k: "u", x: 1, f: true } }, at: 0 };
  return [{ stream: "a", partition: 0, at: 0, messages: [...messages, close] }];
}

function contentOf(chance: Chance, { keys }: LogShape, time: () => Millis): Content {
  if (chance.is(0.06)) return chance.of<Content>(dead);
  const maybe = (value: Value): Value | undefined => chance.is(0.8) ? value : chance.is(0.5) ? null : undefined;
  const data = {
    k: chance.is(0.9) ? names[chance.whole(0, keys - 1)] ?? "u" : chance.is(0.5) ? null : undefined,
    x: maybe(chance.of([0, 1, 2, 3, 5, -2, 0.1, 0.2, 1e15])),
    f: maybe(chance.is(0.6)),
    s: maybe(chance.of(["p", "q", "r"])),
    tags: maybe(Array.from({ length: chance.whole(0, 2) }, () => chance.of(["p", "q"]))),
  };
  const present: Record<string, Value> = {};
  for (const [name, value] of Object.entries(data)) if (value !== undefined) present[name] = value;
  return { time: time(), data: present };
}

/** A message and where it stands. */
export interface Placed {
  readonly stream: StreamName;
  readonly partition: number;
  readonly offset: number;
  readonly content: Content;
}

/**
 * The messages of one stream in the order of the merge (runtime.md §2): the least event time first, ties in the order of
 * the partitions; what is no event is taken as soon as it is next in its partition.
 */
export function merged(log: readonly Partition[], stream: StreamName): readonly Placed[] {
  const lists = log.filter((one) => one.stream === stream);
  const next = lists.map(() => 0);
  const order: Placed[] = [];
  for (;;) {
    let [best, least] = [-1, Infinity];
    for (const [i, { partition, messages }] of lists.entries()) {
      for (; next[i]! < messages.length; next[i]!++) {
        const { content } = messages[next[i]!]!;
        if ("time" in content) break;
        order.push({ stream, partition, offset: next[i]!, content });
      }
      const head = messages[next[i]!]?.content;
      if (head !== undefined && "time" in head && head.time < least) [best, least] = [i, head.time];
    }
    const list = lists[best];
    if (list === undefined) return order;
    const offset = next[best]!++;
    order.push({ stream, partition: list.partition, offset, content: list.messages[offset]!.content });
  }
}

/** The bytes that a source hands over. */
export function rawOf(content: Content): string {
  return "raw" in content ? content.raw : JSON.stringify({ t: content.time, ...content.data });
}
