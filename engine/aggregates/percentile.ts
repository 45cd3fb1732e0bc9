/** percentile: the nearest rank, exact for few values and to 1 % for many. */
import { numberType } from "../model/type.ts";
import { isFields, type Value } from "../model/value.ts";
import type { Aggregate, Fold } from "./aggregate.ts";
import {
  addToBuckets,
  loadBuckets,
  type LogBuckets,
  mergeBuckets,
  saveBuckets,
  valueAtRank,
} from "./state/log_buckets.ts";
import { OrderedList } from "./state/ordered_list.ts";

/** More values than these are counted in buckets. */
const exactMax = 1_024;

/** The values in order, or once there were too many of them their buckets. */
interface State {
  values: number[];
  buckets: LogBuckets | null;
  count: number;
}

/** The rank from 1 of a percentile of `count` values: ⌈p / 100 · n⌉, where rounding must not lift a whole number. */
function rankOf(percent: number, count: number): number {
  const rank = percent * count / 100;
  const near = Math.round(rank);
  return Math.max(1, Math.abs(rank - near) < 1e-13 * count ? near : Math.ceil(rank));
}

function add(state: State, value: number): void {
  state.count++;
  if (state.buckets !== null) return addToBuckets(state.buckets, value);
  const { values } = state;
  values.splice(positionOf(values, value), 0, value);
  if (values.length > exactMax) toBuckets(state);
}

/** Position behind every value that is not greater. */
function positionOf(values: readonly number[], value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const at = (low + high) >>> 1;
    if (values[at]! <= value) low = at + 1;
    else high = at;
  }
  return low;
}

function toBuckets(state: State): LogBuckets {
  const buckets = state.buckets ?? [];
  for (const value of state.values) addToBuckets(buckets, value);
  state.values = [];
  state.buckets = buckets;
  return buckets;
}

function foldOf(percent: number): Fold<State> {
  return {
    empty: () => ({ values: [], buckets: null, count: 0 }),
    add(state, value) {
      if (typeof value === "number") add(state, value);
      return state;
    },
    merge(into, other) {
      if (other.buckets !== null) {
        mergeBuckets(toBuckets(into), other.buckets);
        into.count += other.count;
      }
      for (const value of other.values) add(into, value);
      return into;
    },
    result({ values, buckets, count }) {
      const rank = rankOf(percent, count);
      return buckets === null ? values[rank - 1] : valueAtRank(buckets, rank);
    },
    approximate: (state) => state.buckets !== null,
    save: ({ values, buckets }) => buckets === null ? { values } : { buckets: saveBuckets(buckets) },
    load,
  };
}

function load(saved: Value): State {
  const known = isFields(saved) ? saved : {};
  if (known.buckets === undefined) {
    const values = Array.isArray(known.values) ? known.values.map(Number) : [];
    return { values, buckets: null, count: values.length };
  }
  const buckets = loadBuckets(known.buckets);
  return { values: [], buckets, count: buckets.reduce((sum, bucket) => sum + bucket.count, 0) };
}

/** The window holds its values anyway, so here the rank is exact, however many there are. */
function slidingFoldOf(percent: number): Fold<OrderedList<number>> {
  return {
    empty: () => new OrderedList<number>((a, b) => a - b),
    add(state, value) {
      if (typeof value === "number") state.insert(value);
      return state;
    },
    merge(into, other) {
      for (const value of other) into.insert(value);
      return into;
    },
    remove(state, value) {
      if (typeof value === "number") state.remove(value);
      return state;
    },
    result: (state) => state.at(rankOf(percent, state.size) - 1),
  };
}

export const percentile: Aggregate = {
  name: "percentile",
  summary: "Value at the nearest rank ⌈p / 100 · n⌉ of the values in order.",
  parameters: [
    { name: "value", accepts: ["number"] },
    { name: "p", accepts: ["number"], constant: true },
  ],
  type: () => numberType,
  total: false,
  check([percent]) {
    if (typeof percent === "number" && percent >= 1 && percent <= 100) return undefined;
    if (typeof percent === "number" && percent > 0 && percent < 1) {
      return { wrong: `percentiles go up to 100, and ${percent} is below the first`, help: `write ${percent * 100}` };
    }
    return { wrong: `${String(percent)} is no percentile`, help: "write a number from 1 to 100" };
  },
  fold: ([percent]) => foldOf(Number(percent)),
  slidingFold: ([percent]) => slidingFoldOf(Number(percent)),
  example: { call: "percentile(request.latency_ms, 95)", values: [12, 80, 15, 11, 14], result: 80 },
  exactness: "Exact up to 1,024 values, then within 1 % of the value at the rank, named under `approximate`. " +
    "A sliding window without `resolution` stays exact.",
};
