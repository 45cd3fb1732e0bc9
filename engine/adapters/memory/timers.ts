/**
 * Timers of one task in memory, by due time and id. A million that are due at one instant are sorted once and read page
 * by page, while those read before are deleted.
 */
import type { Millis } from "../../model/time.ts";

export interface Timer {
  readonly id: string;
  readonly due: Millis;
}

/** Several of one due time. `sorted` may still name deleted ones; it is made anew after one was added. */
interface Bucket {
  readonly ids: Set<string>;
  sorted: readonly string[] | undefined;
}

/** Due times beyond those known, until they are merged in although nobody reads. */
const freshMost = 10_000;

export class Timers {
  private readonly dueOf = new Map<string, Millis>();
  /** By due time: most have one timer, which stands for itself. */
  private readonly buckets = new Map<Millis, Bucket | string>();
  /** Sorted; may name due times that have no timer any more. */
  private dues: readonly Millis[] = [];
  /** Due times that are not yet among those. */
  private fresh: Millis[] = [];

  set(id: string, due: Millis | undefined): void {
    const before = this.dueOf.get(id);
    if (before === due) return;
    if (before !== undefined) this.remove(id, before);
    if (due !== undefined) this.add(id, due);
  }

  /** At most `limit` timers due at or before `until`, behind the one given. */
  read(until: Millis, limit: number, after: Timer | undefined): readonly Timer[] {
    const found: Timer[] = [];
    const dues = this.sortedDues();
    for (let i = after === undefined ? 0 : firstAt(dues, after.due, (a, b) => a - b); i < dues.length; i++) {
      const due = dues[i]!;
      if (due > until || found.length >= limit) break;
      this.readBucket(due, limit - found.length, after?.due === due ? after.id : undefined, found);
    }
    return found;
  }

  /** Merges the fresh ones in: to sort a million again for each new one would take longer than all else. */
  private sortedDues(): readonly Millis[] {
    if (this.fresh.length === 0) return this.dues;
    const fresh = this.fresh.sort((a, b) => a - b);
    const merged: Millis[] = [];
    let at = 0;
    const take = (due: Millis) => {
      if (this.buckets.has(due) && due !== merged.at(-1)) merged.push(due);
    };
    for (const due of this.dues) {
      while (at < fresh.length && fresh[at]! < due) take(fresh[at++]!);
      take(due);
    }
    while (at < fresh.length) take(fresh[at++]!);
    this.fresh = [];
    return this.dues = merged;
  }

  private readBucket(due: Millis, limit: number, after: string | undefined, found: Timer[]): void {
    const bucket = this.buckets.get(due);
    if (bucket === undefined) return;
    if (typeof bucket === "string") {
      if (limit > 0 && (after === undefined || byCodePoints(bucket, after) > 0)) found.push({ id: bucket, due });
      return;
    }
    const sorted = bucket.sorted ??= [...bucket.ids].sort(byCodePoints);
    let taken = 0;
    for (let i = after === undefined ? 0 : firstAt(sorted, after, byCodePoints); i < sorted.length; i++) {
      const id = sorted[i]!;
      if (taken === limit) return;
      if (id === after || !bucket.ids.has(id)) continue;
      found.push({ id, due });
      taken++;
    }
  }

  private add(id: string, due: Millis): void {
    this.dueOf.set(id, due);
    const bucket = this.buckets.get(due);
    if (bucket === undefined) {
      this.buckets.set(due, id);
      this.fresh.push(due);
      if (this.fresh.length > freshMost + this.dues.length) this.sortedDues();
    } else if (typeof bucket === "string") {
      this.buckets.set(due, { ids: new Set([bucket, id]), sorted: undefined });
    } else {
      bucket.ids.add(id);
      bucket.sorted = undefined;
    }
  }

  private remove(id: string, due: Millis): void {
    this.dueOf.delete(id);
    const bucket = this.buckets.get(due);
    if (typeof bucket === "object") bucket.ids.delete(id);
    if (typeof bucket === "string" || bucket?.ids.size === 0) this.buckets.delete(due);
  }
}

/** Index of the first element that is not before `wanted`. */
function firstAt<T>(sorted: readonly T[], wanted: T, compare: (a: T, b: T) => number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(sorted[middle]!, wanted) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The order of UTF-8 bytes, which is that of the other stores; JavaScript's own differs beyond U+FFFF. */
export function byCodePoints(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const [left, right] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (left !== right) return weight(left) - weight(right);
  }
  return a.length - b.length;
}

/** Surrogates stand for what lies beyond all other units. */
function weight(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}
