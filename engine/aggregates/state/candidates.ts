/**
 * Which of very many values may be the most frequent ones, without counting all of them: each occurrence draws a number
 * from its value and place, and the 2,000 values with the least numbers are kept. A value that makes up a share s of n
 * occurrences draws n·s times, so it is missing with a chance of about e^(−2000·s): 0.005 % at a share of 0.5 %. The
 * numbers are fixed by the log, so the order of events changes nothing.
 */
import type { Place } from "../../model/event.ts";
import type { Value } from "../../model/value.ts";
import { hashKey, hashPlace, mix } from "./hash.ts";
import { compareKeys, type ValueKey } from "./value_key.ts";

/** Least number drawn by each value. */
export interface Candidates {
  drawn: Map<ValueKey, number>;
  /** Values that drew more than this cannot be among those kept. */
  limit: number;
}

const kept = 2_000;

/** The number that the occurrence of a value at a place draws. */
export function draw(key: ValueKey, place: Place): number {
  return mix(hashPlace(place), hashKey(key).low);
}

export function emptyCandidates(): Candidates {
  return { drawn: new Map(), limit: Infinity };
}

export function addCandidate(candidates: Candidates, key: ValueKey, number: number): void {
  if (number > candidates.limit) return;
  const known = candidates.drawn.get(key);
  if (known !== undefined && known <= number) return;
  candidates.drawn.set(key, number);
  if (candidates.drawn.size >= 2 * kept) prune(candidates);
}

/** The values that are kept. */
export function keptOf(candidates: Candidates): Iterable<ValueKey> {
  if (candidates.drawn.size > kept) prune(candidates);
  return candidates.drawn.keys();
}

function prune(candidates: Candidates): void {
  const least = [...candidates.drawn].sort((a, b) => a[1] - b[1] || compareKeys(a[0], b[0])).slice(0, kept);
  candidates.drawn = new Map(least);
  candidates.limit = least.at(-1)?.[1] ?? Infinity;
}

export function saveCandidates(candidates: Candidates): Value {
  if (candidates.drawn.size > kept) prune(candidates);
  return [...candidates.drawn].map(([key, number]) => [key, number]);
}
