/** Hop 2, decode: the next events in the order of the merge, decoded; inputs that have ended let go of their clocks. */
import { nextTurns } from "../merge.ts";
import type { Run } from "../run.ts";
import { isOverBounds } from "./save.ts";
import { settleTimers } from "./step.ts";

/** Events of a slice: decoding and stepping so many takes a few milliseconds. */
const sliceEvents = 1_024;

export async function decode(run: Run): Promise<void> {
  await finishInputs(run);
  const mayTake = run.end === undefined && !run.isStopping && !isOverBounds(run);
  run.slice = mayTake ? nextTurns(run.feeds, sliceEvents) : [];
  if (run.slice.length === 0) settlePositions(run);
}

/** Moves positions on past what is no event, up to the first event that was not taken: what is refused there is said. */
export function settlePositions({ feeds, slice, abandoned }: Run): void {
  for (const feed of feeds) {
    const untaken = [...slice, ...abandoned].find((turn) =>
      turn.feed === feed && turn.arrival.message.offset >= feed.position
    );
    if (untaken === undefined) feed.settlePosition();
    else feed.moveTo(untaken.arrival.message.offset);
  }
}

/** The inputs of a stream are finished once all its partitions are, as those of a recorded file are. */
export async function finishInputs(run: Run): Promise<void> {
  const open = new Set(run.feeds.filter((feed) => !feed.isDone || feed.peek() !== undefined).map(streamOf));
  for (const feed of run.feeds) {
    if (open.has(streamOf(feed))) continue;
    for (const input of feed.inputs) {
      if (run.task.setState(input, "finished")) await settleTimers(run);
    }
  }
}

function streamOf(feed: Run["feeds"][number]): string {
  return feed.partition.stream;
}
