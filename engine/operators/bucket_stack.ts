/**
 * A queue of buckets in time with the merge of all of them always at hand: merged suffixes of the older buckets and a
 * running merge of the younger ones (the two stacks of a queue). Whatever number of buckets a window has, its value is
 * two merges away, and a bucket that leaves costs one merge in the long run.
 */

/** What buckets hold: mergeable, changed in place by whoever adds to it. */
export interface Monoid<A> {
  readonly empty: () => A;
  /** Adds everything of `other` to `into`. */
  readonly merge: (into: A, other: A) => void;
}

export interface Bucket<A> {
  /** Number of the bucket since the epoch: floor(time / resolution). */
  readonly index: number;
  readonly value: A;
  changed: boolean;
  /** It was written once: when it goes, its part must go too. */
  saved: boolean;
}

/** State of a stack; only the buckets are saved. */
export interface BucketStack<A> {
  /** Oldest first. */
  readonly buckets: Bucket<A>[];
  /** suffixes[i] merges the buckets from i up to `suffixes.length`; the buckets behind them are in `younger`. */
  suffixes: A[];
  younger: A;
  /** Indexes of saved buckets that left since the last save. */
  gone: number[];
}

/** A stack without buckets. */
export function emptyStack<A>(monoid: Monoid<A>): BucketStack<A> {
  return { buckets: [], suffixes: [], younger: monoid.empty(), gone: [] };
}

/** A stack of buckets that were saved. */
export function stackOf<A>(monoid: Monoid<A>, buckets: readonly { index: number; value: A }[]): BucketStack<A> {
  const stack = emptyStack(monoid);
  for (const { index, value } of [...buckets].sort((a, b) => a.index - b.index)) {
    stack.buckets.push({ index, value, changed: false, saved: true });
    monoid.merge(stack.younger, value);
  }
  return stack;
}

/** The merge of all buckets, a value of its own. */
export function mergedOf<A>(monoid: Monoid<A>, stack: BucketStack<A>): A {
  const merged = monoid.empty();
  const suffix = stack.suffixes[0];
  if (suffix !== undefined) monoid.merge(merged, suffix);
  monoid.merge(merged, stack.younger);
  return merged;
}

/** Everything that one more event of a bucket must be added to: the bucket's value, and the merges that hold it. */
export function targetsOf<A>(monoid: Monoid<A>, stack: BucketStack<A>, index: number): readonly A[] {
  const at = positionOf(monoid, stack, index);
  const bucket = stack.buckets[at]!;
  bucket.changed = true;
  return at >= stack.suffixes.length
    ? [bucket.value, stack.younger]
    : [bucket.value, ...stack.suffixes.slice(0, at + 1)];
}

/** Position of the bucket of an index, which is made when there is none. */
function positionOf<A>(monoid: Monoid<A>, stack: BucketStack<A>, index: number): number {
  const { buckets } = stack;
  let at = buckets.length;
  while (at > 0 && buckets[at - 1]!.index > index) at--;
  if (buckets[at - 1]?.index === index) return at - 1;
  buckets.splice(at, 0, { index, value: monoid.empty(), changed: true, saved: false });
  if (at < stack.suffixes.length) restack(monoid, stack);
  return at;
}

/** Drops the buckets before an index. */
export function dropBefore<A>(monoid: Monoid<A>, stack: BucketStack<A>, index: number): void {
  for (let oldest = stack.buckets[0]; oldest !== undefined && oldest.index < index; oldest = stack.buckets[0]) {
    if (stack.suffixes.length === 0) restack(monoid, stack);
    stack.buckets.shift();
    stack.suffixes.shift();
    if (oldest.saved) stack.gone.push(oldest.index);
  }
}

/** Merges suffixes of all buckets; nothing is left in `younger`. */
function restack<A>(monoid: Monoid<A>, stack: BucketStack<A>): void {
  stack.suffixes = [];
  let behind = monoid.empty();
  for (let i = stack.buckets.length - 1; i >= 0; i--) {
    const suffix = monoid.empty();
    monoid.merge(suffix, stack.buckets[i]!.value);
    monoid.merge(suffix, behind);
    stack.suffixes[i] = suffix;
    behind = suffix;
  }
  stack.younger = monoid.empty();
}

/** Writes the buckets that changed (all of them when `all`), and undefined for those that are gone. */
export function saveStack<A>(
  stack: BucketStack<A>,
  all: boolean,
  write: (part: string, text: string | undefined) => void,
  toJson: (value: A) => unknown,
): void {
  for (const index of stack.gone) write(String(index), undefined);
  for (const bucket of stack.buckets) {
    saveBucket(bucket, all, write, toJson);
  }
  stack.gone = [];
}

/** Writes one bucket when it changed, or when `all` are asked for. */
export function saveBucket<A>(
  bucket: Bucket<A>,
  all: boolean,
  write: (part: string, text: string | undefined) => void,
  toJson: (value: A) => unknown,
): void {
  if (!all && !bucket.changed) return;
  write(String(bucket.index), JSON.stringify(toJson(bucket.value)));
  bucket.changed = false;
  bucket.saved = true;
}
