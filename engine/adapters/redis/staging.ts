/**
 * A checkpoint as the plain elements of a redo list, four to a change, cut into chunks: each is pushed by one command and
 * applied by one run of a script, so its size is what decides for how long Redis is held.
 */
import type { Checkpoint } from "../../runtime/store.ts";
import { sealed } from "../stored_text.ts";

export type Change = readonly [what: string, name: string, field: string, text: string];

export interface ChunkSize {
  readonly changes: number;
  /** In UTF-16 units, roughly bytes. */
  readonly length: number;
  /** Units that are sent before their answers are awaited, so that neither side holds more. */
  readonly group: number;
}

export const usualChunk: ChunkSize = { changes: 200, length: 200_000, group: 1_000_000 };

/** Elements that one command pushes. */
export type Chunk = readonly string[];

export const elementsPerChange = 4;

/** In the order in which they must be applied. */
export function* changesOf({ states, timers, outbox, lanes }: Checkpoint): Generator<Change> {
  for (const { key, part, text } of states) {
    yield text === undefined ? ["delete", key, part, ""] : ["set", key, part, sealed(text)];
  }
  for (const { id, due } of timers) yield due === undefined ? ["disarm", id, "", ""] : ["arm", id, String(due), ""];
  for (const { seq, text, lanes } of outbox) {
    if (lanes.length > 0) yield ["entry", "", String(seq), sealed(text)];
    for (const lane of lanes) yield ["pend", lane, String(seq), ""];
  }
  for (const { lane, seq, state } of lanes) {
    yield state === undefined ? ["settle", lane, String(seq), ""] : ["try", lane, String(seq), sealed(state)];
  }
}

/** A chunk ends when it has enough changes, or before it would be too long; a longer change is a chunk of its own. */
export function* chunksOf(changes: Iterable<Change>, size: ChunkSize): Generator<Chunk> {
  let [chunk, length]: [string[], number] = [[], 0];
  for (const change of changes) {
    const added = change[1].length + change[2].length + change[3].length;
    const isFull = chunk.length >= size.changes * elementsPerChange || length + added > size.length;
    if (isFull && chunk.length > 0) {
      yield chunk;
      [chunk, length] = [[], 0];
    }
    chunk.push(...change);
    length += added;
  }
  if (chunk.length > 0) yield chunk;
}
