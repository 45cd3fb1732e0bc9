/**
 * Timers of one clock: what is due when. Many keys share one due time (a window closes for all of them at once), so
 * times form a heap and keys lie in lists below them. Timers due together fire in the order (rule, key hash, key).
 */
import type { Millis } from "../model/time.ts";
import type { KeyState } from "./keyed.ts";

/** A wake-up of one rule for one key. */
export interface Timer {
  readonly rule: number;
  readonly key: KeyState;
}

export class TimerQueue {
  private readonly times: Millis[] = [];
  private readonly lists = new Map<Millis, Timer[]>();
  /** Wake-ups that wait, stale ones included. */
  size = 0;

  /** Adds a wake-up. */
  add(due: Millis, timer: Timer): void {
    const list = this.lists.get(due);
    this.size++;
    if (list !== undefined) {
      list.push(timer);
      return;
    }
    this.lists.set(due, [timer]);
    this.push(due);
  }

  /** The earliest due time, Infinity when nothing waits. */
  next(): Millis {
    return this.times[0] ?? Infinity;
  }

  /** Takes all wake-ups of the earliest due time, in firing order. */
  take(): readonly Timer[] {
    const due = this.pop();
    const list = this.lists.get(due) ?? [];
    this.lists.delete(due);
    this.size -= list.length;
    if (list.length > 1) list.sort(firesBefore);
    return list;
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

function firesBefore(a: Timer, b: Timer): number {
  return a.rule - b.rule || a.key.hash - b.key.hash || (a.key.text < b.key.text ? -1 : 1);
}
