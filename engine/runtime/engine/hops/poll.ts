/** Hop 1, poll: waits until there is something to do, lets partitions go on that were held back, and hears silence. */
import { letGo } from "../holding.ts";
import { hasTurn } from "../merge.ts";
import { tellDue, tellProgress } from "../progress.ts";
import type { Run } from "../run.ts";
import { checkpointDue } from "./save.ts";
import { silenceDue, watchSilence } from "./silence.ts";

/** Longest wait without anything due. */
const restMillis = 1_000;

export async function poll(run: Run): Promise<void> {
  letGo(run);
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
