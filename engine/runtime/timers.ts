/**
 * Timers of one clock: what is due when, as a heap. Timers due together fire in the order (rule, key hash, key). Times
 * lie in an array of their own, so that moving within the heap reads no timer unless times are equal.
 */
import type { Millis } from "../model/time.ts";
import type { Keeper } from "./keyed.ts";

/** A wake-up of one keeper for one key, whose state need not be in memory. */
export interface Timer {
  readonly keeper: Keeper;
  readonly text: string;
  readonly hash: number;
}

export class TimerQueue {
  private dues: Millis[] = [];
  private timers: Timer[] = [];

  /** Wake-ups that wait, stale ones included. */
  get size(): number {
    return this.dues.length;
  }

  /** Adds a wake-up. */
  add(due: Millis, timer: Timer): void {
    const { dues, timers } = this;
    let at = dues.length;
    dues.push(due);
    timers.push(timer);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!comesFirst(due, timer, dues[parent]!, timers[parent]!)) break;
      dues[at] = dues[parent]!;
      timers[at] = timers[parent]!;
      at = parent;
    }
    dues[at] = due;
    timers[at] = timer;
  }

  /** The earliest due time, Infinity when nothing waits. */
  next(): Millis {
    return this.dues.length === 0 ? Infinity : this.dues[0]!;
  }

  /** The timer that fires first; undefined when nothing waits. */
  peek(): Timer | undefined {
    return this.timers[0];
  }

  /** Takes the timer that fires first away. */
  shift(): void {
    const due = this.dues.pop();
    const timer = this.timers.pop();
    if (due !== undefined && timer !== undefined && this.dues.length > 0) this.sink(0, due, timer);
  }

  /** Every timer due at or before a time, in no order. */
  *dueBy(until: Millis): Iterable<Timer> {
    const open = [0];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const timer = this.timers[at];
      // What lies below a timer is due no earlier.
      if (timer === undefined || this.dues[at]! > until) continue;
      yield timer;
      open.push(2 * at + 1, 2 * at + 2);
    }
  }

  /** Drops every timer for which `keep` says no. */
  retain(keep: (due: Millis, timer: Timer) => boolean): void {
    const { dues, timers } = this;
    this.dues = [];
    this.timers = [];
    for (const [i, timer] of timers.entries()) {
      if (!keep(dues[i]!, timer)) continue;
      this.dues.push(dues[i]!);
      this.timers.push(timer);
    }
    for (let at = (this.dues.length >> 1) - 1; at >= 0; at--) this.sink(at, this.dues[at]!, this.timers[at]!);
  }

  /** Puts a timer at a place whose own is gone, or below, where it belongs. */
  private sink(from: number, due: Millis, timer: Timer): void {
    const { dues, timers } = this;
    const { length } = dues;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= length) break;
      const other = child + 1;
      if (other < length && comesFirst(dues[other]!, timers[other]!, dues[child]!, timers[child]!)) child = other;
      if (!comesFirst(dues[child]!, timers[child]!, due, timer)) break;
      dues[at] = dues[child]!;
      timers[at] = timers[child]!;
      at = child;
    }
    dues[at] = due;
    timers[at] = timer;
  }
}

function comesFirst(due: Millis, timer: Timer, otherDue: Millis, other: Timer): boolean {
  return due === otherDue ? firesBefore(timer, other) < 0 : due < otherDue;
}

/** The order of timers that are due together, which is that of their ids. */
export function firesBefore(a: Timer, b: Timer): number {
  if (a.keeper !== b.keeper) return a.keeper.name < b.keeper.name ? -1 : 1;
  return a.hash - b.hash || (a.text < b.text ? -1 : a.text === b.text ? 0 : 1);
}
