/** rate: the share of all events that meet a condition. */
import { numberType } from "../model/type.ts";
import type { Aggregate, Fold } from "./aggregate.ts";

interface State {
  matching: number;
  all: number;
}

const fold: Fold<State> = {
  empty: () => ({ matching: 0, all: 0 }),
  add(state, value) {
    if (value === true) state.matching++;
    state.all++;
    return state;
  },
  merge(into, other) {
    into.matching += other.matching;
    into.all += other.all;
    return into;
  },
  remove(state, value) {
    if (value === true) state.matching--;
    state.all--;
    return state;
  },
  result: (state) => state.all === 0 ? undefined : state.matching / state.all,
};

export const rate: Aggregate = {
  name: "rate",
  summary: "Events that meet a condition / all events, those for which the condition has no value included.",
  parameters: [{ name: "condition", accepts: ["boolean"] }],
  type: () => numberType,
  total: false,
  countsMissing: true,
  fold: () => fold,
  example: { call: 'rate(payment.status == "failed")', values: [true, false, null, false], result: 0.25 },
  exactness: "Exact counts, divided once.",
};
