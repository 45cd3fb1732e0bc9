/**
 * Keyed stages: one per distinct key set, shared by all rules with that key set. A stage finds the state of a key once
 * per event; each keeper of the stage (a rule's operator, or a rule's limit) has a slot in it.
 */
import type { PlanRule } from "../compile/plan.ts";
import type { Operator } from "../model/operator.ts";
import type { Millis } from "../model/time.ts";
import type { Value } from "../model/value.ts";
import type { Clock } from "./clock.ts";

const noParts: readonly Value[] = [];

/** What keeps something per key under a name of its own. */
export interface Keeper {
  /** Begins the names of its parts and timers, such as `pack/rule#signature`: other text, other state. */
  readonly name: string;
  /** Begins the names of its parts in the store; made once, as each checkpoint writes thousands of them. */
  readonly prefix: string;
  /** Name of the part that says when its timer is due. */
  readonly duePart: string;
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

/**
 * Everything that the keepers of a stage keep for one key. There may be millions of these: the first keeper's state lies
 * in the object itself, and a key of a stage with one keeper needs no arrays.
 */
export class KeyState {
  /** Order in which timers fire. */
  readonly hash: number;
  private first: unknown = undefined;
  private firstDue: Millis = Infinity;
  private others: unknown[] | undefined = undefined;
  private otherDues: Millis[] | undefined = undefined;
  /** `changed` and `replaced` of each slot; undefined until something is noted. */
  marks: number[] | undefined = undefined;
  /** What the store has, by slot: names of parts, and when the timer is due. Undefined while it has nothing. */
  stored: (Stored | undefined)[] | undefined = undefined;
  /** Touched since the eviction last came by. */
  used = true;
  dirty = false;
  /** Part of a checkpoint that is not known to be saved yet. */
  inFlight = false;
  /** False once its stage has dropped it; another object may stand for the key then. */
  kept = true;

  constructor(readonly stage: KeyedStage, readonly text: string) {
    this.hash = hashText(text);
  }

  /** The state of a slot; undefined when its keeper keeps nothing. */
  stateOf(slot: number): unknown {
    return slot === 0 ? this.first : this.others?.[slot - 1];
  }

  /** Keeps a state in a slot. */
  keep(slot: number, state: unknown): void {
    if (slot === 0) this.first = state;
    else (this.others ??= new Array(this.stage.keepers.length - 1).fill(undefined))[slot - 1] = state;
  }

  /** When the keeper of a slot is to be woken; Infinity when it is not. */
  dueOf(slot: number): Millis {
    return slot === 0 ? this.firstDue : this.otherDues?.[slot - 1] ?? Infinity;
  }

  /** Sets when the keeper of a slot is to be woken. */
  setDue(slot: number, due: Millis): void {
    if (slot === 0) this.firstDue = due;
    else if (due !== Infinity || this.otherDues !== undefined) {
      (this.otherDues ??= new Array(this.stage.keepers.length - 1).fill(Infinity))[slot - 1] = due;
    }
  }

  /** Values of the key's parts. */
  parts(): readonly Value[] {
    return decodeKey(this.text, this.stage.arity);
  }

  /** True when no keeper keeps anything. */
  isEmpty(): boolean {
    return this.first === undefined && (this.others === undefined || this.others.every((state) => state === undefined));
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
  /** Values of the parts of `current`. */
  parts: readonly Value[] = noParts;

  /** `arity` is the number of parts of its keys. */
  constructor(readonly name: string, readonly arity: number) {}

  /** The state of a key, made when there is none. */
  make(text: string): KeyState {
    const state = new KeyState(this, text);
    this.states.set(text, state);
    return state;
  }

  /** Forgets a key. */
  drop(state: KeyState): void {
    state.kept = false;
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

/** FNV-1a over UTF-16 units, 31 bits of it: spreads keys, is the same on every machine, and is kept as a small integer. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 1;
}
