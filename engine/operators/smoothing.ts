/**
 * Smoothing of a zscore rule: the mean of the key's values over (t − length, t], from the buckets of a twelfth of the
 * length that start after t − length (semantics.md 25). Buckets are kept for two lengths: an event further behind the
 * newest than one length finds only those of its past that are left.
 */
import type { Millis } from "../model/time.ts";
import type { Value } from "../model/value.ts";
import { distancesOf, fromDistances, packDoubles, unpackDoubles } from "./packed.ts";

/** Buckets that the length is cut into. */
const parts = 12;

interface Smoothing {
  /** Bucket numbers, sums and counts, oldest first. */
  readonly indexes: number[];
  readonly sums: number[];
  readonly counts: number[];
}

export interface Smoother<S = unknown> {
  empty(): S;
  /** Adds a value and returns the mean up to its time; `newest` is the key's newest event time. */
  mean(state: S, value: number, time: Millis, newest: Millis): number;
  save(state: S): Value;
  load(saved: Value | undefined): S;
}

/** Smooths over a length. */
export function smootherOver(length: Millis): Smoother {
  const width = length / parts;
  const smoother: Smoother<Smoothing> = {
    empty: () => ({ indexes: [], sums: [], counts: [] }),
    mean(state, value, time, newest) {
      const edge = newest - 2 * length;
      const index = Math.floor(time / width);
      drop(state, edge, width);
      const { sum, count } = between(state, time - length, time, width);
      if (index * width > edge) add(state, index, value);
      return (sum + value) / (count + 1);
    },
    save: ({ indexes, sums, counts }) => [distancesOf(indexes), counts, packDoubles(sums)],
    load(saved) {
      const [distances, counts, packed] = Array.isArray(saved) ? saved : [];
      return {
        indexes: fromDistances(numbersOf(distances)),
        sums: unpackDoubles(typeof packed === "string" ? packed : ""),
        counts: numbersOf(counts),
      };
    },
  };
  return smoother;
}

function numbersOf(saved: Value | undefined): number[] {
  return Array.isArray(saved) ? saved.map(Number) : [];
}

function add(state: Smoothing, index: number, value: number): void {
  let at = state.indexes.length;
  while (at > 0 && state.indexes[at - 1]! > index) at--;
  if (state.indexes[at - 1] === index) {
    state.sums[at - 1]! += value;
    state.counts[at - 1]!++;
    return;
  }
  state.indexes.splice(at, 0, index);
  state.sums.splice(at, 0, value);
  state.counts.splice(at, 0, 1);
}

/** Drops buckets that no event within one length of the newest can count. */
function drop(state: Smoothing, edge: Millis, width: Millis): void {
  while (state.indexes.length > 0 && state.indexes[0]! * width <= edge) {
    state.indexes.shift();
    state.sums.shift();
    state.counts.shift();
  }
}

/** What the buckets hold that start after `from` and at or before `to`. */
function between(state: Smoothing, from: Millis, to: Millis, width: Millis): { sum: number; count: number } {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < state.indexes.length; i++) {
    const start = state.indexes[i]! * width;
    if (start <= from || start > to) continue;
    sum += state.sums[i]!;
    count += state.counts[i]!;
  }
  return { sum, count };
}
