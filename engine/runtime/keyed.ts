/**
 * Keyed stages: one per distinct key set, shared by all rules with that key set. A stage finds the state of a key once
 * per event; each keeper of the stage (a rule's operator, or a rule's limit) has a slot in it.
 */
import type { PlanRule } from "../compile/plan.ts";
import type { Operator } from "../model/operator.ts";
import type { Millis } from "../model/time.ts";
import type { Value } from "../model/value.ts";
import type { Clock } from "./clock.ts";

/** What keeps something per key under a name of its own. */
export interface Keeper {
  /** Begins the names of its parts and timers, such as `pack/rule#signature`: other text, other state. */
  readonly name: string;
  readonly rule: PlanRule;
  readonly operator: Pick<Operator, "codec" | "wake">;
  /** The clock that its timers wait for. */
  readonly clock: Clock;
  readonly stage: KeyedStage;
  /** Place in the arrays of a key's state. */
  readonly slot: number;
}

/** A slot holds what the store does not have. */
export const changed = 1;
/** A slot's state is another than the one that was saved: every part of it is to be written. */
export const replaced = 2;

/** Everything that the keepers of a stage keep for one key. */
export class KeyState {
  /** Order in which timers fire. */
  readonly hash: number;
  /** State of each keeper, by its slot. */
  readonly slots: unknown[];
  /** When each keeper is to be woken; Infinity where it is not. */
  readonly armed: Millis[];
  /** `changed` and `replaced` of each slot; undefined until something is noted. */
  marks: number[] | undefined = undefined;
  /** What the store has, by slot: names of parts, and when the timer is due. Undefined while it has nothing. */
  stored: (Stored | undefined)[] | undefined = undefined;
  /** Touched since the eviction last came by. */
  used = true;
  dirty = false;
  /** Part of a checkpoint that is not known to be saved yet. */
  inFlight = false;

  constructor(readonly stage: KeyedStage, readonly text: string, readonly parts: readonly Value[]) {
    const { length } = stage.keepers;
    this.hash = hashText(text);
    this.slots = new Array(length).fill(undefined);
    this.armed = new Array(length).fill(Infinity);
  }

  /** True when no keeper keeps anything. */
  isEmpty(): boolean {
    for (let i = 0; i < this.slots.length; i++) if (this.slots[i] !== undefined) return false;
    return true;
  }
}

/** What the store has of one slot. */
export interface Stored {
  readonly parts: readonly string[];
  readonly due: Millis;
}

export class KeyedStage {
  readonly states = new Map<string, KeyState>();
  readonly keepers: Keeper[] = [];
  /** The event for which `current` was found: a key is evaluated once per event. */
  stamp = -1;
  current: KeyState | undefined = undefined;

  /** `arity` is the number of parts of its keys. */
  constructor(readonly name: string, readonly arity: number) {}

  /** The state of a key, made when there is none. */
  make(text: string, parts: readonly Value[]): KeyState {
    const state = new KeyState(this, text, parts);
    this.states.set(text, state);
    return state;
  }

  /** Forgets a key. */
  drop(state: KeyState): void {
    this.states.delete(state.text);
  }
}

const bracket = 0x5b;

/** A key as one text. A single string stands for itself; everything else is JSON, and so is a string that looks like it. */
export function encodeKey(parts: readonly Value[]): string {
  const only = parts[0];
  if (parts.length === 1 && typeof only === "string" && only.charCodeAt(0) !== bracket) return only;
  return parts.length === 0 ? "" : JSON.stringify(parts);
}

/** The parts of an encoded key. */
export function decodeKey(text: string, arity: number): readonly Value[] {
  if (arity === 0) return noParts;
  return text.charCodeAt(0) === bracket ? JSON.parse(text) : [text];
}

const noParts: readonly Value[] = [];

/** FNV-1a over UTF-16 units: spreads keys, and is the same on every machine. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
