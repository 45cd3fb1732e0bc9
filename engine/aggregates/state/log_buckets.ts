/**
 * Counts of values in buckets that grow with the value by a constant factor, so that a bucket knows each of its values to
 * 1 % (Masson, Rim, Lee, "DDSketch", 2019, without its collapsing of buckets). A bucket also keeps the least and the
 * greatest of its values: one that holds a single value gives it exactly.
 */
import type { Value } from "../../model/value.ts";

/** Relative error of a value read from a bucket. */
export const relativeError = 0.01;

const gamma = (1 + relativeError) / (1 - relativeError);
const logGamma = Math.log(gamma);
/** Lies beyond the numbers of all buckets of doubles, so that signs keep positive and negative values apart. */
const shift = 40_000;

interface Bucket {
  /** Ascending with the values: 0 holds zero, negative numbers negative values. */
  readonly number: number;
  count: number;
  least: number;
  greatest: number;
}

/** By number; a few hundred for values over several powers of ten. */
export type LogBuckets = Bucket[];

/** Adds a finite value. */
export function addToBuckets(buckets: LogBuckets, value: number): void {
  addBucket(buckets, { number: numberOf(value), count: 1, least: value, greatest: value });
}

export function mergeBuckets(into: LogBuckets, other: LogBuckets): void {
  for (const bucket of other) addBucket(into, bucket);
}

/** The value at a rank from 1, to the relative error. */
export function valueAtRank(buckets: LogBuckets, rank: number): number | undefined {
  let left = rank;
  for (const bucket of buckets) {
    left -= bucket.count;
    if (left <= 0) return middle(bucket);
  }
  return undefined;
}

function addBucket(buckets: LogBuckets, added: Bucket): void {
  const at = positionOf(buckets, added.number);
  const known = buckets[at];
  if (known === undefined || known.number !== added.number) {
    buckets.splice(at, 0, { ...added });
    return;
  }
  known.count += added.count;
  if (added.least < known.least) known.least = added.least;
  if (added.greatest > known.greatest) known.greatest = added.greatest;
}

/** Position of the first bucket whose number is not below the one given. */
function positionOf(buckets: LogBuckets, number: number): number {
  let low = 0;
  let high = buckets.length;
  while (low < high) {
    const at = (low + high) >>> 1;
    if (buckets[at]!.number < number) low = at + 1;
    else high = at;
  }
  return low;
}

function numberOf(value: number): number {
  if (value === 0) return 0;
  const number = Math.ceil(Math.log(Math.abs(value)) / logGamma) + shift;
  return value > 0 ? number : -number;
}

/** The harmonic mean of the ends: its relative distance to both is the same, (greatest − least) / (greatest + least). */
function middle({ least, greatest }: Bucket): number {
  if (least === greatest) return least;
  const [near, far] = least > 0 ? [least, greatest] : [greatest, least];
  return near / ((1 + near / far) / 2);
}

export function saveBuckets(buckets: LogBuckets): Value {
  return buckets.map(({ number, count, least, greatest }) => [number, count, least, greatest]);
}

export function loadBuckets(saved: Value | undefined): LogBuckets {
  if (!Array.isArray(saved)) return [];
  return saved.map((bucket: Value) => {
    const [number, count, least, greatest] = Array.isArray(bucket) ? bucket.map(Number) : [];
    return { number: number ?? 0, count: count ?? 0, least: least ?? 0, greatest: greatest ?? 0 };
  });
}
