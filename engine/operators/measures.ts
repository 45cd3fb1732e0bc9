/**
 * Measures: the `aggregate` map of a rule at work. Leaves fold events; the others are expressions of those above them.
 * One accumulator array per window and key, one value array per rule, refilled for every judgement.
 */
import type { Fold } from "../aggregates/aggregate.ts";
import type { Expression, Vocabulary } from "../conditions/expression.ts";
import { type Event, type Place } from "../model/event.ts";
import type { Scope } from "../model/scope.ts";
import { type Fields, type Value } from "../model/value.ts";

/** Accumulators of one window and key, one per leaf. */
export type Accumulators = unknown[];

/** A part of a state as it was saved: its accumulators are JSON. */
export type Saved<T extends { readonly accumulators: Accumulators }> = Omit<T, "accumulators"> & {
  readonly accumulators: readonly Value[];
};

/** An aggregate that folds events. */
export interface Leaf {
  readonly index: number;
  readonly fold: Fold<unknown>;
  /** The value of an event of each stream of the rule, by the stream's name; absent where it contributes nothing. */
  readonly arguments: { readonly [stream: string]: (scope: Scope) => Value | undefined };
  readonly countsMissing: boolean;
}

export interface Measures {
  readonly names: readonly string[];
  /** Names, types and indexes for expressions. */
  readonly vocabulary: Vocabulary["values"];
  /** What decides whether state survives an edit: the leaves, by name. */
  readonly signature: Value;
  /** Folds of the leaves, in the order of the accumulators. */
  readonly folds: readonly Fold<unknown>[];
  readonly empty: () => Accumulators;
  /** What an event gives to each leaf; null where it gives nothing. */
  readonly valuesOf: (scope: Scope, stream: string) => readonly Value[];
  readonly addValues: (into: Accumulators, values: readonly Value[], place: Place) => void;
  /** Takes values back out, oldest first; for measures of sliding windows only. */
  readonly removeValues: (from: Accumulators, values: readonly Value[], place: Place) => void;
  readonly add: (into: Accumulators, scope: Scope, event: Event) => void;
  readonly merge: (into: Accumulators, other: Accumulators) => void;
  /** Accumulators as JSON, and back. */
  readonly save: (from: Accumulators) => unknown[];
  readonly load: (saved: readonly Value[]) => Accumulators;
  /**
   * Fills `scope.values` from the accumulators; `deciding` is the event being judged. Of the leaves whose result is
   * known already, that is taken.
   */
  readonly read: (
    from: Accumulators,
    deciding: Place | undefined,
    scope: Scope,
    known?: readonly (KnownResult | undefined)[],
  ) => void;
  /** The values of the last `read`, by name; null where there is none. */
  readonly fields: (scope: Scope) => Fields;
  /** Indexes of the values of the last `read` that are approximate. */
  readonly approximate: () => readonly number[];
}

/** A result that was found without the accumulators. */
export interface KnownResult {
  readonly value: Value | undefined;
  readonly approximate?: boolean;
}
/** An expression of the aggregates above it. */
export interface Derived {
  readonly index: number;
  readonly expression: Expression;
}

/** What an event gives to a leaf. */
type Reading = (scope: Scope) => Value | undefined;

/** Measures of leaves and what is derived from them; a score shares one `buffer` of values among several windows. */
export function buildMeasures(
  names: readonly string[],
  leaves: readonly Leaf[],
  derived: readonly Derived[],
  vocabulary: Vocabulary["values"],
  signature: Value,
  buffer: (Value | undefined)[] = names.map(() => undefined),
): Measures {
  const folds = leaves.map((leaf) => leaf.fold);
  // What the last `read` read, of which nobody but a signal asks how exact it is.
  let last: { readonly from: Accumulators; readonly known: readonly (KnownResult | undefined)[] | undefined } =
    nothingRead;
  const isApproximate = ({ fold }: Leaf, i: number) =>
    last.known?.[i] === undefined ? fold.approximate?.(last.from[i]) === true : last.known[i].approximate === true;
  const mayApproximate = folds.some((fold) => fold.approximate !== undefined);
  const byStream = new Map<string, readonly (Reading | undefined)[]>();
  const readingsOf = (stream: string) => {
    let known = byStream.get(stream);
    if (known === undefined) byStream.set(stream, known = leaves.map((leaf) => leaf.arguments[stream]));
    return known;
  };
  return {
    names,
    vocabulary,
    signature,
    folds,
    empty: () => folds.map((fold) => fold.empty()),
    valuesOf(scope, stream) {
      const reads = readingsOf(stream);
      const values: Value[] = new Array(leaves.length);
      for (let i = 0; i < leaves.length; i++) values[i] = reads[i]?.(scope) ?? null;
      return values;
    },
    addValues(into, values, place) {
      for (let i = 0; i < leaves.length; i++) {
        const { fold, countsMissing } = leaves[i]!;
        const value = values[i] ?? null;
        if (value !== null || countsMissing) into[i] = fold.add(into[i], value, place);
      }
    },
    removeValues(from, values, place) {
      for (let i = 0; i < leaves.length; i++) {
        const { fold, countsMissing } = leaves[i]!;
        const value = values[i] ?? null;
        const gave = value !== null || countsMissing;
        if (gave && fold.remove !== undefined) from[i] = fold.remove(from[i], value, place);
      }
    },
    add(into, scope, event) {
      const reads = readingsOf(event.place.stream);
      for (let i = 0; i < leaves.length; i++) {
        const { fold, countsMissing } = leaves[i]!;
        const value = reads[i]?.(scope);
        if (value !== undefined) into[i] = fold.add(into[i], value, event.place);
        else if (countsMissing) into[i] = fold.add(into[i], null, event.place);
      }
    },
    merge(into, other) {
      for (let i = 0; i < folds.length; i++) into[i] = folds[i]!.merge(into[i], other[i]);
    },
    save: (from) => folds.map((fold, i) => fold.save === undefined ? from[i] : fold.save(from[i])),
    load: (saved) => folds.map((fold, i) => fold.load === undefined ? saved[i] : fold.load(saved[i] ?? null)),
    read(from, deciding, scope, known) {
      scope.values = buffer;
      if (mayApproximate) last = { from, known };
      for (let i = 0; i < leaves.length; i++) {
        const leaf = leaves[i]!;
        const found = known?.[i];
        buffer[leaf.index] = found === undefined ? leaf.fold.result(from[i], deciding) : found.value;
      }
      for (const measure of derived) buffer[measure.index] = measure.expression.evaluate(scope);
    },
    fields: (scope) => Object.fromEntries(names.map((name, i) => [name, scope.values[i] ?? null])),
    approximate: () =>
      mayApproximate && last !== nothingRead ? leaves.filter(isApproximate).map(({ index }) => index) : [],
  };
}

const nothingRead = { from: [], known: undefined };

/** The mark of a signal whose values of these names are not exact; nothing where all are. */
export function marked(
  names: readonly string[],
  approximate: readonly number[],
): { readonly approximate?: readonly string[] } {
  return approximate.length === 0 ? {} : { approximate: approximate.map((index) => names[index] ?? "") };
}
