/**
 * Median and MAD × 1.4826 of the values in the baseline window, per slot. A bucket keeps its values in cells (cells.ts):
 * exact up to 64 different values a bucket, then to half a cell, less than 1 / 63 of the range of the bucket's values. All
 * buckets of the window are counted together in order, so that a median costs the same whatever the window holds.
 */
import { type Baseline, type BaselineOptions, pastOf } from "./baseline.ts";
import { partsOfSlot } from "./baseline_standard.ts";
import { addToCells, type Cells, eachCell, emptyCells, shownAs, wouldCoarsen } from "./cells.ts";
import { CountedValues } from "./counted_values.ts";
import { firstOf, retiredOf } from "./lookback.ts";

/** Makes the median absolute deviation of normal values their standard deviation. */
const scaleOfMad = 1.4826;

interface Bucket {
  readonly index: number;
  readonly cells: Cells;
  changed: boolean;
  /** It was written once: when it goes, its part must go too. */
  saved: boolean;
}

/** The past of one slot. */
interface Past {
  /** Oldest first, those that left the window of the newest event included for a while. */
  readonly buckets: Bucket[];
  /** Buckets from this index on are in `counted`. */
  from: number;
  readonly counted: CountedValues;
  gone: number[];
}

/** A baseline of median and median absolute deviation. */
export function robustBaseline(options: BaselineOptions): Baseline {
  const { slots, slotOf, minSamples, minSpread } = options;
  const kept = retiredOf(options);
  const baseline: Baseline<Past[]> = {
    empty: () => Array.from({ length: slots }, () => pastFrom([])),
    past(state, time) {
      const past = state[slotOf(time)];
      if (past === undefined) return undefined;
      return looking(past, firstOf(time, options), kept, ({ size }) => {
        if (size < minSamples) return undefined;
        const median = past.counted.median();
        return pastOf(median, scaleOfMad * past.counted.medianDistance(median), minSpread);
      });
    },
    teach(state, value, time, newest) {
      const past = state[slotOf(time)];
      const index = Math.floor(time / options.resolution);
      if (past === undefined) return;
      advance(past, firstOf(newest, options), kept);
      const bucket = bucketAt(past, index, kept);
      if (bucket !== undefined) add(past, bucket, value);
    },
    save(state, all, write) {
      for (const [slot, past] of state.entries()) savePast(past, all, (part, text) => write(`${slot}/${part}`, text));
    },
    load: (parts) =>
      Array.from({ length: slots }, (_, slot) =>
        pastFrom(
          partsOfSlot(parts, slot).map(([part, text]) => ({
            index: Number(part),
            cells: JSON.parse(text),
            changed: false,
            saved: true,
          })),
        )),
  };
  return baseline;
}

/** A past of buckets, all of them counted: the next event sorts out which lie before its window. */
function pastFrom(buckets: readonly Bucket[]): Past {
  const counted = new CountedValues();
  for (const { cells } of buckets) eachCell(cells, (value, count) => counted.add(value, count));
  return { buckets: buckets.toSorted((a, b) => a.index - b.index), from: -Infinity, counted, gone: [] };
}

/** Takes buckets before an index out of the count, and forgets those long gone. */
function advance(past: Past, first: number, kept: number): void {
  if (first <= past.from) return;
  for (const { index, cells } of past.buckets) {
    if (index >= first) break;
    if (index >= past.from) eachCell(cells, (value, count) => past.counted.add(value, -count));
  }
  past.from = first;
  while (past.buckets.length > 0 && past.buckets[0]!.index < first - kept) {
    const oldest = past.buckets.shift();
    if (oldest?.saved === true) past.gone.push(oldest.index);
  }
}

/** Answers from the buckets from an index on: those that the window left behind count for as long as that takes. */
function looking<T>(past: Past, first: number, kept: number, answer: (counted: CountedValues) => T): T {
  advance(past, first, kept);
  const { counted } = past;
  const older = past.buckets.filter(({ index }) => index >= first && index < past.from);
  for (const { cells } of older) eachCell(cells, (value, count) => counted.add(value, count));
  const found = answer(counted);
  for (const { cells } of older) eachCell(cells, (value, count) => counted.add(value, -count));
  return found;
}

/** The bucket of an index, made when there is none; undefined when it has been left behind and forgotten. */
function bucketAt(past: Past, index: number, kept: number): Bucket | undefined {
  const { buckets } = past;
  let at = buckets.length;
  while (at > 0 && buckets[at - 1]!.index > index) at--;
  const known = buckets[at - 1];
  if (known?.index === index) return known;
  if (index < past.from - kept) return undefined;
  const bucket = { index, cells: emptyCells(), changed: true, saved: false };
  buckets.splice(at, 0, bucket);
  return bucket;
}

/** Adds a value to a bucket, and to the count when the bucket is in it. */
function add(past: Past, bucket: Bucket, value: number): void {
  const { cells, index } = bucket;
  const { counted, from } = past;
  bucket.changed = true;
  if (index < from) return addToCells(cells, value);
  if (!wouldCoarsen(cells, value)) {
    addToCells(cells, value);
    return counted.add(shownAs(cells, value), 1);
  }
  eachCell(cells, (shown, count) => counted.add(shown, -count));
  addToCells(cells, value);
  eachCell(cells, (shown, count) => counted.add(shown, count));
}

/** Writes the buckets that changed, and undefined for those that are gone. */
function savePast(past: Past, all: boolean, write: (part: string, text: string | undefined) => void): void {
  for (const index of past.gone) write(String(index), undefined);
  for (const bucket of past.buckets) {
    if (!all && !bucket.changed) continue;
    write(String(bucket.index), JSON.stringify(bucket.cells));
    bucket.changed = false;
    bucket.saved = true;
  }
  past.gone = [];
}
