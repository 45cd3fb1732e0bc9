/**
 * Silence of partitions, on the monotonic clock (semantics.md 4, 6). A partition is idle once it has been caught up for
 * the `idle` of its stream; the source is asked whether it is, so that a broker that is away is never taken for silence.
 */
import type { Millis } from "../../../model/time.ts";
import { partitionName } from "../../source.ts";
import type { Feed } from "../feed.ts";
import type { Run } from "../run.ts";
import { settleTimers } from "./step.ts";

/** Time between two questions to the source while something is silent. */
const checkMillis = 2_000;

/** When the source is to be asked next, on the monotonic clock; Infinity while nothing is silent. */
export function silenceDue(run: Run): Millis {
  if (run.options.drain) return Infinity;
  const first = run.feeds.reduce((least, feed) => Math.min(least, idleAt(run, feed)), Infinity);
  return Math.max(first, run.lastCheck + checkMillis);
}

export async function watchSilence(run: Run): Promise<void> {
  const now = run.options.time.monotonic();
  if (now < silenceDue(run) || run.source === undefined) return;
  run.lastCheck = now;
  const quiet = run.feeds.filter((feed) => idleAt(run, feed) <= now);
  try {
    const ends = await run.source.ends(quiet.map((feed) => feed.partition));
    for (const feed of quiet) feed.end = Math.max(feed.end, ends.get(partitionName(feed.partition)) ?? 0);
  } catch {
    run.checked = undefined;
    return;
  }
  for (const feed of quiet) if (feed.isBehind || feed.peek() !== undefined) wake(run, feed);
  const silent = quiet.filter((feed) => !feed.isBehind && feed.peek() === undefined);
  // Event time is whole milliseconds, so what is left of one counts the next time.
  const elapsed = run.checked === undefined ? 0 : Math.floor(now - run.checked);
  let due = elapsed > 0 && run.task.elapse(elapsed);
  run.checked = run.checked === undefined ? now : run.checked + elapsed;
  // Of what was passed on, the task that reads the source knows what is idle.
  for (const { inputs } of silent.filter(({ opened }) => opened.isPassed !== true)) {
    for (const input of inputs) due = run.task.setState(input, "idle") || due;
  }
  if (due) await settleTimers(run);
}

/** A feed that speaks again, or is known to have more, holds its clocks. */
export function wake(run: Run, feed: Feed): void {
  if (feed.opened.isPassed === true) return;
  for (const input of feed.inputs) if (input.state === "idle") run.task.setState(input, "active");
}

function idleAt(run: Run, feed: Feed): Millis {
  if (feed.hasEnded || feed.isBehind || feed.peek() !== undefined) return Infinity;
  return feed.quietSince + (run.setup.plan.streams.get(feed.partition.stream)?.idle ?? 0);
}
