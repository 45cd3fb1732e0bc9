/**
 * A checkpoint as the plain elements of a redo list, cut into chunks: each is pushed by one command and applied by one run
 * of a script, so its size is what decides for how long Redis is held. A chunk begins with what it is and its length.
 */
import type { Checkpoint } from "../../runtime/store.ts";
import { sealed } from "../stored_text.ts";

/** Elements of one change, by kind: an empty last one deletes, disarms or settles, since no sealed text is empty. */
type Change =
  | readonly [key: string, part: string, text: string]
  | readonly [id: string, due: string]
  | readonly [seq: string, text: string]
  | readonly [lane: string, seq: string]
  | readonly [lane: string, seq: string, text: string];

type Kind = "state" | "timer" | "entry" | "pend" | "lane";

export interface ChunkSize {
  readonly changes: number;
  /** In UTF-16 units, roughly bytes. */
  readonly length: number;
  /** Units that are sent before their answers are awaited, so that neither side holds more. */
  readonly group: number;
}

export const usualChunk: ChunkSize = { changes: 100, length: 200_000, group: 1_000_000 };

/** Elements that one command pushes. */
export type Chunk = readonly string[];

/** All chunks of a checkpoint, in the order in which they must be applied. */
export function* chunksOf({ states, timers, outbox, lanes }: Checkpoint, size: ChunkSize): Generator<Chunk> {
  const kept = outbox.filter((entry) => entry.lanes.length > 0);
  const text = (value: string | undefined) => value === undefined ? "" : sealed(value);
  yield* cut("state", states.map((change) => [change.key, change.part, text(change.text)]), size);
  yield* cut("timer", timers.map(({ id, due }) => [id, due === undefined ? "" : String(due)]), size);
  yield* cut("entry", kept.map((entry) => [String(entry.seq), sealed(entry.text)]), size);
  yield* cut("pend", kept.flatMap((entry) => entry.lanes.map((lane) => [lane, String(entry.seq)] as const)), size);
  yield* cut("lane", lanes.map(({ lane, seq, state }) => [lane, String(seq), text(state)]), size);
}

/** A chunk ends when it has enough changes, or before it would be too long; a longer change is a chunk of its own. */
function* cut(kind: Kind, changes: readonly Change[], size: ChunkSize): Generator<Chunk> {
  let [elements, count, length]: [string[], number, number] = [[], 0, 0];
  const chunk = () => [kind, String(elements.length), ...elements];
  for (const change of changes) {
    const added = change.reduce((sum, element) => sum + element.length, 0);
    if (count > 0 && (count >= size.changes || length + added > size.length)) {
      yield chunk();
      [elements, count, length] = [[], 0, 0];
    }
    elements.push(...change);
    count++;
    length += added;
  }
  if (count > 0) yield chunk();
}
