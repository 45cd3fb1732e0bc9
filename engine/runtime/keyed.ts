/**
 * Keyed stages: one per distinct key set, shared by all rules with that key set. A stage finds the state of a key once
 * per event; each rule of the stage has a slot in it.
 */
import type { PlanRule } from "../compile/plan.ts";
import type { Millis } from "../model/time.ts";
import type { Value } from "../model/value.ts";

/** Everything that the rules of a stage keep for one key. */
export interface KeyState {
  /** The key as one text, unique in its stage. */
  readonly text: string;
  readonly parts: readonly Value[];
  /** Order in which timers fire. */
  readonly hash: number;
  /** State of each rule, by its slot. */
  readonly slots: unknown[];
  /** When each rule is to be woken; Infinity where it is not. */
  readonly armed: Millis[];
}

export class KeyedStage {
  readonly states = new Map<string, KeyState>();

  constructor(readonly rules: readonly PlanRule[]) {}

  /** The state of a key, made when there is none. */
  at(parts: readonly Value[]): KeyState {
    const text = encodeKey(parts);
    let state = this.states.get(text);
    if (state === undefined) {
      const { length } = this.rules;
      state = {
        text,
        parts,
        hash: hashText(text),
        slots: new Array(length).fill(undefined),
        armed: new Array(length).fill(Infinity),
      };
      this.states.set(text, state);
    }
    return state;
  }

  /** Forgets a key that no rule keeps anything for. */
  release(state: KeyState): void {
    if (state.slots.every((slot) => slot === undefined)) this.states.delete(state.text);
  }
}

/** A key as one text. A single string stands for itself; everything else is JSON behind a byte that no text begins with. */
export function encodeKey(parts: readonly Value[]): string {
  const only = parts[0];
  if (parts.length === 1 && typeof only === "string") return only;
  return parts.length === 0 ? "" : `\u0000${JSON.stringify(parts)}`;
}

/** FNV-1a over UTF-16 units: spreads keys, and is the same on every machine. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
