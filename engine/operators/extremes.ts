/**
 * Extremes of a zscore rule: how far a raw value lies beyond everything in the baseline window, as a share of its range.
 * excess = max(v − max, min − v) / (max − min), once the window has its samples and max > min.
 */
import type { Millis } from "../model/time.ts";
import type { Monoid } from "./bucket_stack.ts";
import {
  emptyLookback,
  loadLookback,
  type Lookback,
  pastAt,
  saveLookback,
  type Span,
  teachTargets,
} from "./lookback.ts";

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

function rangeOf(text: string): Range {
  const [count, min, max]: [number, number, number] = JSON.parse(text);
  return { count, min, max };
}

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
    save: (state, all, write) => saveLookback(state, all, write, ({ count, min, max }) => [count, min, max]),
    load: (parts) => loadLookback(ranges, parts, rangeOf),
  };
  return extremes;
}
