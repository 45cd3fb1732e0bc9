/**
 * Buckets in place of events, for long windows: a bucket counts while it starts at or after
 * floor((newest − size) / resolution) · resolution.
 */
import type { Place } from "../model/event.ts";
import type { Millis } from "../model/time.ts";
import type { Value } from "../model/value.ts";
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
import type { Accumulators, Measures } from "./measures.ts";
import type { SlidingStore } from "./sliding_store.ts";
import { addEvidence } from "./window_rule.ts";

/** What one bucket keeps of its events. */
interface Kept {
  readonly accumulators: Accumulators;
  count: number;
}

interface Content {
  readonly stack: BucketStack<Kept>;
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
    empty: () => ({ stack: emptyStack(monoid), evidence: [] }),
    enter(content, event, newest, scope) {
      const { stack, evidence } = content;
      const index = indexOf(event.place);
      dropBefore(monoid, stack, first(newest));
      while (evidence.length > 0 && indexOf(evidence[0]!) < first(newest)) evidence.shift();
      if (index < first(newest)) return false;
      for (const kept of targetsOf(monoid, stack, index)) {
        measures.add(kept.accumulators, scope, event);
        kept.count++;
      }
      addEvidence(evidence, event.place);
      return true;
    },
    read: ({ stack }, deciding, scope) => measures.read(mergedOf(monoid, stack).accumulators, deciding, scope),
    readWith({ stack }, event, scope) {
      const merged = mergedOf(monoid, stack);
      measures.add(merged.accumulators, scope, event);
      measures.read(merged.accumulators, event.place, scope);
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
      const stack = stackOf(monoid, buckets);
      // What has left the window since it was written goes with the next save.
      dropBefore(monoid, stack, first(newest));
      return { stack, evidence };
    },
  };
}

function keptMonoid(measures: Measures): Monoid<Kept> {
  return {
    empty: () => ({ accumulators: measures.empty(), count: 0 }),
    merge(into, other) {
      measures.merge(into.accumulators, other.accumulators);
      into.count += other.count;
    },
  };
}

function loadKept(text: string, measures: Measures): Kept {
  const [count, ...accumulators]: [number, ...Value[]] = JSON.parse(text);
  return { accumulators: measures.load(accumulators), count };
}
