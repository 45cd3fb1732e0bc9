/** distinct: how many different values there are. */
import { numberType } from "../model/type.ts";
import { isFields, type Value } from "../model/value.ts";
import type { Aggregate, Fold, RunningTotal } from "./aggregate.ts";
import {
  addToRegisters,
  emptyRegisters,
  estimate,
  loadRegisters,
  mergeRegisters,
  type Registers,
  saveRegisters,
} from "./state/hyperloglog.ts";
import { anyKind } from "./state/placed.ts";
import { keyOf, loadKeys, type ValueKey } from "./state/value_key.ts";

/** More different values than these are estimated. */
const exactMax = 10_000;

/** The values themselves, or once there were too many of them the registers, with no way back. */
interface State {
  keys: Set<ValueKey>;
  registers: Registers | null;
}

function addKey(state: State, key: ValueKey): void {
  if (state.registers !== null) return addToRegisters(state.registers, key);
  state.keys.add(key);
  if (state.keys.size > exactMax) toRegisters(state);
}

function toRegisters(state: State): Registers {
  const registers = state.registers ?? emptyRegisters();
  for (const key of state.keys) addToRegisters(registers, key);
  state.keys = new Set();
  state.registers = registers;
  return registers;
}

/** In how many buckets each value is. */
class DistinctTotal implements RunningTotal<State> {
  private readonly buckets = new Map<ValueKey, number>();
  /** Buckets that have registers instead of their values. */
  private estimated = 0;

  enter({ keys, registers }: State): void {
    if (registers !== null) this.estimated++;
    for (const key of keys) this.buckets.set(key, (this.buckets.get(key) ?? 0) + 1);
  }

  grow(bucket: State, value: Value): void {
    const key = keyOf(value);
    if (bucket.registers !== null || bucket.keys.has(key)) return;
    if (bucket.keys.size < exactMax) this.buckets.set(key, (this.buckets.get(key) ?? 0) + 1);
    else {
      // The bucket is about to forget its values.
      this.leave(bucket);
      this.estimated++;
    }
  }

  leave({ keys, registers }: State): void {
    if (registers !== null) this.estimated--;
    for (const key of keys) {
      const left = (this.buckets.get(key) ?? 0) - 1;
      if (left > 0) this.buckets.set(key, left);
      else this.buckets.delete(key);
    }
  }

  result(): { readonly value: Value | undefined } | undefined {
    const { size } = this.buckets;
    return this.estimated > 0 || size > exactMax ? undefined : { value: size === 0 ? undefined : size };
  }
}

const fold: Fold<State> = {
  empty: () => ({ keys: new Set(), registers: null }),
  add(state, value) {
    addKey(state, keyOf(value));
    return state;
  },
  merge(into, other) {
    if (other.registers !== null) mergeRegisters(toRegisters(into), other.registers);
    for (const key of other.keys) addKey(into, key);
    return into;
  },
  result(state) {
    if (state.registers !== null) return estimate(state.registers);
    return state.keys.size === 0 ? undefined : state.keys.size;
  },
  approximate: (state) => state.registers !== null,
  follow: () => new DistinctTotal(),
  save: ({ keys, registers }) => registers === null ? { keys: [...keys] } : { registers: saveRegisters(registers) },
  load(saved) {
    const known = isFields(saved) ? saved : {};
    return {
      keys: new Set(loadKeys(known.keys)),
      registers: known.registers === undefined ? null : loadRegisters(known.registers),
    };
  },
};

/**
 * The values in the window: a list while there are few of them, which is what most keys have, else how often each is
 * there.
 */
type Counts = ValueKey[] | Map<ValueKey, number>;

/** A longer list is counted. */
const listMax = 8;

function counted(keys: readonly ValueKey[]): Map<ValueKey, number> {
  const counts = new Map<ValueKey, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** The state with a value more. A list of one is made in its size: there may be a million of them. */
function withKey(state: Counts, key: ValueKey): Counts {
  if (Array.isArray(state)) {
    if (state.length === 0) return [key];
    state.push(key);
    return state.length > listMax ? counted(state) : state;
  }
  return state.set(key, (state.get(key) ?? 0) + 1);
}

function without(state: Counts, key: ValueKey): Counts {
  if (Array.isArray(state)) {
    const at = state.indexOf(key);
    if (at >= 0) state.splice(at, 1);
    return state;
  }
  const left = (state.get(key) ?? 0) - 1;
  if (left > 0) state.set(key, left);
  else state.delete(key);
  return state;
}

function keysOf(state: Counts): readonly ValueKey[] {
  return Array.isArray(state) ? state : [...state].flatMap(([key, count]) => new Array(count).fill(key));
}

function differentOf(state: Counts): number {
  return Array.isArray(state) && state.length > 1
    ? new Set(state).size
    : Array.isArray(state)
    ? state.length
    : state.size;
}

/** The window holds its values anyway, so here they are counted exactly, however many there are. */
const slidingFold: Fold<Counts> = {
  empty: () => [],
  add: (state, value) => withKey(state, keyOf(value)),
  merge: (into, other) => keysOf(other).reduce(withKey, into),
  remove: (state, value) => without(state, keyOf(value)),
  result: (state) => differentOf(state) || undefined,
};

export const distinct: Aggregate = {
  name: "distinct",
  summary: "Number of different values.",
  parameters: [{ name: "value", accepts: anyKind }],
  type: () => numberType,
  total: false,
  fold: () => fold,
  slidingFold: () => slidingFold,
  example: { call: "distinct(payment.card_ref)", values: ["c1", "c2", "c1"], result: 2 },
  exactness:
    "Exact up to 10,000 different values, then HyperLogLog with a standard error of 0.81 %, named under `approximate`. " +
    "A sliding window without `resolution` stays exact.",
};
