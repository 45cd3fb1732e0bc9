/**
 * The least or greatest value. Over fixed windows it is one number; a sliding window keeps, in order of time, the values
 * that can still become the extreme: one that is followed by a more extreme value never will, because it leaves first.
 */
import type { Fold } from "../aggregate.ts";
import { OrderedList } from "./ordered_list.ts";
import { comparePlaced, type Placed } from "./placed.ts";

/** 1 keeps the greatest, -1 the least. */
export type Direction = 1 | -1;

export function extremeFold(direction: Direction): Fold<number | null> {
  const worse = (kept: number | null, value: number) => kept === null || (value - kept) * direction > 0;
  return {
    empty: () => null,
    add: (state, value) => typeof value === "number" && worse(state, value) ? value : state,
    merge: (into, other) => other !== null && worse(into, other) ? other : into,
    result: (state) => state ?? undefined,
  };
}

type Candidates = OrderedList<Placed<number>>;

export function slidingExtremeFold(direction: Direction): Fold<Candidates> {
  const add = (state: Candidates, entry: Placed<number>) => {
    const next = state.after(entry);
    if (next !== undefined && (next.value - entry.value) * direction >= 0) return state;
    for (
      let before = state.upTo(entry);
      before !== undefined && (entry.value - before.value) * direction >= 0;
      before = state.upTo(entry)
    ) state.remove(before);
    state.insert(entry);
    return state;
  };
  const empty = () => new OrderedList<Placed<number>>(comparePlaced);
  return {
    empty,
    add: (state, value, place) => typeof value === "number" ? add(state, { place, value }) : state,
    merge(into, other) {
      for (const entry of other) add(into, entry);
      return into;
    },
    remove(state, value, place) {
      state.remove({ place, value: Number(value) });
      return state;
    },
    result: (state) => state.first()?.value,
  };
}
