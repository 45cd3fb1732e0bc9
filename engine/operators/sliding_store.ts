/** What holds the content of a sliding window: events with exact edges, or buckets. Rules and scores share it. */
import type { Event, Place } from "../model/event.ts";
import type { Scope } from "../model/scope.ts";
import type { Millis } from "../model/time.ts";
import type { SlidingWindow } from "../windows/window.ts";
import type { Measures } from "./measures.ts";
import { bucketStore } from "./sliding_buckets.ts";
import { exactStore } from "./sliding_exact.ts";

/** A window's content over time; `C` is the content of one key. */
export interface SlidingStore<C> {
  readonly empty: () => C;
  /** Takes an event in, and everything that has left the window ending at `newest` out. */
  readonly enter: (content: C, event: Event, newest: Millis, scope: Scope) => void;
  /** Fills `scope.values`; `deciding` is the event being judged. */
  readonly read: (content: C, deciding: Place, scope: Scope) => void;
  readonly count: (content: C) => number;
  /** The newest ten places, in order. */
  readonly evidence: (content: C) => Place[];
  /** Writes the parts that changed (all of them when `all`), and undefined for those that are gone. */
  readonly save: (content: C, all: boolean, write: (part: string, text: string | undefined) => void) => void;
  /** The content again; `newest` tells what has left the window since a part was written. */
  readonly load: (parts: Iterable<readonly [string, string]>, newest: Millis) => C;
}

/** The store that a window needs, used with whatever content it makes. */
export function withStore<R>(
  window: SlidingWindow,
  measures: Measures,
  use: <C>(store: SlidingStore<C>) => R,
): R {
  return window.resolution === undefined
    ? use(exactStore(window.size, measures))
    : use(bucketStore(window.size, window.resolution, measures));
}
