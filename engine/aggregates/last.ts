/** last: the value at the newest event, by event time. */
import { comparePlaces } from "../model/event.ts";
import { anyType } from "../model/type.ts";
import type { Aggregate, Fold } from "./aggregate.ts";
import { anyKind, comparePlaced, type Placed } from "./state/placed.ts";

const fold: Fold<Placed | null> = {
  empty: () => null,
  add: (state, value, place) => state === null || comparePlaces(place, state.place) > 0 ? { place, value } : state,
  merge: (into, other) => into === null || (other !== null && comparePlaced(other, into) > 0) ? other : into,
  // Values leave oldest first, so when the newest leaves none is left.
  remove: (state, _value, place) => state !== null && comparePlaces(state.place, place) === 0 ? null : state,
  result: (state) => state?.value,
};

export const last: Aggregate = {
  name: "last",
  summary: "Value at the newest event that has one, by event time.",
  parameters: [{ name: "value", accepts: anyKind }],
  type: (argument) => argument ?? anyType,
  total: false,
  fold: () => fold,
  example: { call: "last(payment.method)", values: ["card", "paypal"], result: "paypal" },
  exactness: "Exact; equal event times go by stream, partition and offset.",
};
