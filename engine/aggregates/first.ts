/** first: the value at the oldest event, by event time. */
import { comparePlaces } from "../model/event.ts";
import { anyType } from "../model/type.ts";
import type { Aggregate, Fold } from "./aggregate.ts";
import { OrderedList } from "./state/ordered_list.ts";
import { anyKind, comparePlaced, type Placed } from "./state/placed.ts";

const fold: Fold<Placed | null> = {
  empty: () => null,
  add: (state, value, place) => state === null || comparePlaces(place, state.place) < 0 ? { place, value } : state,
  merge: (into, other) => into === null || (other !== null && comparePlaced(other, into) < 0) ? other : into,
  result: (state) => state?.value,
};

/** Every value of a sliding window is its first one day, so all are kept. */
const slidingFold: Fold<OrderedList<Placed>> = {
  empty: () => new OrderedList<Placed>(comparePlaced),
  add(state, value, place) {
    state.insert({ place, value });
    return state;
  },
  merge(into, other) {
    for (const entry of other) into.insert(entry);
    return into;
  },
  remove(state, value, place) {
    state.remove({ place, value });
    return state;
  },
  result: (state) => state.first()?.value,
};

export const first: Aggregate = {
  name: "first",
  summary: "Value at the oldest event that has one, by event time.",
  parameters: [{ name: "value", accepts: anyKind }],
  type: (argument) => argument ?? anyType,
  total: false,
  fold: () => fold,
  slidingFold: () => slidingFold,
  example: { call: "first(payment.method)", values: ["card", "paypal"], result: "card" },
  exactness: "Exact; equal event times go by stream, partition and offset.",
};
