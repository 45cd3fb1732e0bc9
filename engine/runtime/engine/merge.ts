/**
 * The merge of partitions (runtime.md §2): the smallest event time first, and no event before every partition that is
 * behind its end has one waiting. So `replay`, `--drain` and catching up take one and the same order.
 */
import type { Arrival } from "../lane.ts";
import type { Feed } from "./feed.ts";

export interface Turn {
  readonly feed: Feed;
  readonly arrival: Arrival;
}

/** The feed whose event is next, and until when it stays so: others begin at `until`, inclusive where they come first. */
interface Choice {
  readonly feed: Feed;
  readonly until: number;
  readonly inclusive: boolean;
}

/**
 * The next events in order, at most `max`. Fewer where a feed that is behind has nothing waiting, and where a feed is
 * done: the end of an input comes between two events, not before or after the slice.
 */
export function nextTurns(feeds: readonly Feed[], max: number): Turn[] {
  const turns: Turn[] = [];
  while (turns.length < max) {
    const choice = choose(feeds);
    if (choice === undefined) break;
    const { feed, until, inclusive } = choice;
    for (let time = feed.peek(); time !== undefined && turns.length < max; time = feed.peek()) {
      if (time > until || (time === until && !inclusive)) break;
      const arrival = feed.shift();
      if (arrival === undefined) break;
      turns.push({ feed, arrival });
    }
    if (feed.peek() === undefined && feed.isDone) break;
  }
  return turns;
}

/** Whether an event can be taken now. */
export function hasTurn(feeds: readonly Feed[]): boolean {
  return choose(feeds) !== undefined;
}

function choose(feeds: readonly Feed[]): Choice | undefined {
  let best: Feed | undefined;
  let bestTime = Infinity;
  let until = Infinity;
  let inclusive = true;
  for (const feed of feeds) {
    const time = feed.peek();
    if (time === undefined) {
      if (feed.isBehind) return undefined;
    } else if (time < bestTime) {
      [best, bestTime, until, inclusive] = [feed, time, bestTime, false];
    } else if (time < until) [until, inclusive] = [time, true];
  }
  return best === undefined ? undefined : { feed: best, until, inclusive };
}
