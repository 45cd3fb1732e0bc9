/**
 * The core of every rule: a synchronous function of (state, event, time). An operator has no clock, no chance and no I/O;
 * what it wants done later it says with `wakeAt`, what it saw with `signal`. The state is its own, kept per key by the
 * runtime, and every change of it is the operator's to mark (see `StateCodec`).
 */
import type { Severity } from "./alert.ts";
import type { Event, Place } from "./event.ts";
import type { Scope } from "./scope.ts";
import type { Endpoint, ThresholdStore } from "./threshold.ts";
import type { Millis } from "./time.ts";
import type { Fields, Value } from "./value.ts";

/** The moment at which an operator is called: refilled by the runtime for every call, never kept. */
export interface Turn {
  readonly scope: Scope;
  /** Parts of the key, in the order of the key's expressions; empty for a rule without key. */
  readonly key: readonly Value[];
  /** Index of the rule's input that admitted the event. */
  readonly input: number;
  /** Watermark of the rule's clock. */
  readonly watermark: Millis;
  /**
   * Least watermark that any partition which may still give events has of its own: state may be deleted once no such
   * event could find it (semantics.md 12: deletion decides nothing).
   */
  readonly floor: () => Millis;
  readonly signal: (signal: Signal) => void;
  /** Asks to be woken once the watermark reaches `due`. A wake-up may come early or more than once. */
  readonly wakeAt: (due: Millis) => void;
  /** Says that a window refused the event because it had closed while the event's partition was idle (semantics.md 5). */
  readonly refuse: (event: Event, reason: "closed") => void;
  /** Thresholds that customers own. */
  readonly thresholds: ThresholdStore;
  /** Counts a condition that had no value. */
  readonly undefinedCondition: () => void;
}

/** Events, or the fields of them that messages and entities read, by alias. */
export interface CarriedEvents {
  readonly [alias: string]: Fields | undefined;
}

/** What a rule saw; `raise` turns it into an alert or a record. */
export interface Signal {
  readonly output: "alert" | "record";
  readonly status: "firing" | "resolved";
  /** Event time of the alert (semantics.md 29). */
  readonly time: Millis;
  readonly window: { readonly start: Millis; readonly end: Millis } | null;
  /** What makes the id unique within the rule and key (semantics.md 32). */
  readonly occasion: readonly (string | number)[];
  /** Occasion of the first firing alert of the episode, when this is not it. */
  readonly episode: readonly (string | number)[] | undefined;
  /** Severity decided by the rule's severity map. */
  readonly severity: Severity;
  /** Aggregates or features by name (semantics.md 30). */
  readonly values: Fields;
  /** Names of values that are approximate; absent where all are exact (semantics.md 15). */
  readonly approximate?: readonly string[];
  /**
   * Fields for `entities`, `message`, `context` and criteria, by alias (semantics.md 31); undefined when the event being
   * stepped is the one that decided.
   */
  readonly events: CarriedEvents | undefined;
  readonly change?: Event["change"];
  /** Aggregates by index, for expressions of the message. */
  readonly scopeValues: readonly (Value | undefined)[];
  /** Scores only: what the message may name. */
  readonly score?: number;
  readonly decision?: string;
  /** Ordered by time; the newest ten at most. */
  readonly evidence: readonly Place[];
  readonly evidenceTotal: number;
  /** Records only: the fields of `record:` are added to `values` instead of replacing them. */
  readonly extends?: boolean;
  /** Replaces the rule's limit for the key, and counts apart from it and from those of other names. */
  readonly limit?: { readonly max: number; readonly every: Millis; readonly name: string };
  /** Told of the alert beside the rule's own sinks: the customer whose threshold it is. */
  readonly endpoint?: Endpoint;
  /** Criteria, when the kind decides them itself (a score's points). */
  readonly criteria?: readonly { name: string; matched: boolean; expression: string; values: Fields }[];
}

/**
 * How a state is saved: a small head and parts as JSON texts, of which a checkpoint writes only those that changed
 * (runtime.md §3). Here and in `Operator`, methods instead of properties let any state fit where it is opaque.
 */
export interface StateCodec<S> {
  /** Calls `write` for the head (part "") and parts that changed since the last save (all of them when `all`); undefined deletes a part. */
  save(state: S, all: boolean, write: (part: string, text: string | undefined) => void): void;
  load(parts: ReadonlyMap<string, string>): S;
}

export interface Operator<S = unknown> {
  /** Takes one admitted event; returns the state to keep, undefined for none. */
  step(state: S | undefined, event: Event, turn: Turn): S | undefined;
  /** Called when a wake-up is due; returns the state to keep. Absent for kinds without timers. */
  wake?(state: S, now: Millis, turn: Turn): S | undefined;
  /** Undefined for stateless operators. */
  readonly codec: StateCodec<S> | undefined;
}
