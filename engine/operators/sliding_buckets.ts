/**
 * Buckets in place of events, for long windows: a bucket counts while it starts at or after
 * floor((newest − size) / resolution) · resolution. Merged suffixes of the older buckets and a running merge of the
 * younger ones (the two stacks of a queue) give the window's value with two merges, however many buckets it has.
 */
import { evidenceLimit } from "../model/alert.ts";
import type { Event, Place } from "../model/event.ts";
import type { Scope } from "../model/scope.ts";
import type { Millis } from "../model/time.ts";
import type { Accumulators, Measures, Saved } from "./measures.ts";
import type { SlidingStore } from "./sliding_store.ts";
import { addEvidence } from "./window_rule.ts";

interface Bucket {
  readonly index: number;
  readonly accumulators: Accumulators;
  count: number;
  readonly evidence: Place[];
  changed: boolean;
}

interface Content {
  /** Oldest first. */
  readonly buckets: Bucket[];
  /** suffixes[i] merges the buckets from i up to `suffixes.length`; the buckets behind them are in `younger`. */
  suffixes: Accumulators[];
  younger: Accumulators;
  gone: number[];
}

/** A store that keeps one bucket of accumulators per `resolution`. */
export function bucketStore(size: Millis, resolution: Millis, measures: Measures): SlidingStore<Content> {
  const empty = (): Content => ({ buckets: [], suffixes: [], younger: measures.empty(), gone: [] });
  const total = (content: Content): Accumulators => {
    const merged = measures.empty();
    const suffix = content.suffixes[0];
    if (suffix !== undefined) measures.merge(merged, suffix);
    measures.merge(merged, content.younger);
    return merged;
  };
  return {
    empty,
    enter(content, event, newest, scope) {
      evict(content, Math.floor((newest - size) / resolution), measures);
      add(content, Math.floor(event.place.time / resolution), event, scope, measures);
    },
    read: (content, deciding, scope) => measures.read(total(content), deciding, scope),
    count: (content) => content.buckets.reduce((sum, bucket) => sum + bucket.count, 0),
    evidence: (content) => content.buckets.flatMap((bucket) => bucket.evidence).slice(-evidenceLimit),
    save(content, all, write) {
      for (const index of content.gone) write(String(index), undefined);
      for (const bucket of content.buckets) {
        if (all || bucket.changed) write(String(bucket.index), saveBucket(bucket, measures));
        bucket.changed = false;
      }
      content.gone = [];
    },
    load(parts, newest) {
      const content = empty();
      const first = Math.floor((newest - size) / resolution);
      for (const [part, text] of parts) {
        if (Number(part) >= first) content.buckets.push(loadBucket(text, measures));
      }
      content.buckets.sort((a, b) => a.index - b.index);
      for (const bucket of content.buckets) measures.merge(content.younger, bucket.accumulators);
      return content;
    },
  };
}

function add(content: Content, index: number, event: Event, scope: Scope, measures: Measures): void {
  const { buckets } = content;
  let at = buckets.length;
  while (at > 0 && buckets[at - 1]!.index > index) at--;
  let bucket = buckets[at - 1];
  if (bucket === undefined || bucket.index !== index) {
    bucket = { index, accumulators: measures.empty(), count: 0, evidence: [], changed: true };
    buckets.splice(at, 0, bucket);
    if (at < content.suffixes.length) restack(content, measures);
  } else at--;
  measures.add(bucket.accumulators, scope, event);
  addEvidence(bucket.evidence, event.place);
  bucket.count++;
  bucket.changed = true;
  if (at >= content.suffixes.length) measures.add(content.younger, scope, event);
  else for (let i = 0; i <= at; i++) measures.add(content.suffixes[i]!, scope, event);
}

/** Drops buckets before `first`; when the stack of suffixes runs out, the younger buckets become the new one. */
function evict(content: Content, first: number, measures: Measures): void {
  for (let oldest = content.buckets[0]; oldest !== undefined && oldest.index < first; oldest = content.buckets[0]) {
    if (content.suffixes.length === 0) restack(content, measures);
    content.buckets.shift();
    content.suffixes.shift();
    content.gone.push(oldest.index);
  }
}

/** Merges suffixes of all buckets; nothing is left in `younger`. */
function restack(content: Content, measures: Measures): void {
  content.suffixes = [];
  let behind = measures.empty();
  for (let i = content.buckets.length - 1; i >= 0; i--) {
    const suffix = measures.empty();
    measures.merge(suffix, content.buckets[i]!.accumulators);
    measures.merge(suffix, behind);
    content.suffixes[i] = suffix;
    behind = suffix;
  }
  content.younger = measures.empty();
}

function saveBucket(bucket: Bucket, measures: Measures): string {
  return JSON.stringify({ ...bucket, changed: false, accumulators: measures.save(bucket.accumulators) });
}

function loadBucket(text: string, measures: Measures): Bucket {
  const saved: Saved<Bucket> = JSON.parse(text);
  return { ...saved, accumulators: measures.load(saved.accumulators) };
}
