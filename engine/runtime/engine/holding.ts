/**
 * What may wait in memory for partitions. One is held back when it has more, at the moment that it is given too much: the
 * pipeline may be waiting then for a sink or a store. It goes on when half of that has been taken.
 */
import type { Feed, FeedBounds } from "./feed.ts";
import type { Run } from "./run.ts";

/** Of one partition where there are few, of all together where there are many, and of one at least. */
const most = {
  one: { messages: 20_000, bytes: 16 << 20 },
  all: { messages: 200_000, bytes: 128 << 20 },
  least: { messages: 1_000, bytes: 1 << 20 },
} satisfies Record<string, FeedBounds>;

/** The bounds of each of so many partitions. A batch that a source has under way may come on top. */
export function boundsOf(partitions: number): FeedBounds {
  const of = (unit: "messages" | "bytes") =>
    Math.max(most.least[unit], Math.min(most.one[unit], Math.floor(most.all[unit] / partitions)));
  return { messages: of("messages"), bytes: of("bytes") };
}

/** Holds a partition back that has too much waiting. */
export function holdBack({ source, feeds }: Run, feed: Feed): void {
  if (feed.isHeld || !feed.isOver(boundsOf(feeds.length))) return;
  feed.isHeld = true;
  source?.pause(feed.partition);
}

/** Lets partitions go on that have room again. */
export function letGo({ source, feeds }: Run): void {
  const { messages, bytes } = boundsOf(feeds.length);
  const half = { messages: messages / 2, bytes: bytes / 2 };
  for (const feed of feeds) {
    if (!feed.isHeld || feed.isOver(half)) continue;
    feed.isHeld = false;
    source?.resume(feed.partition);
  }
}
