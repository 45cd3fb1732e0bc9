/** count: how many events, or how many that meet a condition. */
import { numberType } from "../model/type.ts";
import type { Aggregate, Fold } from "./aggregate.ts";

const fold: Fold<number> = {
  empty: () => 0,
  add: (state, value) => value === true ? state + 1 : state,
  merge: (into, other) => into + other,
  remove: (state, value) => value === true ? state - 1 : state,
  result: (state) => state,
};

export const count: Aggregate = {
  name: "count",
  verb: "count",
  summary: "Number of events; with a condition, of those for which it is true.",
  parameters: [{ name: "condition", accepts: ["boolean"], optional: true }],
  type: () => numberType,
  total: true,
  fold: () => fold,
  example: { call: 'count(payment.status == "failed")', values: [true, false, true], result: 2 },
  exactness: "Exact.",
};
