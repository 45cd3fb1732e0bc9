/** stddev: the sample standard deviation. */
import { numberType } from "../model/type.ts";
import type { Aggregate, Fold } from "./aggregate.ts";
import { addMoments, emptyMoments, mergeMoments, type Moments, sampleDeviation } from "./state/exact_moments.ts";

const fold: Fold<Moments> = {
  empty: emptyMoments,
  add(state, value) {
    if (typeof value === "number") addMoments(state, value, 1);
    return state;
  },
  merge(into, other) {
    mergeMoments(into, other);
    return into;
  },
  remove(state, value) {
    if (typeof value === "number") addMoments(state, value, -1);
    return state;
  },
  result: sampleDeviation,
};

export const stddev: Aggregate = {
  name: "stddev",
  summary: "Sample standard deviation (n − 1); no value of fewer than two values.",
  parameters: [{ name: "value", accepts: ["number"] }],
  type: () => numberType,
  total: false,
  fold: () => fold,
  example: { call: "stddev(payment.amount)", values: [2, 4, 4, 4, 5, 5, 7, 9], result: 2.1380899353 },
  exactness: "From exact sums, rounded to 12 significant digits.",
};
