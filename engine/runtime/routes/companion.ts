/** What lives beside each life of a task and ends with it: the routes of its alerts. */
import type { RunEnd } from "../engine/run.ts";

/** A life as its companion sees it. */
export interface Life {
  /** Number of the last entry of the one task's outbox that is saved; undefined where there are many tasks. */
  readonly seq: number | undefined;
  /** Ends the life. */
  readonly finish: (end: RunEnd) => void;
}

export interface Companion {
  /** Forgets everything that was kept of it. */
  readonly forget: () => Promise<void>;
  /** Takes up what was kept. Throws what the store says. */
  readonly begin: (life: Life) => Promise<void>;
  /** The lanes of the task are empty, or `over` has resolved: delivers what it has, as far as `over` allows. */
  readonly conclude: (over: Promise<void>, isDrained: boolean) => Promise<void>;
  readonly end: () => Promise<void>;
}
