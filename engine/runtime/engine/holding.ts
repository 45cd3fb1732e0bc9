/**
 * What may wait in memory for one partition. It is held back when it has more, at the moment that it is given too much:
 * the pipeline may be waiting then for a sink or a store. It goes on when half of that has been taken.
 */
import type { Feed, FeedBounds } from "./feed.ts";
import type { Run } from "./run.ts";

/** A batch that a source has under way may come on top. */
export const bounds: FeedBounds = { messages: 20_000, bytes: 16 << 20 };
const half: FeedBounds = { messages: bounds.messages / 2, bytes: bounds.bytes / 2 };

/** Holds a partition back that has too much waiting. */
export function holdBack({ source }: Run, feed: Feed): void {
  if (feed.isHeld || !feed.isOver(bounds)) return;
  feed.isHeld = true;
  source?.pause(feed.partition);
}

/** Lets partitions go on that have room again. */
export function letGo({ source, feeds }: Run): void {
  for (const feed of feeds) {
    if (!feed.isHeld || feed.isOver(half)) continue;
    feed.isHeld = false;
    source?.resume(feed.partition);
  }
}
