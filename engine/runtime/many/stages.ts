/** The two stages of many instances, as the engine of one task sees them. */
import type { Event } from "../../model/event.ts";
import type { Millis } from "../../model/time.ts";
import type { Timekeeper } from "../engine/options.ts";
import type { Drained, Stage } from "../engine/stage.ts";
import type { Drain } from "./drain.ts";
import type { Passing } from "./passing.ts";
import type { Shuffle } from "./shuffle.ts";
import { Telling } from "./telling.ts";

/** How often a task that has come to its ends looks whether the others have. */
const waitMillis = 100;

export interface StageNeeds {
  /** Name of the task. */
  readonly task: string;
  /** Undefined for a run without end. */
  readonly drain: Drain | undefined;
  readonly time: Timekeeper;
}

/** Reads source partitions and passes events on. */
export function firstStage(needs: StageNeeds, passing: Passing, shuffle: Shuffle): Stage {
  const telling = new Telling();
  return {
    pass: (event: Event) => shuffle.push(passing.recordsOf(event)),
    tell(sources, now) {
      for (const progress of telling.news(sources, now)) shuffle.push(passing.progressOf(progress));
    },
    tellDue: (sources) => telling.due(sources),
    acknowledged: () => shuffle.acknowledged(),
    isFull: () => shuffle.isFull,
    isComplete: () => false,
    async newest(own, isOver) {
      for (const progress of own.sources) shuffle.push(passing.progressOf(progress));
      await Promise.race([shuffle.acknowledged(), until(needs.time, isOver)]);
      return isOver() ? undefined : await newestOfAll(needs, own, isOver);
    },
    end: () => shuffle.stop(),
  };
}

/** Takes what was passed on; `feeds` says which source partitions feed it. */
export function secondStage(needs: StageNeeds, feeds: (source: string) => boolean): Stage {
  return {
    pass: () => {},
    tell: () => {},
    tellDue: () => Infinity,
    acknowledged: () => Promise.resolve(),
    isFull: () => false,
    isComplete: (known) => needs.drain?.isReached(known, feeds) ?? false,
    newest: (_own, isOver) => newestOfAll(needs, undefined, isOver),
    end: () => {},
  };
}

/** Asks until all tasks have reported, this one first where it reads sources; a store that is away is asked again. */
async function newestOfAll(
  { task, drain, time }: StageNeeds,
  own: Drained | undefined,
  isOver: () => boolean,
): Promise<Millis | undefined> {
  let isReported = own === undefined;
  for (; !isOver(); await time.sleep(waitMillis)) {
    try {
      if (!isReported && own !== undefined) await drain?.report(task, own);
      isReported = true;
      const newest = await drain?.newest();
      if (newest !== undefined) return newest;
    } catch {
      // The engine says that the store is away, and goes on trying.
    }
  }
  return undefined;
}

async function until(time: Timekeeper, isOver: () => boolean): Promise<void> {
  while (!isOver()) await time.sleep(waitMillis);
}
