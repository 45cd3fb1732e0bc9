/** previous: the value at the newest event other than the one being judged. */
import { comparePlaces } from "../model/event.ts";
import { anyType } from "../model/type.ts";
import type { Aggregate, Fold } from "./aggregate.ts";
import { anyKind, comparePlaced, type Placed } from "./state/placed.ts";

/** The two newest values, newest first: one of them is not the deciding event's. */
type State = readonly Placed[];

const insert = (state: State, entry: Placed): State => {
  const [newest, second] = state;
  if (newest === undefined || comparePlaced(entry, newest) > 0) {
    return newest === undefined ? [entry] : [entry, newest];
  }
  return second === undefined || comparePlaced(entry, second) > 0 ? [newest, entry] : state;
};

const fold: Fold<State> = {
  empty: () => [],
  add: (state, value, place) => insert(state, { place, value }),
  merge: (into, other) => other.reduce(insert, into),
  // Values leave oldest first, so whatever is older than these two has left before them.
  remove: (state, _value, place) =>
    state.some((entry) => comparePlaces(entry.place, place) === 0)
      ? state.filter((entry) => comparePlaces(entry.place, place) !== 0)
      : state,
  result(state, deciding) {
    const [newest, second] = state;
    if (newest === undefined) return undefined;
    const decides = deciding === undefined || comparePlaces(newest.place, deciding) === 0;
    return decides ? second?.value : newest.value;
  },
};

export const previous: Aggregate = {
  name: "previous",
  summary: "Value at the newest event other than the one being judged, by event time.",
  parameters: [{ name: "value", accepts: anyKind }],
  type: (argument) => argument ?? anyType,
  total: false,
  fold: () => fold,
  example: { call: "previous(payment.billing_country)", values: ["FR", "DE", "IT"], result: "DE" },
  exactness: "Exact; equal event times go by stream, partition and offset.",
};
