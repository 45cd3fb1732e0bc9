/**
 * What a task of many instances does beside its rules (runtime.md §5). The first stage reads source partitions and passes
 * events on; the second takes what was passed on to it. With one instance there is neither.
 */
import type { Event } from "../../model/event.ts";
import type { Millis } from "../../model/time.ts";
import type { Progress } from "../many/passed.ts";

export interface Stage {
  /** Passes an event on, before the task's own rules take it. */
  readonly pass: (event: Event) => void;
  /** Says how far source partitions have come, where that is news and it is time to. */
  readonly tell: (sources: readonly Progress[], now: Millis) => void;
  /** When there will be something to tell, on the monotonic clock; Infinity when nothing has changed. */
  readonly tellDue: (sources: readonly Progress[]) => Millis;
  /** Resolves when everything passed on so far is where no crash loses it. */
  readonly acknowledged: () => Promise<void>;
  /** So much waits that no further event may be taken. */
  readonly isFull: () => boolean;
  /** Whether everything that a drain wants has been taken, by the offsets up to which source partitions are known. */
  readonly isComplete: (known: ReadonlyMap<string, number>) => boolean;
  /**
   * The task has read all that a drain wants: resolves with the newest event time of all tasks once they have too;
   * undefined when `isOver` says so first.
   */
  readonly newest: (own: Drained, isOver: () => boolean) => Promise<Millis | undefined>;
  /** Nothing is passed on any more. */
  readonly end: () => void;
}

/** What a task has read. */
export interface Drained {
  readonly sources: readonly Progress[];
  readonly newest: Millis;
}
