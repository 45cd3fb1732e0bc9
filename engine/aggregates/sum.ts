/** sum: the double nearest to the exact sum, whatever the order of the events. */
import { numberType } from "../model/type.ts";
import type { Aggregate, Fold } from "./aggregate.ts";
import { addExact, emptySum, type ExactSum, mergeExact, roundExact } from "./exact_sum.ts";

const fold: Fold<ExactSum> = {
  empty: emptySum,
  add(state, value) {
    if (typeof value === "number") addExact(state, value);
    return state;
  },
  merge(into, other) {
    mergeExact(into, other);
    return into;
  },
  remove(state, value) {
    if (typeof value === "number") addExact(state, -value);
    return state;
  },
  result: roundExact,
};

export const sum: Aggregate = {
  name: "sum",
  verb: "sum",
  summary: "Sum of the values; 0 of none.",
  parameters: [{ name: "value", accepts: ["number"] }],
  type: () => numberType,
  total: true,
  fold: () => fold,
  example: { call: "sum(payment.amount)", values: [0.1, 0.2, 0.3], result: 0.6 },
  exactness: "The double nearest to the exact sum. No value when the sum is beyond the range of a double.",
};
