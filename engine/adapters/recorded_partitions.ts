/**
 * Which partitions a recorded file holds. A partition that has not spoken yet must hold the watermark from the start, so
 * they are looked up before the first event is taken. Bytes are searched; a line is parsed only where it may name a
 * partition that is not known yet.
 */
import { Buffer } from "node:buffer";
import { takePlace } from "../runtime/decode/place.ts";
import { parseJson } from "../runtime/decode/text.ts";
import { isFields } from "../model/value.ts";
import { blocksOf } from "./files.ts";
import { openBytes } from "./read_bytes.ts";

export interface RecordedPartition {
  readonly topic: string;
  readonly partition: number;
}

const mark = '"_partition"';
const topicMark = '"_topic"';

/**
 * Partitions that lines of a file name in `_partition`, in the order of their first line; `topic` is that of lines without
 * `_topic`. Reads the whole file. Throws an Error that names the file when it cannot be read.
 */
export async function partitionsOf(path: string, topic: string): Promise<readonly RecordedPartition[]> {
  const source = await openBytes(path);
  const found = new Map<string, RecordedPartition>();
  const seen = new Set<string>();
  try {
    for await (const block of blocksOf(source.chunks())) scan(block, topic, seen, found);
  } finally {
    await source.close();
  }
  return [...found.values()];
}

function scan(block: Uint8Array, topic: string, seen: Set<string>, found: Map<string, RecordedPartition>): void {
  const bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
  const text = bytes.toString("latin1");
  for (let at = text.indexOf(mark); at !== -1; at = text.indexOf(mark, at + mark.length)) {
    const start = text.lastIndexOf("\n", at) + 1;
    const stop = text.indexOf("\n", at);
    const end = stop === -1 ? text.length : stop;
    const sight = `${valueAfter(text, at + mark.length, end)} ${topicIn(text.slice(start, end))}`;
    if (seen.has(sight)) continue;
    // What was seen may stand in a nested object, so the line itself decides; equal sights are not parsed again.
    const line = parseJson(bytes.toString("utf8", start, end));
    const place = isFields(line) ? takePlace(line) : undefined;
    if (place?.partition === undefined) continue;
    if (seen.size < sightsMax) seen.add(sight);
    found.set(`${place.partition} ${place.topic ?? topic}`, {
      topic: place.topic ?? topic,
      partition: place.partition,
    });
  }
}

/** Bounds the memory of a file whose lines all differ; beyond it lines are parsed, which is slower and as right. */
const sightsMax = 100_000;

/** The text between a name and the end of its value: a number has no comma. */
function valueAfter(text: string, from: number, end: number): string {
  let at = from;
  while (at < end && text[at] !== "," && text[at] !== "}") at++;
  return text.slice(from, at);
}

/** The text behind the first `_topic` of a line, empty when there is none. */
function topicIn(line: string): string {
  const at = line.indexOf(topicMark);
  return at === -1 ? "" : valueAfter(line, at + topicMark.length, line.length);
}
