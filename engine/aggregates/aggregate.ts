/** What an aggregate is: a bounded, mergeable fold, and how it lives in a sliding window. */
import type { Place } from "../model/event.ts";
import type { Type } from "../model/type.ts";
import type { Value } from "../model/value.ts";

/**
 * An accumulator with a monoid's laws: `merge` is associative and commutative, `empty()` is its unit, and folding the
 * events in any order gives the same result. `S` is JSON, so that it can be saved as it is; a fold that is faster with
 * something else says how it is saved and loaded. Methods (not properties), so that a fold of any state fits where the
 * state is opaque.
 */
export interface Fold<S> {
  empty(): S;
  /** Adds the value of one event; returns the state to keep (the same object, or a new number). Never called without a value. */
  add(state: S, value: Value, place: Place): S;
  /** Adds everything of `other` to `into`; returns the state to keep. `other` stays as it was. */
  merge(into: S, other: S): S;
  /** The aggregate's value; undefined when it has none. `deciding` is the event being judged (`previous` leaves it out). */
  result(state: S, deciding: Place | undefined): Value | undefined;
  /**
   * Takes one event back out, oldest first: what a sliding window does. An aggregate that cannot is folded again from
   * the parts of the window.
   */
  remove?(state: S, value: Value, place: Place): S;
  /** The state as JSON and back, where it is not JSON itself (a Map or Set). */
  save?(state: S): Value;
  load?(saved: Value): S;
  /** Whether the result stopped being exact. */
  approximate?(state: S): boolean;
  /** A total over buckets that come, grow and leave, where merging all of them for every event would cost too much. */
  follow?(): RunningTotal<S>;
}

/** What the buckets of a window hold together, while that can be told exactly without merging them. */
export interface RunningTotal<S> {
  /** A bucket comes in with everything that it holds. */
  enter(bucket: S): void;
  /** A bucket that is in gets one value more; called before the bucket has it. */
  grow(bucket: S, value: Value): void;
  /** A bucket goes, as it is now. */
  leave(bucket: S): void;
  /** The result of a merge of all buckets; undefined when only the merge can tell. */
  result(): { readonly value: Value | undefined } | undefined;
}

/** One file per aggregate; `mod.ts` lists them. */
export interface Aggregate {
  readonly name: string;
  readonly summary: string;
  /** What it does to its argument, where messages have a word for it: `sum`. */
  readonly verb?: string;
  /** Arguments of the call in YAML: what each must be. `events` is a condition or a stream's alias. */
  readonly parameters: readonly {
    readonly name: string;
    readonly accepts: readonly Type["kind"][];
    readonly constant?: boolean;
    readonly optional?: boolean;
  }[];
  /** Type of the result for the type of the first argument. */
  readonly type: (argument: Type | undefined) => Type;
  /** True when a window without values still has a result (count, sum). */
  readonly total: boolean;
  /** `add` is also called for events whose argument has no value, with null (the denominator of `rate`). */
  readonly countsMissing?: boolean;
  /** What is wrong with the constant arguments, and the way out; undefined when nothing is. */
  readonly check?: (constants: readonly Value[]) => { readonly wrong: string; readonly help: string } | undefined;
  /** The fold for the constant arguments after the first (`percentile(expr, 99)` gives [99]). */
  readonly fold: (constants: readonly Value[]) => Fold<unknown>;
  /**
   * The fold of a sliding window without resolution, where it differs: it takes values back out, and may hold one entry
   * per event of the window. Its state is never saved: it is folded again from the window's events.
   */
  readonly slidingFold?: (constants: readonly Value[]) => Fold<unknown>;
  /** Shown in the reference and executed by a test: values in, result out. */
  readonly example: { readonly call: string; readonly values: readonly Value[]; readonly result: Value };
  /** What authors must know of exactness. */
  readonly exactness: string;
}
