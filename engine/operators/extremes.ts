/**
 * Extremes of a zscore rule: how far a raw value lies beyond everything in the baseline window, as a share of its range.
 * excess = max(v − max, min − v) / (max − min), once the window has its samples and max > min.
 */
import type { Millis } from "../model/time.ts";
import type { Monoid } from "./bucket_stack.ts";
import { emptyLookback, type Lookback, pastAt, type Span, teachTargets } from "./lookback.ts";
import { type BucketsCodec, loadWhole, saveWhole } from "./lookback_whole.ts";
import { distancesOf, fromDistances } from "./packed.ts";

/** Smallest and greatest of `count` values; both 0 when there is none. */
interface Range {
  count: number;
  min: number;
  max: number;
}

export interface Extremes<S = unknown> {
  empty(): S;
  /** The excess of a value at a time; undefined while the window has no range. */
  excess(state: S, value: number, time: Millis): number | undefined;
  teach(state: S, value: number, time: Millis, newest: Millis): void;
  save(state: S, all: boolean, write: (part: string, text: string | undefined) => void): void;
  load(parts: readonly (readonly [string, string])[]): S;
}

const ranges: Monoid<Range> = {
  empty: () => ({ count: 0, min: 0, max: 0 }),
  merge(into, other) {
    if (other.count === 0) return;
    into.min = into.count === 0 ? other.min : Math.min(into.min, other.min);
    into.max = into.count === 0 ? other.max : Math.max(into.max, other.max);
    into.count += other.count;
  },
};

/** Distances of the indexes, counts, least and greatest values: a list each. */
const rangesCodec: BucketsCodec<Range> = {
  write(buckets) {
    const values = buckets.map(({ value }) => value);
    const lists = [distancesOf(buckets.map(({ index }) => index)), values.map(({ count }) => count)];
    return JSON.stringify([...lists, values.map(({ min }) => min), values.map(({ max }) => max)]);
  },
  read(text) {
    const [distances = [], counts = [], mins = [], maxs = []]: number[][] = JSON.parse(text);
    return fromDistances(distances).map((index, i) => {
      return { index, value: { count: counts[i] ?? 0, min: mins[i] ?? 0, max: maxs[i] ?? 0 } };
    });
  },
};

/** Extremes over a window of buckets. */
export function extremesOver(span: Span & { readonly minSamples: number }): Extremes {
  const extremes: Extremes<Lookback<Range>> = {
    empty: () => emptyLookback(ranges),
    excess(state, value, time) {
      const { count, min, max } = pastAt(ranges, state, time, span);
      if (count < span.minSamples || max <= min) return undefined;
      return Math.max(value - max, min - value) / (max - min);
    },
    teach(state, value, time, newest) {
      const one = { count: 1, min: value, max: value };
      for (const range of teachTargets(ranges, state, time, newest, span)) ranges.merge(range, one);
    },
    save: (state, all, write) => saveWhole(state, all, write, rangesCodec),
    load: (parts) => loadWhole(ranges, parts, rangesCodec),
  };
  return extremes;
}
