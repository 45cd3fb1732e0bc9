/**
 * Recorded events from files: NDJSON, plain, `.gz` or `.zst`. Lines are handed over as views of the blocks that were read,
 * never copied. An offset is the number of the line, from 0, every line counted; blank lines are no events (semantics.md
 * 34). CRLF, a missing last newline and a byte order mark are tolerated. `read_bytes.ts` opens and decompresses.
 */
import { Buffer } from "node:buffer";
import type { RawMessage } from "../runtime/ports.ts";
import { type ByteSource, openBytes } from "./read_bytes.ts";

/** Lines of one stream, in order, as messages without key and timestamp on partition 0. */
export interface LineReader {
  /** The next lines, at least one; undefined at the end. Throws an Error that names the file when it cannot be read. */
  readonly read: () => Promise<readonly RawMessage[] | undefined>;
  /** Bytes read so far and in all, compressed ones where files are: for a progress bar. The total is 0 where unknown. */
  readonly progress: () => { readonly read: number; readonly total: number };
  /** Gives up what is open; `read` at the end does it too. */
  readonly close: () => Promise<void>;
}

/**
 * Reads files one after another as if they were one: line numbers go on, so that places stay unique within the stream.
 * `topic` is what the messages say they came from; lines with `_topic` know better.
 */
export async function openLines(paths: readonly string[], topic: string): Promise<LineReader> {
  const sources: ByteSource[] = [];
  try {
    for (const path of paths) sources.push(await openBytes(path));
  } catch (error) {
    await closeAll(sources);
    throw error;
  }
  const lines = sources.map((source) => blocksOf(source.chunks()));
  const next = { file: 0, offset: 0 };
  return {
    progress: () => ({ read: sum(sources, (source) => source.bytesRead()), total: sum(sources, (s) => s.bytesTotal) }),
    close: () => closeAll(sources),
    async read() {
      for (;;) {
        const blocks = lines[next.file];
        if (blocks === undefined) return undefined;
        const block = await blocks.next();
        if (block.done === true) {
          await sources[next.file++]?.close();
          continue;
        }
        const messages: RawMessage[] = [];
        next.offset = splitLines(block.value, topic, next.offset, messages);
        if (messages.length > 0) return messages;
      }
    },
  };
}

/** Lines of bytes that come from elsewhere, such as standard input. */
export function linesOf(chunks: AsyncIterable<Uint8Array>, topic: string): LineReader {
  const blocks = blocksOf(chunks);
  const seen = { bytes: 0, offset: 0 };
  return {
    progress: () => ({ read: seen.bytes, total: 0 }),
    close: async () => void await blocks.return(undefined),
    async read() {
      for (;;) {
        const block = await blocks.next();
        if (block.done === true) return undefined;
        seen.bytes += block.value.length;
        const messages: RawMessage[] = [];
        seen.offset = splitLines(block.value, topic, seen.offset, messages);
        if (messages.length > 0) return messages;
      }
    },
  };
}

async function closeAll(sources: readonly ByteSource[]): Promise<void> {
  for (const source of sources) await source.close();
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

const newline = 10;
const carriageReturn = 13;
const byteOrderMark = [0xef, 0xbb, 0xbf] as const;

/**
 * Cuts chunks into blocks of whole lines. A block ends behind a newline; the last one may not. A line that spans many
 * chunks is put together once, so its cost grows with its length only.
 */
export async function* blocksOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  let open: Uint8Array[] = [];
  let first = true;
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(newline) + 1;
    if (end === 0) {
      open.push(chunk);
      continue;
    }
    const block = joined([...open, chunk.subarray(0, end)]);
    open = end < chunk.length ? [chunk.subarray(end)] : [];
    yield first ? withoutMark(block) : block;
    first = false;
  }
  const last = joined(open);
  if (last.length > 0) yield first ? withoutMark(last) : last;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  return new Uint8Array(Buffer.concat(parts));
}

function withoutMark(block: Uint8Array): Uint8Array {
  return byteOrderMark.every((byte, i) => block[i] === byte) ? block.subarray(byteOrderMark.length) : block;
}

/** Adds a block's lines that are not blank to `into`; returns the number of the line that follows the block. */
function splitLines(block: Uint8Array, topic: string, firstOffset: number, into: RawMessage[]): number {
  // Searching a Latin-1 text, whose indexes are those of the bytes, is several times faster than searching the bytes.
  const text = Buffer.from(block.buffer, block.byteOffset, block.byteLength).toString("latin1");
  let offset = firstOffset;
  for (let start = 0; start < text.length; offset++) {
    const found = text.indexOf("\n", start);
    const end = found === -1 ? text.length : found;
    const stop = end > start && text.charCodeAt(end - 1) === carriageReturn ? end - 1 : end;
    if (!isBlank(text, start, stop)) {
      const value = block.subarray(start, stop);
      into.push({ topic, partition: 0, offset, timestamp: undefined, key: null, value });
    }
    start = end + 1;
  }
  return offset;
}

/** True when JSON's white space is all there is; stops at the first other character. */
function isBlank(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code !== 32 && code !== 9 && code !== carriageReturn) return false;
  }
  return true;
}
