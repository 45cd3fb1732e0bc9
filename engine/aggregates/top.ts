/** top: the most frequent values and how often each occurred. */
import type { Place } from "../model/event.ts";
import { anyType, numberType, type Type } from "../model/type.ts";
import { isFields, type Value } from "../model/value.ts";
import type { Aggregate, Fold, RunningTotal } from "./aggregate.ts";
import { addCandidate, type Candidates, draw, emptyCandidates, keptOf, saveCandidates } from "./state/candidates.ts";
import {
  addToCounters,
  type Counters,
  emptyCounters,
  estimateCount,
  loadCounters,
  mergeCounters,
  saveCounters,
} from "./state/count_sketch.ts";
import { anyKind } from "./state/placed.ts";
import { Ranking, selectTop } from "./state/ranking.ts";
import { keyOf, loadKeys, type ValueKey, valueOf } from "./state/value_key.ts";

/** More different values than these are estimated. */
const exactMax = 10_000;

/** Counts of all values, or once there were too many of them a sketch, with no way back. */
interface State {
  ranking: Ranking;
  sketch: Sketch | null;
}

interface Sketch {
  readonly counters: Counters;
  readonly candidates: Candidates;
}

function addKey(state: State, key: ValueKey, count: number, drawn: number): void {
  if (state.sketch !== null) return addToSketch(state.sketch, key, count, drawn);
  state.ranking.add(key, count, drawn);
  if (state.ranking.size > exactMax) toSketch(state);
}

function addToSketch({ counters, candidates }: Sketch, key: ValueKey, count: number, drawn: number): void {
  addToCounters(counters, key, count);
  addCandidate(candidates, key, drawn);
}

function toSketch(state: State): Sketch {
  const sketch = state.sketch ?? { counters: emptyCounters(), candidates: emptyCandidates() };
  for (const { key, count, priority } of state.ranking) addToSketch(sketch, key, count, priority);
  state.ranking = new Ranking();
  state.sketch = sketch;
  return sketch;
}

/** A list counts each of its elements. */
function eachKey(value: Value, take: (key: ValueKey) => void): void {
  if (!Array.isArray(value)) return take(keyOf(value));
  for (const element of value) if (element !== null) take(keyOf(element));
}

function show(best: readonly { readonly key: ValueKey; readonly count: number }[]): Value | undefined {
  return best.length === 0 ? undefined : best.map(({ key, count }) => ({ value: valueOf(key), count }));
}

/** How often each value is in all buckets together. */
class TopTotal implements RunningTotal<State> {
  private readonly ranking = new Ranking();
  /** Buckets that have a sketch instead of their counts. */
  private estimated = 0;

  constructor(private readonly n: number) {}

  enter({ ranking, sketch }: State): void {
    if (sketch !== null) this.estimated++;
    for (const { key, count } of ranking) this.ranking.add(key, count, 0);
  }

  grow(bucket: State, value: Value): void {
    if (bucket.sketch !== null) return;
    const keys: ValueKey[] = [];
    eachKey(value, (key) => keys.push(key));
    const fresh = new Set(keys.filter((key) => !bucket.ranking.has(key)));
    if (bucket.ranking.size + fresh.size <= exactMax) {
      for (const key of keys) this.ranking.add(key, 1, 0);
    } else {
      // The bucket is about to forget its counts.
      this.leave(bucket);
      this.estimated++;
    }
  }

  leave({ ranking, sketch }: State): void {
    if (sketch !== null) this.estimated--;
    for (const { key, count } of ranking) this.ranking.add(key, -count, 0);
    this.ranking.tidy();
  }

  result(): { readonly value: Value | undefined } | undefined {
    if (this.estimated > 0 || this.ranking.present > exactMax) return undefined;
    return { value: show(this.ranking.top(this.n)) };
  }
}

function foldOf(n: number): Fold<State> {
  return {
    empty: () => ({ ranking: new Ranking(), sketch: null }),
    add(state, value, place: Place) {
      eachKey(value, (key) => addKey(state, key, 1, draw(key, place)));
      return state;
    },
    merge(into, other) {
      if (other.sketch !== null) {
        const { counters, candidates } = toSketch(into);
        mergeCounters(counters, other.sketch.counters);
        for (const [key, drawn] of other.sketch.candidates.drawn) addCandidate(candidates, key, drawn);
      }
      for (const { key, count, priority } of other.ranking) addKey(into, key, count, priority);
      return into;
    },
    result({ ranking, sketch }) {
      if (sketch === null) return show(ranking.top(n));
      const { counters, candidates } = sketch;
      const counted = Array.from(keptOf(candidates), (key) => ({ key, count: estimateCount(counters, key) }));
      return show(selectTop(counted, n));
    },
    approximate: (state) => state.sketch !== null,
    follow: () => new TopTotal(n),
    save: ({ ranking, sketch }) =>
      sketch === null
        ? { tallies: Array.from(ranking, ({ key, count, priority }) => [key, count, priority]) }
        : { counters: saveCounters(sketch.counters), candidates: saveCandidates(sketch.candidates) },
    load,
  };
}

function load(saved: Value): State {
  const { tallies, counters, candidates } = isFields(saved) ? saved : {};
  const state: State = { ranking: new Ranking(), sketch: null };
  if (Array.isArray(tallies)) {
    for (const [key, count, priority] of tallies.map(readKeyed)) state.ranking.add(key, count, priority);
  }
  if (counters === undefined) return state;
  state.sketch = { counters: loadCounters(counters), candidates: emptyCandidates() };
  if (Array.isArray(candidates)) {
    for (const [key, drawn] of candidates.map(readKeyed)) addCandidate(state.sketch.candidates, key, drawn);
  }
  return state;
}

/** A key and the numbers saved with it. */
function readKeyed(saved: Value): readonly [ValueKey, number, number] {
  const [key, first, second] = Array.isArray(saved) ? saved : [];
  return [loadKeys([key ?? ""])[0] ?? "", Number(first), Number(second)];
}

/** The window holds its values anyway, so here they are counted exactly, however many there are. */
function slidingFoldOf(n: number): Fold<Ranking> {
  return {
    empty: () => new Ranking(),
    add(state, value) {
      eachKey(value, (key) => state.add(key, 1, 0));
      return state;
    },
    merge(into, other) {
      for (const { key, count } of other) into.add(key, count, 0);
      return into;
    },
    remove(state, value) {
      eachKey(value, (key) => state.add(key, -1, 0));
      return state;
    },
    result: (state) => show(state.top(n)),
  };
}

/** A list of what the argument, or the elements of a list, hold, each with its count. */
function typeOf(argument: Type | undefined): Type {
  const value = argument?.kind === "list" ? argument.of : argument ?? anyType;
  const field = (type: Type, description: string) => ({ type, optional: false, description });
  return {
    kind: "list",
    of: {
      kind: "object",
      fields: { value: field(value, "The value."), count: field(numberType, "How often it occurred.") },
    },
  };
}

export const top: Aggregate = {
  name: "top",
  summary: "The n most frequent values with their counts, by count downwards, then value upwards.",
  parameters: [
    { name: "value", accepts: anyKind },
    { name: "n", accepts: ["number"], constant: true },
  ],
  type: typeOf,
  total: false,
  check([n]) {
    if (typeof n === "number" && Number.isInteger(n) && n >= 1 && n <= 1_000) return undefined;
    return { wrong: `${String(n)} is no number of values`, help: "write a whole number from 1 to 1000" };
  },
  fold: ([n]) => foldOf(Number(n)),
  slidingFold: ([n]) => slidingFoldOf(Number(n)),
  example: {
    call: "top(payment.card_ref, 2)",
    values: ["c1", "c2", "c3", "c2"],
    result: [{ value: "c2", count: 2 }, { value: "c1", count: 1 }],
  },
  exactness:
    "Exact up to 10,000 different values; then counts are estimates (count sketch, about 0.1 % of all), values of " +
    "at least 0.5 % of all are found, and the result is named under `approximate`. A sliding window without `resolution` " +
    "stays exact.",
};
