/**
 * How often each value occurred, and the values that occurred most. The order is brought up to date when it is asked for,
 * by those values only whose counts have changed, so that asking at every event stays cheap.
 */
import { OrderedList } from "./ordered_list.ts";
import { compareKeys, type ValueKey } from "./value_key.ts";

export interface Tally {
  readonly key: ValueKey;
  count: number;
  /** Least of what the caller gave for the occurrences. */
  priority: number;
  /** The count by which the order knows it, 0 for one that is not in it. */
  ranked: number;
  changed: boolean;
}

/** By count downwards, then value upwards. */
export function compareCounts(a: { key: ValueKey; count: number }, b: { key: ValueKey; count: number }): number {
  return b.count - a.count || compareKeys(a.key, b.key);
}

/** Fewer changes than these are always brought into the order. */
const changesMin = 64;

export class Ranking {
  private readonly tallies = new Map<ValueKey, Tally>();
  private readonly order = new OrderedList<Tally>((a, b) => b.ranked - a.ranked || compareKeys(a.key, b.key));
  private changes: Tally[] = [];
  private occurring = 0;
  private asked = false;

  /** Number of different values. */
  get size(): number {
    return this.tallies.size;
  }

  /** Number of different values that occur: those that were taken back out are none. */
  get present(): number {
    return this.occurring;
  }

  has(key: ValueKey): boolean {
    return (this.tallies.get(key)?.count ?? 0) > 0;
  }

  [Symbol.iterator](): IterableIterator<Tally> {
    return this.tallies.values();
  }

  /** Adds occurrences; a negative count takes them back out. */
  add(key: ValueKey, count: number, priority: number): void {
    let tally = this.tallies.get(key);
    if (tally === undefined) {
      tally = { key, count: 0, priority, ranked: 0, changed: false };
      this.tallies.set(key, tally);
    }
    const before = tally.count;
    tally.count += count;
    if (before <= 0 && tally.count > 0) this.occurring++;
    else if (before > 0 && tally.count <= 0) this.occurring--;
    if (priority < tally.priority) tally.priority = priority;
    if (tally.changed) return;
    tally.changed = true;
    this.changes.push(tally);
  }

  /** The `n` values that occurred most. A ranking that is asked once, such as a merge, is never put in order. */
  top(n: number): readonly { readonly key: ValueKey; readonly count: number }[] {
    const many = this.changes.length > changesMin && this.changes.length * 2 > this.tallies.size;
    if (many && !this.asked) {
      this.asked = true;
      return selectTop([...this.tallies.values()].filter(({ count }) => count > 0), n);
    }
    this.bringInOrder();
    return this.order.head(n);
  }

  /** Forgets values that do not occur any more: for a ranking that is not asked for long. */
  tidy(): void {
    this.changes = this.changes.filter((tally) => {
      if (tally.count > 0) return true;
      if (tally.ranked > 0) this.order.remove(tally);
      tally.ranked = 0;
      tally.changed = false;
      this.tallies.delete(tally.key);
      return false;
    });
  }

  private bringInOrder(): void {
    for (const tally of this.changes) {
      if (tally.ranked > 0) this.order.remove(tally);
      tally.ranked = tally.count;
      tally.changed = false;
      if (tally.count > 0) this.order.insert(tally);
      else this.tallies.delete(tally.key);
    }
    this.changes = [];
  }
}

/** The first `n` by count downwards, then value upwards, in one pass. */
export function selectTop<T extends { readonly key: ValueKey; readonly count: number }>(
  candidates: readonly T[],
  n: number,
): T[] {
  const best: T[] = [];
  for (const candidate of candidates) {
    const least = best[n - 1];
    if (least !== undefined && compareCounts(candidate, least) >= 0) continue;
    let at = best.length;
    while (at > 0 && compareCounts(candidate, best[at - 1]!) < 0) at--;
    best.splice(at, 0, candidate);
    if (best.length > n) best.pop();
  }
  return best;
}
