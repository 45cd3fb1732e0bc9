/**
 * Buckets in place of events, for long windows: a bucket counts while it starts at or after
 * floor((newest − size) / resolution) · resolution.
 */
import type { Place } from "../model/event.ts";
import type { Millis } from "../model/time.ts";
import type { Value } from "../model/value.ts";
import { BucketFollower } from "./bucket_follower.ts";
import {
  type BucketStack,
  dropBefore,
  emptyStack,
  mergedOf,
  type Monoid,
  saveStack,
  stackOf,
  targetsOf,
} from "./bucket_stack.ts";
import type { Accumulators, KnownResult, Measures } from "./measures.ts";
import type { SlidingStore } from "./sliding_store.ts";
import { addEvidence } from "./window_rule.ts";

/** What one bucket keeps of its events. */
interface Kept {
  readonly accumulators: Accumulators;
  count: number;
}

/** One for each leaf that is followed bucket by bucket; the others are merged in the stack. */
type Followers = readonly (BucketFollower | undefined)[];

interface Content {
  readonly stack: BucketStack<Kept>;
  readonly followers: Followers;
  /** The newest ten places: when one of them has left the window, so has every older one. */
  evidence: Place[];
}

/** Part that holds the evidence; the others are named by the numbers of their buckets. */
const evidencePart = "e";

/** A store that keeps one bucket of accumulators per `resolution`. */
export function bucketStore(size: Millis, resolution: Millis, measures: Measures): SlidingStore<Content> {
  const monoid = keptMonoid(measures);
  const first = (newest: Millis) => Math.floor((newest - size) / resolution);
  const indexOf = (place: Place) => Math.floor(place.time / resolution);
  return {
    empty: () => ({ stack: emptyStack(monoid), followers: followersOf(measures), evidence: [] }),
    enter(content, event, newest, scope) {
      const { evidence } = content;
      const { place } = event;
      const index = indexOf(place);
      drop(monoid, content, first(newest));
      while (evidence.length > 0 && indexOf(evidence[0]!) < first(newest)) evidence.shift();
      if (index < first(newest)) return false;
      add(monoid, content, index, measures, measures.valuesOf(scope, place.stream), place);
      addEvidence(evidence, place);
      return true;
    },
    read({ stack, followers }, deciding, scope) {
      const known = followers.map((follower, i) => follower?.result(statesOf(stack, i), deciding));
      measures.read(mergedOf(monoid, stack).accumulators, deciding, scope, known);
    },
    readWith({ stack, followers }, { place }, scope) {
      const values = measures.valuesOf(scope, place.stream);
      const merged = mergedOf(monoid, stack);
      measures.addValues(merged.accumulators, unfollowed(values, followers), place);
      const known = followers.map((follower, i): KnownResult | undefined => {
        const value = values[i] ?? null;
        if (value === null) return follower?.result(statesOf(stack, i), place);
        return follower?.resultWith(statesOf(stack, i), value, place);
      });
      measures.read(merged.accumulators, place, scope, known);
    },
    count: ({ stack }) => stack.buckets.reduce((sum, bucket) => sum + bucket.value.count, 0),
    evidence: ({ evidence }) => [...evidence],
    save({ stack, evidence }, all, write) {
      saveStack(stack, all, write, ({ accumulators, count }) => [count, ...measures.save(accumulators)]);
      write(evidencePart, JSON.stringify(evidence));
    },
    load(parts, newest) {
      const named = new Map(parts);
      const evidence: Place[] = JSON.parse(named.get(evidencePart) ?? "[]");
      named.delete(evidencePart);
      const buckets = [...named].map(([part, text]) => ({ index: Number(part), value: loadKept(text, measures) }));
      const followers = followersOf(measures);
      for (const { value } of buckets) followers.forEach((follower, i) => follower?.enter(value.accumulators[i]));
      const content = { stack: stackOf(monoid, buckets), followers, evidence };
      // What has left the window since it was written goes with the next save.
      drop(monoid, content, first(newest));
      return content;
    },
  };
}

function followersOf({ folds }: Measures): Followers {
  return folds.map((fold) => {
    const total = fold.follow?.();
    return total && new BucketFollower(fold, total);
  });
}

/** States of one leaf in all buckets. */
function* statesOf({ buckets }: BucketStack<Kept>, leaf: number): Iterable<unknown> {
  for (const { value } of buckets) yield value.accumulators[leaf];
}

/** Values of an event without those of leaves that are followed. */
function unfollowed(values: readonly Value[], followers: Followers): readonly Value[] {
  return values.map((value, i) => followers[i] === undefined ? value : null);
}

/** Adds an event to its bucket, and to what is known of all buckets. */
function add(
  monoid: Monoid<Kept>,
  { stack, followers }: Content,
  index: number,
  measures: Measures,
  values: readonly Value[],
  place: Place,
): void {
  const [bucket, ...merges] = targetsOf(monoid, stack, index);
  if (bucket === undefined) return;
  followers.forEach((follower, i) => {
    const value = values[i] ?? null;
    if (value !== null) follower?.grow(bucket.accumulators[i], value, place);
  });
  measures.addValues(bucket.accumulators, values, place);
  bucket.count++;
  const rest = unfollowed(values, followers);
  for (const kept of merges) {
    measures.addValues(kept.accumulators, rest, place);
    kept.count++;
  }
}

function drop(monoid: Monoid<Kept>, { stack, followers }: Content, before: number): void {
  for (const { index, value } of stack.buckets) {
    if (index >= before) break;
    followers.forEach((follower, i) => follower?.leave(value.accumulators[i]));
  }
  dropBefore(monoid, stack, before);
}

/** Merges what is not followed. */
function keptMonoid({ empty, folds }: Measures): Monoid<Kept> {
  return {
    empty: () => ({ accumulators: empty(), count: 0 }),
    merge(into, other) {
      for (const [i, fold] of folds.entries()) {
        if (fold.follow !== undefined) continue;
        into.accumulators[i] = fold.merge(into.accumulators[i], other.accumulators[i]);
      }
      into.count += other.count;
    },
  };
}

function loadKept(text: string, measures: Measures): Kept {
  const [count, ...accumulators]: [number, ...Value[]] = JSON.parse(text);
  return { accumulators: measures.load(accumulators), count };
}
