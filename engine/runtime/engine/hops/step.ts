/**
 * Hops 3, 5 and 6 for every event of the slice: the task routes it to its rules, steps the operators and raises what they
 * signal, synchronously. Timers that an event makes due fire before the next one is taken.
 */
import type { Passed } from "../../many/passed.ts";
import { bringUp, isNews, note } from "../../many/taking.ts";
import type { Turn } from "../merge.ts";
import type { Run } from "../run.ts";
import { admit, asked, loadFor } from "./load.ts";
import { boundsHold, save } from "./save.ts";
import { wake } from "./silence.ts";

/** Longest time without a turn for sockets: heartbeats leave in time. */
const breathMillis = 20;
/** Timers fired at once. */
const fireBudget = 1_000;
/** Timers read at once. */
const timerPage = 1_000;

export async function step(run: Run): Promise<void> {
  const { slice, options: { time } } = run;
  if (slice.length === 0) return;
  const now = time.monotonic();
  for (const [i, turn] of slice.entries()) {
    const { feed, arrival } = turn;
    const due = arrival.passed === undefined ? take(run, turn) : await takePassed(run, slice.slice(i), arrival.passed);
    if (due === undefined) return;
    feed.moveTo(arrival.message.offset + 1);
    run.since.events++;
    feed.counts.events++;
    feed.quietSince = now;
    if (due && !await settleTimers(run)) return;
    if (run.isTidied && !await loadFor(run, slice.slice(i + 1))) return;
    if ((i & 127) === 127 && time.monotonic() - run.breathed > breathMillis) await run.breathe();
    if (run.end !== undefined) return;
  }
  run.options.measures?.batch(slice.length, time.monotonic() - now);
  run.slice = [];
  for (const feed of run.feeds) feed.settlePosition();
  await run.breathe();
}

/** Takes an event that a source gave. True when something is due. */
function take(run: Run, { feed, arrival }: Turn): boolean {
  const { input, message, place, data, change } = arrival;
  if (input.state !== "active") wake(run, feed);
  run.current = message;
  if (place.time > run.newest) run.newest = place.time;
  const event = { place, data, change, watermark: input.watermark };
  run.stage?.pass(event);
  return run.task.take(input, event);
}

/** Takes what another task passed on, unless it is known. True when something is due, undefined when it was not taken. */
async function takePassed(run: Run, turns: readonly Turn[], passed: Passed): Promise<boolean | undefined> {
  const [turn] = turns;
  if (turn === undefined || !isNews(run.positions, passed)) return false;
  const { input, message } = turn.arrival;
  if (bringUp(run.task, input, passed) && !await settleTimers(run)) return undefined;
  // What fired may have taken the states of the event at hand out of memory.
  if (run.isTidied && !await loadFor(run, turns)) return undefined;
  note(run.positions, passed);
  const { event, watermark } = passed;
  if (event === undefined) return false;
  const { topic, partition, offset, time } = event.place;
  run.current = { ...message, topic, partition, offset };
  if (time > run.newest) run.newest = time;
  return run.task.take(input, { ...event, watermark });
}

/**
 * Fires what is due, in slices. False when the life ended or a stop came first: what is left fires in the next life, and
 * no event may be taken before.
 */
export async function settleTimers(run: Run): Promise<boolean> {
  for (;;) {
    const fired = run.end !== undefined || run.isTorn ? undefined : run.task.fire(fireBudget);
    if (fired === "done" || fired === undefined) return fired !== undefined;
    // Reading timers raises nothing: it need not wait for a sink that is full.
    if (fired !== "timers" && !run.task.isBusy) await pauseBetween(run);
    if (run.isCutShort) return false;
    if (fired === "keys") run.isTorn = !await admit(run, run.task.wanted());
    if (fired === "timers") run.isTorn = !await feedTimers(run);
  }
}

/** Between two slices of timers sockets have their turn, a checkpoint may be taken, and bounds hold. */
async function pauseBetween(run: Run): Promise<void> {
  await run.breathe();
  save(run);
  await boundsHold(run);
  run.isCutShort = run.isStopping;
}

/** Reads the next page of timers; false when a stop came while the store was away. */
async function feedTimers(run: Run): Promise<boolean> {
  const { until, after } = run.task.timersWanted();
  const page = await asked(run, (store, task) => store.timers(task, until, timerPage, after));
  if (page === undefined) return false;
  run.task.feed(page, until, page.length < timerPage);
  return true;
}
