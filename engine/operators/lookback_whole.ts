/**
 * Saves a past whose buckets are small in two parts: the newest bucket, which most events change, and all the others,
 * which are written again when one of them has changed or the newest has joined them.
 */
import type { Bucket, Monoid } from "./bucket_stack.ts";
import { stackOf } from "./bucket_stack.ts";
import type { Lookback } from "./lookback.ts";

/** How the buckets of a part are written. */
export interface BucketsCodec<A> {
  readonly write: (buckets: readonly Bucket<A>[]) => string;
  readonly read: (text: string) => readonly { readonly index: number; readonly value: A }[];
}

const newestPart = "n";
const olderPart = "o";

/** Writes the parts that changed, both when `all`. */
export function saveWhole<A>(
  past: Lookback<A>,
  all: boolean,
  write: (part: string, text: string | undefined) => void,
  codec: BucketsCodec<A>,
): void {
  const older = [...past.retired, ...past.stack.buckets];
  const newest = older.pop();
  const joined = newest?.saved !== true || past.stack.gone.length > 0;
  if (newest !== undefined && (all || newest.changed)) write(newestPart, codec.write([newest]));
  if (all || joined || older.some(({ changed }) => changed)) write(olderPart, codec.write(older));
  past.stack.gone = [];
  for (const bucket of [...older, ...(newest === undefined ? [] : [newest])]) {
    bucket.changed = false;
    bucket.saved = true;
  }
}

/** A past that was saved; the next event sorts out which buckets lie before its window. */
export function loadWhole<A>(
  monoid: Monoid<A>,
  parts: readonly (readonly [string, string])[],
  codec: BucketsCodec<A>,
): Lookback<A> {
  return { stack: stackOf(monoid, parts.flatMap(([, text]) => codec.read(text))), retired: [] };
}
