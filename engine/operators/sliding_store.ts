/** What holds the content of a sliding window: events with exact edges, or buckets. Rules and scores share it. */
import type { Event, Place } from "../model/event.ts";
import type { Scope } from "../model/scope.ts";
import type { Millis } from "../model/time.ts";
import type { SlidingWindow } from "../windows/window.ts";
import type { Measures } from "./measures.ts";
import { bucketStore } from "./sliding_buckets.ts";
import { exactStore } from "./sliding_exact.ts";

/** A window's content over time; `C` is the content of one key (methods let any content fit where it is opaque). */
export interface SlidingStore<C = unknown> {
  empty(): C;
  /**
   * Takes an event in, and everything that has left the window ending at `newest` out; false when the event itself lies
   * outside and was not taken.
   */
  enter(content: C, event: Event, newest: Millis, scope: Scope): boolean;
  /** Fills `scope.values`; `deciding` is the event being judged. */
  read(content: C, deciding: Place, scope: Scope): void;
  /** Like `read`, as if an event that lies outside the window were in it. */
  readWith(content: C, event: Event, scope: Scope): void;
  count(content: C): number;
  /** The newest ten places, in order. */
  evidence(content: C): Place[];
  /** Writes the parts that changed (all of them when `all`), and undefined for those that are gone. */
  save(content: C, all: boolean, write: (part: string, text: string | undefined) => void): void;
  /** The content again; `newest` tells what has left the window since a part was written. */
  load(parts: Iterable<readonly [string, string]>, newest: Millis): C;
}

/** The store that a window needs. */
export function storeOf(window: SlidingWindow, measures: Measures): SlidingStore {
  return window.resolution === undefined
    ? exactStore(window.size, measures)
    : bucketStore(window.size, window.resolution, measures);
}
