/**
 * The past of a key in buckets, as zscore sees it: a bucket is in the baseline of an event at t when it starts at or after
 * floor((t − window) / resolution) · resolution. Buckets that the newest event has left behind stay for a while, so that
 * an event out of order still finds the baseline that was its own.
 */
import type { Millis } from "../model/time.ts";
import {
  type Bucket,
  type BucketStack,
  dropBefore,
  emptyStack,
  mergedOf,
  type Monoid,
  saveBucket,
  saveStack,
  stackOf,
  targetsOf,
} from "./bucket_stack.ts";

/**
 * Buckets kept beyond the window: an event so far behind the newest still finds the baseline that was its own. Sixteen, or
 * as few as cover an hour, and one at least.
 */
export function retiredOf({ resolution }: Span): number {
  return Math.min(16, Math.ceil(hour / resolution));
}

const hour: Millis = 3_600_000;

export interface Lookback<A> {
  stack: BucketStack<A>;
  /** Buckets that left the window of the newest event, oldest first. */
  retired: Bucket<A>[];
}

/** How a past is cut. */
export interface Span {
  readonly window: Millis;
  readonly resolution: Millis;
}

/** A past without buckets. */
export function emptyLookback<A>(monoid: Monoid<A>): Lookback<A> {
  return { stack: emptyStack(monoid), retired: [] };
}

/** The merge of everything in the baseline of an event at a time. */
export function pastAt<A>(monoid: Monoid<A>, past: Lookback<A>, time: Millis, span: Span): A {
  const first = firstOf(time, span);
  retire(monoid, past, first, span);
  const merged = mergedOf(monoid, past.stack);
  for (const bucket of past.retired) if (bucket.index >= first) monoid.merge(merged, bucket.value);
  return merged;
}

/** Everything that one more event at a time must be added to; nothing when its bucket is long gone. */
export function teachTargets<A>(
  monoid: Monoid<A>,
  past: Lookback<A>,
  time: Millis,
  newest: Millis,
  span: Span,
): readonly A[] {
  retire(monoid, past, firstOf(newest, span), span);
  const index = Math.floor(time / span.resolution);
  const first = firstOf(newest, span);
  if (index >= first) return targetsOf(monoid, past.stack, index);
  if (index < first - retiredOf(span)) return [];
  const retired = retiredAt(monoid, past, index);
  retired.changed = true;
  return [retired.value];
}

/** The bucket of an index that the window has left behind, made when there is none. */
function retiredAt<A>(monoid: Monoid<A>, { retired }: Lookback<A>, index: number): Bucket<A> {
  let at = retired.length;
  while (at > 0 && retired[at - 1]!.index > index) at--;
  const known = retired[at - 1];
  if (known?.index === index) return known;
  const bucket = { index, value: monoid.empty(), changed: true, saved: false };
  retired.splice(at, 0, bucket);
  return bucket;
}

export function firstOf(time: Millis, { window, resolution }: Span): number {
  return Math.floor((time - window) / resolution);
}

/** Moves buckets before an index out of the stack, and forgets those long gone. */
function retire<A>(monoid: Monoid<A>, past: Lookback<A>, first: number, span: Span): void {
  const oldest = past.stack.buckets[0];
  if (oldest === undefined || oldest.index >= first) return;
  past.retired.push(...past.stack.buckets.filter((bucket) => bucket.index < first));
  const before = past.stack.gone.length;
  dropBefore(monoid, past.stack, first);
  past.stack.gone.length = before;
  while (past.retired.length > 0 && past.retired[0]!.index < first - retiredOf(span)) {
    const gone = past.retired.shift();
    if (gone?.saved === true) past.stack.gone.push(gone.index);
  }
}

/** Writes the buckets that changed, and undefined for those that are gone. */
export function saveLookback<A>(
  past: Lookback<A>,
  all: boolean,
  write: (part: string, text: string | undefined) => void,
  toJson: (value: A) => unknown,
): void {
  saveStack(past.stack, all, write, toJson);
  for (const bucket of past.retired) saveBucket(bucket, all, write, toJson);
}

/** A past that was saved; the next event sorts out which buckets lie before its window. */
export function loadLookback<A>(
  monoid: Monoid<A>,
  parts: readonly (readonly [string, string])[],
  fromJson: (text: string) => A,
): Lookback<A> {
  const buckets = parts.map(([part, text]) => ({ index: Number(part), value: fromJson(text) }));
  return { stack: stackOf(monoid, buckets), retired: [] };
}
