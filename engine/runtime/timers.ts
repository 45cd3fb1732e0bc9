/**
 * Timers of one clock: what is due when. Many keys share one due time (a window closes for all of them at once), so
 * times form a heap and keys lie in lists below them. Timers due together fire in the order (rule, key hash, key).
 */
import type { Millis } from "../model/time.ts";
import type { Keeper } from "./keyed.ts";

/** A wake-up of one keeper for one key, whose state need not be in memory. */
export interface Timer {
  readonly keeper: Keeper;
  readonly text: string;
  readonly hash: number;
}

/** Timers due at one time, in order once the first has been asked for; those before `at` have fired. */
interface List {
  readonly timers: Timer[];
  at: number;
  sorted: boolean;
}

export class TimerQueue {
  private times: Millis[] = [];
  private readonly lists = new Map<Millis, List>();
  /** Wake-ups that wait, stale ones included. */
  size = 0;

  /** Adds a wake-up. One that is due at the time whose timers are firing takes its place among those left. */
  add(due: Millis, timer: Timer): void {
    const list = this.lists.get(due);
    this.size++;
    if (list === undefined) {
      this.lists.set(due, { timers: [timer], at: 0, sorted: true });
      this.push(due);
    } else if (list.at > 0) list.timers.splice(position(list, timer), 0, timer);
    else {
      list.timers.push(timer);
      list.sorted = false;
    }
  }

  /** The earliest due time, Infinity when nothing waits. */
  next(): Millis {
    return this.times.length === 0 ? Infinity : this.times[0]!;
  }

  /** The timer that fires first; undefined when nothing waits. */
  peek(): Timer | undefined {
    const list = this.lists.get(this.next());
    if (list === undefined) return undefined;
    if (!list.sorted) {
      list.timers.sort(firesBefore);
      list.sorted = true;
    }
    return list.timers[list.at];
  }

  /** Takes the timer that fires first away. */
  shift(): void {
    const list = this.lists.get(this.next());
    if (list === undefined) return;
    this.size--;
    if (++list.at === list.timers.length) this.lists.delete(this.pop());
  }

  /** Every timer due at or before a time, in no order. */
  *dueBy(until: Millis): Iterable<Timer> {
    for (const due of this.times) {
      const list = due <= until ? this.lists.get(due) : undefined;
      if (list !== undefined) yield* list.timers.slice(list.at);
    }
  }

  /** Drops every timer for which `keep` says no. */
  retain(keep: (due: Millis, timer: Timer) => boolean): void {
    this.size = 0;
    for (const [due, list] of [...this.lists]) {
      const timers = list.timers.filter((timer, i) => i >= list.at && keep(due, timer));
      this.size += timers.length;
      if (timers.length === 0) this.lists.delete(due);
      else this.lists.set(due, { timers, at: 0, sorted: list.sorted });
    }
    // An ascending array is a heap.
    this.times = [...this.lists.keys()].sort((a, b) => a - b);
  }

  private push(due: Millis): void {
    const { times } = this;
    let at = times.push(due) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (times[parent]! <= due) break;
      times[at] = times[parent]!;
      at = parent;
    }
    times[at] = due;
  }

  private pop(): Millis {
    const { times } = this;
    const first = times[0] ?? Infinity;
    const last = times.pop();
    if (last === undefined || times.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= times.length) break;
      if (child + 1 < times.length && times[child + 1]! < times[child]!) child++;
      if (times[child]! >= last) break;
      times[at] = times[child]!;
      at = child;
    }
    times[at] = last;
    return first;
  }
}

/** Where a timer belongs among those of a sorted list that have not fired. */
function position(list: List, timer: Timer): number {
  let low = list.at;
  let high = list.timers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (firesBefore(list.timers[middle]!, timer) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The order of timers that are due together, which is that of their ids. */
export function firesBefore(a: Timer, b: Timer): number {
  if (a.keeper !== b.keeper) return a.keeper.name < b.keeper.name ? -1 : 1;
  return a.hash - b.hash || (a.text < b.text ? -1 : a.text === b.text ? 0 : 1);
}
