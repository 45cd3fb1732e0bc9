/** avg: the mean, as sum / count. */
import { numberType } from "../model/type.ts";
import type { Aggregate, Fold } from "./aggregate.ts";
import { addExact, emptySum, type ExactSum, mergeExact, roundExact } from "./exact_sum.ts";

interface State {
  readonly sum: ExactSum;
  count: number;
}

const fold: Fold<State> = {
  empty: () => ({ sum: emptySum(), count: 0 }),
  add(state, value) {
    if (typeof value !== "number") return state;
    addExact(state.sum, value);
    state.count++;
    return state;
  },
  merge(into, other) {
    mergeExact(into.sum, other.sum);
    into.count += other.count;
    return into;
  },
  remove(state, value) {
    if (typeof value !== "number") return state;
    addExact(state.sum, -value);
    state.count--;
    return state;
  },
  result(state) {
    const sum = state.count === 0 ? undefined : roundExact(state.sum);
    return sum === undefined ? undefined : sum / state.count;
  },
};

export const avg: Aggregate = {
  name: "avg",
  verb: "average",
  summary: "Mean of the values: sum / count.",
  parameters: [{ name: "value", accepts: ["number"] }],
  type: () => numberType,
  total: false,
  fold: () => fold,
  example: { call: "avg(payment.amount)", values: [10, 20, 60], result: 30 },
  exactness: "The nearest double of the exact sum, divided by the count.",
};
