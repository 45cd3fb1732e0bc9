/**
 * The seam of planted cases: events, few and with names of their own, that make one rule speak or bring it just not to
 * speak. A case plants itself into a plot; what it is to prove stands in its label.
 */
import type { Millis } from "../../model/time.ts";
import type { Fields } from "../../model/value.ts";
import type { Spell } from "../stream.ts";

export const second: Millis = 1_000;
export const minute: Millis = 60 * second;
export const hour: Millis = 60 * minute;
export const day: Millis = 24 * hour;

/** What must come last comes so long after the rest: labels of rules that judge on arrival hold up to this disorder. */
export const apart: Millis = 2 * second;

/** Where a case plants its events. */
export interface Plot {
  readonly start: Millis;
  /** A word that no other case has, to name its customers and machines by. */
  readonly name: string;
  /** An unremarkable event of a stream, so long after the start, changed in these fields. */
  readonly add: (stream: string, after: Millis, changes: Fields) => void;
  /** The rule speaks at this event time at the latest; without it, at the last event planted. */
  readonly speaksBy: (time: Millis) => void;
  /** Changes ordinary traffic for a while. */
  readonly cast: (spell: Spell, from: Millis, to: Millis) => void;
}

export interface Case {
  /** Full name of the rule: `payments/high-amount`. */
  readonly rule: string;
  readonly fires: boolean;
  readonly by: "alert" | "record";
  /** What is planted, in a few words. */
  readonly says: string;
  /** The first moment at or after `from` at which the case can begin. */
  readonly begin: (from: Millis) => Millis;
  /** Plants the events; returns the key that the rule speaks of, `{}` for a rule without one. */
  readonly plant: (plot: Plot) => Fields;
}

type Plant = Case["plant"];
const atOnce = (from: Millis) => from;

/** A case that makes the rule speak. */
export function fires(rule: string, says: string, plant: Plant, begin: Case["begin"] = atOnce): Case {
  return { rule, fires: true, by: "alert", says, begin, plant };
}

/** A case that comes as close as can be without making the rule speak. */
export function quiet(rule: string, says: string, plant: Plant, begin: Case["begin"] = atOnce): Case {
  return { rule, fires: false, by: "alert", says, begin, plant };
}

/** The same for rules that write records. */
export function records(rule: string, says: string, plant: Plant, begin: Case["begin"] = atOnce): Case {
  return { rule, fires: true, by: "record", says, begin, plant };
}

/** One event is the whole case; a rule without a key. */
export function one(stream: string, changes: Fields): Plant {
  return ({ add }) => {
    add(stream, 0, changes);
    return {};
  };
}

/** So many events, `every` apart, the i-th changed as `changes` says. */
export function series(
  plot: Plot,
  stream: string,
  count: number,
  every: Millis,
  changes: (i: number) => Fields,
  after: Millis = 0,
): void {
  for (let i = 0; i < count; i++) plot.add(stream, after + i * every, changes(i));
}

/** Begins where a window of this size has room for `needed` more: at once, or with the next window. */
export function roomIn(size: Millis, needed: Millis): Case["begin"] {
  return (from) => (endOf(size, from) - from > needed ? from : endOf(size, from));
}

/** Begins with the next window of this size, which is then whole. */
export function nextWindow(size: Millis): Case["begin"] {
  return (from) => Math.ceil(from / size) * size;
}

/** End of the window of this size that holds a time. */
export function endOf(size: Millis, time: Millis): Millis {
  return (Math.floor(time / size) + 1) * size;
}
