/**
 * Follows one leaf over the buckets of a window, where a merge of all of them is large: its running total while that is
 * exact, else one merge that is kept, grows with every event and is made anew when a bucket has left.
 */
import type { Fold, RunningTotal } from "../aggregates/aggregate.ts";
import type { Place } from "../model/event.ts";
import type { Value } from "../model/value.ts";
import type { KnownResult } from "./measures.ts";

export class BucketFollower {
  /** The merge of all buckets; undefined when it is not known. */
  private merged: unknown;

  constructor(private readonly fold: Fold<unknown>, private readonly total: RunningTotal<unknown>) {}

  enter(bucket: unknown): void {
    this.total.enter(bucket);
    this.merged = undefined;
  }

  /** Called before the bucket has the value. */
  grow(bucket: unknown, value: Value, place: Place): void {
    this.total.grow(bucket, value);
    if (this.merged !== undefined) this.merged = this.fold.add(this.merged, value, place);
  }

  leave(bucket: unknown): void {
    this.total.leave(bucket);
    this.merged = undefined;
  }

  /** The result over all buckets, whose states are given. */
  result(buckets: Iterable<unknown>, deciding: Place): KnownResult {
    const exact = this.total.result();
    if (exact !== undefined) {
      this.merged = undefined;
      return exact;
    }
    this.merged ??= this.mergeOf(buckets);
    return this.known(this.merged, deciding);
  }

  /** The result as if one more event were in. */
  resultWith(buckets: Iterable<unknown>, value: Value, place: Place): KnownResult {
    const alone = this.fold.empty();
    this.total.grow(alone, value);
    const exact = this.total.result();
    const held = this.fold.add(alone, value, place);
    this.total.leave(held);
    if (exact !== undefined) return exact;
    const merged = this.fold.merge(this.mergeOf(buckets), held);
    return this.known(merged, place);
  }

  private known(merged: unknown, deciding: Place): KnownResult {
    return { value: this.fold.result(merged, deciding), approximate: this.fold.approximate?.(merged) === true };
  }

  private mergeOf(buckets: Iterable<unknown>): unknown {
    let merged = this.fold.empty();
    for (const bucket of buckets) merged = this.fold.merge(merged, bucket);
    return merged;
  }
}
