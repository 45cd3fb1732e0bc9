/**
 * Buckets in place of events, for long windows: a bucket counts while it starts at or after
 * floor((newest − size) / resolution) · resolution.
 */
import { evidenceLimit } from "../model/alert.ts";
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
  readonly evidence: Place[];
}

/** A store that keeps one bucket of accumulators per `resolution`. */
export function bucketStore(size: Millis, resolution: Millis, measures: Measures): SlidingStore<BucketStack<Kept>> {
  const monoid = keptMonoid(measures);
  const first = (newest: Millis) => Math.floor((newest - size) / resolution);
  return {
    empty: () => emptyStack(monoid),
    enter(content, event, newest, scope) {
      const index = Math.floor(event.place.time / resolution);
      dropBefore(monoid, content, first(newest));
      if (index < first(newest)) return false;
      for (const kept of targetsOf(monoid, content, index)) {
        measures.add(kept.accumulators, scope, event);
        addEvidence(kept.evidence, event.place);
        kept.count++;
      }
      return true;
    },
    read: (content, deciding, scope) => measures.read(mergedOf(monoid, content).accumulators, deciding, scope),
    readWith(content, event, scope) {
      const merged = mergedOf(monoid, content);
      measures.add(merged.accumulators, scope, event);
      measures.read(merged.accumulators, event.place, scope);
    },
    count: (content) => content.buckets.reduce((sum, bucket) => sum + bucket.value.count, 0),
    evidence: (content) => content.buckets.flatMap((bucket) => bucket.value.evidence).slice(-evidenceLimit),
    save: (content, all, write) =>
      saveStack(content, all, write, (kept) => ({ ...kept, accumulators: measures.save(kept.accumulators) })),
    load(parts, newest) {
      const young = [...parts].filter(([part]) => Number(part) >= first(newest));
      return stackOf(monoid, young.map(([part, text]) => ({ index: Number(part), value: loadKept(text, measures) })));
    },
  };
}

function keptMonoid(measures: Measures): Monoid<Kept> {
  return {
    empty: () => ({ accumulators: measures.empty(), count: 0, evidence: [] }),
    merge(into, other) {
      measures.merge(into.accumulators, other.accumulators);
      into.count += other.count;
    },
  };
}

function loadKept(text: string, measures: Measures): Kept {
  const saved: { accumulators: readonly Value[]; count: number; evidence: Place[] } = JSON.parse(text);
  return { ...saved, accumulators: measures.load(saved.accumulators) };
}
