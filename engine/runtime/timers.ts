/**
 * Timers of one clock: what is due when, as a heap. Timers due together fire in the order (rule, key hash, key). Times,
 * keepers and keys lie in arrays of their own: a timer costs no object, and times are compared without reading keys.
 */
import type { Millis } from "../model/time.ts";
import type { Keeper } from "./keyed.ts";

/** The key of a timer: its state, or no more than its name where the state is not in memory. */
export interface TimerKey {
  readonly text: string;
  readonly hash: number;
}

export class TimerQueue {
  private dues: Millis[] = [];
  private keepers: Keeper[] = [];
  private keys: TimerKey[] = [];

  /** Wake-ups that wait, stale ones included. */
  get size(): number {
    return this.dues.length;
  }

  /** Adds a wake-up of a keeper for a key. */
  add(due: Millis, keeper: Keeper, key: TimerKey): void {
    const { dues, keepers, keys } = this;
    let at = dues.length;
    dues.push(due);
    keepers.push(keeper);
    keys.push(key);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.isBefore(due, keeper, key, parent)) break;
      this.move(parent, at);
      at = parent;
    }
    this.set(at, due, keeper, key);
  }

  /** The earliest due time, Infinity when nothing waits. */
  next(): Millis {
    return this.dues.length === 0 ? Infinity : this.dues[0]!;
  }

  /** Keeper of the timer that fires first; undefined when nothing waits. */
  firstKeeper(): Keeper | undefined {
    return this.keepers[0];
  }

  /** Key of the timer that fires first. */
  firstKey(): TimerKey | undefined {
    return this.keys[0];
  }

  /** Takes the timer that fires first away. */
  shift(): void {
    const due = this.dues.pop();
    const keeper = this.keepers.pop();
    const key = this.keys.pop();
    if (due === undefined || keeper === undefined || key === undefined || this.dues.length === 0) return;
    this.sink(0, due, keeper, key);
  }

  /** Visits timers due at or before a time, in no order, until `visit` says false. */
  eachDue(until: Millis, visit: (keeper: Keeper, key: TimerKey) => boolean): void {
    const open = [0];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      // What lies below a timer is due no earlier.
      if (at >= this.dues.length || this.dues[at]! > until) continue;
      if (!visit(this.keepers[at]!, this.keys[at]!)) return;
      open.push(2 * at + 1, 2 * at + 2);
    }
  }

  /** Drops every timer for which `keep` says no. */
  retain(keep: (due: Millis, keeper: Keeper, key: TimerKey) => boolean): void {
    const { dues, keepers, keys } = this;
    let kept = 0;
    for (let i = 0; i < dues.length; i++) {
      if (keep(dues[i]!, keepers[i]!, keys[i]!)) this.move(i, kept++);
    }
    for (const array of [dues, keepers, keys]) array.length = kept;
    for (let at = (kept >> 1) - 1; at >= 0; at--) this.sink(at, dues[at]!, keepers[at]!, keys[at]!);
  }

  /** Puts a timer at a place whose own is gone, or below, where it belongs. */
  private sink(from: number, due: Millis, keeper: Keeper, key: TimerKey): void {
    const { dues, keepers, keys } = this;
    const { length } = dues;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= length) break;
      const other = child + 1;
      if (other < length && this.isBefore(dues[other]!, keepers[other]!, keys[other]!, child)) child = other;
      if (this.isBefore(due, keeper, key, child)) break;
      this.move(child, at);
      at = child;
    }
    this.set(at, due, keeper, key);
  }

  private isBefore(due: Millis, keeper: Keeper, key: TimerKey, other: number): boolean {
    const otherDue = this.dues[other]!;
    return due === otherDue ? firesBefore(keeper, key, this.keepers[other]!, this.keys[other]!) : due < otherDue;
  }

  private move(from: number, to: number): void {
    this.set(to, this.dues[from]!, this.keepers[from]!, this.keys[from]!);
  }

  private set(at: number, due: Millis, keeper: Keeper, key: TimerKey): void {
    this.dues[at] = due;
    this.keepers[at] = keeper;
    this.keys[at] = key;
  }
}

/** Whether one of two timers that are due together fires first: the order is that of their ids. */
export function firesBefore(keeper: Keeper, key: TimerKey, otherKeeper: Keeper, other: TimerKey): boolean {
  if (keeper !== otherKeeper) return keeper.name < otherKeeper.name;
  return key.hash === other.hash ? key.text < other.text : key.hash < other.hash;
}
