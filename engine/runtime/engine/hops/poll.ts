/** Hop 1, poll: waits until there is something to do, holds partitions back whose queues are full, and hears silence. */
import type { Feed } from "../feed.ts";
import { hasTurn } from "../merge.ts";
import { tellDue, tellProgress } from "../progress.ts";
import type { Run } from "../run.ts";
import { checkpointDue } from "./save.ts";
import { silenceDue, watchSilence } from "./silence.ts";

/** What may wait in memory for one partition; it is held back beyond, and goes on below half of it. */
const bounds = { messages: 20_000, bytes: 16 << 20 };
const half = { messages: bounds.messages / 2, bytes: bounds.bytes / 2 };

/** Longest wait without anything due. */
const restMillis = 1_000;

export async function poll(run: Run): Promise<void> {
  hold(run);
  tellProgress(run);
  endDrain(run);
  if (hasTurn(run.feeds) || isDrained(run) || run.isStopping || run.end !== undefined) return;
  const now = run.options.time.monotonic();
  await run.bell.wait(Math.min(restMillis, checkpointDue(run) - now, silenceDue(run) - now, tellDue(run) - now));
  await watchSilence(run);
}

/** Whether every partition has been read to its end, and everything that was read has been taken. */
export function isDrained(run: Run): boolean {
  if (run.isCutShort || run.slice.length > 0 || run.abandoned.length > 0) return false;
  if (run.feeds.length === 0) return run.options.drain;
  return run.feeds.every((feed) => feed.isDone && feed.peek() === undefined);
}

/** What was passed on has no end of its own: a drain has it all when the source partitions behind it are known to theirs. */
function endDrain({ options: { drain }, stage, feeds, positions }: Run): void {
  if (!drain || stage?.isComplete(positions) !== true) return;
  for (const feed of feeds) if (feed.opened.isPassed === true) feed.hasEnded = true;
}

function hold(run: Run): void {
  for (const feed of run.feeds) {
    if (feed.isHeld ? !feed.isOver(half) : feed.isOver(bounds)) turnTap(run, feed);
  }
}

function turnTap(run: Run, feed: Feed): void {
  feed.isHeld = !feed.isHeld;
  if (feed.isHeld) run.source?.pause(feed.partition);
  else run.source?.resume(feed.partition);
}
