/**
 * Estimated counts of any number of values in 5 rows of 2,048 counters (Charikar, Chen, Farach-Colton, "Finding frequent
 * items in data streams", 2002). Each value adds or subtracts its count in one counter of a row, and the median of what
 * the rows say is off by about √(Σ count² / 2,048). Sums only: the order of events changes nothing.
 */
import type { Value } from "../../model/value.ts";
import { hashKey, mix } from "./hash.ts";
import type { ValueKey } from "./value_key.ts";

export type Counters = Float64Array;

const rows = 5;
const width = 2_048;

export function emptyCounters(): Counters {
  return new Float64Array(rows * width);
}

export function addToCounters(counters: Counters, key: ValueKey, count: number): void {
  const { high, low } = hashKey(key);
  for (let row = 0; row < rows; row++) {
    const mixed = mix(high + row, low);
    const at = row * width + mixed % width;
    counters[at] = counters[at]! + (mixed >= signBit ? count : -count);
  }
}

/** The highest bit of a hash says whether a value adds or subtracts; the lowest say where. */
const signBit = 2 ** 31;

export function mergeCounters(into: Counters, other: Counters): void {
  for (let i = 0; i < into.length; i++) into[i] = into[i]! + other[i]!;
}

const estimates = new Float64Array(rows);

/** The estimated count of a value, at least 1. */
export function estimateCount(counters: Counters, key: ValueKey): number {
  const { high, low } = hashKey(key);
  for (let row = 0; row < rows; row++) {
    const mixed = mix(high + row, low);
    const counter = counters[row * width + mixed % width]!;
    estimates[row] = mixed >= signBit ? counter : -counter;
  }
  return Math.max(1, estimates.sort()[rows >> 1]!);
}

export function saveCounters(counters: Counters): Value {
  return [...counters];
}

export function loadCounters(saved: Value | undefined): Counters {
  return Array.isArray(saved) ? Float64Array.from(saved, Number) : emptyCounters();
}
