/**
 * Hop 7, save: the checkpoint. It is collected between two events and written while stepping goes on; it is asked again,
 * the same, until the store answers. What waited for it leaves only then.
 */
import type { Millis } from "../../../model/time.ts";
import { type Checkpoint, type Saved, StoreError } from "../../store.ts";
import { partitionName } from "../../source.ts";
import { writeHead } from "../head.ts";
import type { Run } from "../run.ts";

/** Entries of the outbox that are not saved yet, after which a checkpoint is due. */
const outboxDirtyMax = 10_000;

/**
 * When a checkpoint is due, on the monotonic clock; Infinity while one is under way or nothing has changed, and in a life
 * that has ended, perhaps between two timers: what it holds is half a step, and another's to do.
 */
export function checkpointDue(run: Run): Millis {
  const { task, outbox, since, options: { checkpoint } } = run;
  if (run.saving !== undefined || run.isTorn || run.end !== undefined) return Infinity;
  if (since.once || task.dirty >= checkpoint.maxDirty || outbox.dirty >= outboxDirtyMax) return -Infinity;
  const group = since.gated === undefined || isFarBehind(run) ? Infinity : since.gated + checkpoint.groupCommit;
  return Math.min(group, hasChanged(run) ? since.collected + checkpoint.every : Infinity);
}

/** Messages that are known to be there, beyond which alerts are late anyway. */
const farBehind = 20_000;

/** Whether so much waits that more checkpoints would only make every alert later. */
function isFarBehind({ feeds, options: { drain } }: Run): boolean {
  return drain || feeds.reduce((lag, { end, position }) => lag + Math.max(0, end - position), 0) > farBehind;
}

/** Begins a checkpoint when one is due. */
export function save(run: Run): void {
  tidy(run);
  if (run.options.time.monotonic() >= checkpointDue(run)) beginCheckpoint(run);
}

/**
 * Tells the task that its checkpoint is in the store, so that keys may leave memory. Not at the moment of the answer: keys
 * that the slice at hand was loaded with must stay until it is stepped, or be loaded again.
 */
function tidy(run: Run): void {
  if (!run.savedDue) return;
  run.savedDue = false;
  run.task.saved();
  run.task.evict(run.options.checkpoint.maxKeys);
  run.isTidied = true;
}

/** Writes everything that has changed, or `always`; resolves when the store has it, or the life has ended. */
export async function saveAll(run: Run, always = false): Promise<void> {
  while (run.saving !== undefined) await run.saving;
  tidy(run);
  if ((!always && !hasChanged(run)) || run.isTorn || run.end !== undefined) return;
  beginCheckpoint(run);
  await run.saving;
}

/**
 * Resolves when memory has room: changed keys, undelivered alerts. Until then no event is taken. Between two
 * slices (`isBetween`) a plan that waits ends the waiting, and a halt: rules are mended also while a sink is full.
 */
export async function boundsHold(run: Run, isBetween = false): Promise<void> {
  while (run.end === undefined && !run.isStopping && isOverBounds(run)) {
    if (isBetween && (run.next !== undefined || run.hasHalted)) return;
    // What fills a lane may itself wait for its checkpoint.
    await run.bell.wait(Math.min(boundsMillis, checkpointDue(run) - run.options.time.monotonic()));
    save(run);
  }
}

/** Saves what lanes settle, when it is due, until they are done. */
export async function saveUntil(run: Run, done: Promise<unknown>): Promise<void> {
  let isDone = false;
  void done.then(() => isDone = true);
  while (!isDone && run.end === undefined) {
    const due = checkpointDue(run) - run.options.time.monotonic();
    await Promise.race([run.bell.wait(Math.min(boundsMillis, due)), done]);
    save(run);
  }
  await done;
}

const boundsMillis = 500;

/** Whether no further event may be taken now. */
export function isOverBounds(run: Run): boolean {
  const { task, outbox, lanes, stage, options: { checkpoint } } = run;
  if (stage?.isFull() === true) return true;
  if (run.saving !== undefined && (task.dirty >= 2 * checkpoint.maxDirty || outbox.dirty >= 2 * outboxDirtyMax)) {
    return true;
  }
  for (const lane of lanes.values()) if (lane.isFull) return true;
  return false;
}

/** A refused message that was delivered at once leaves nothing behind but a position. */
function hasChanged({ since, outbox, task, feeds }: Run): boolean {
  if (since.events > 0 || outbox.dirty > 0 || task.dirty > 0) return true;
  return feeds.some(({ position, collected }) => position !== collected);
}

/** A checkpoint whether one is due or not; the task's head in it, undefined when the life has ended. */
export async function checkpointNow(run: Run): Promise<string | undefined> {
  while (run.saving !== undefined) await run.saving;
  tidy(run);
  if (run.end !== undefined) return undefined;
  const head = beginCheckpoint(run);
  await run.saving;
  return run.end === undefined ? head : undefined;
}

/** Begins a checkpoint; returns the task's head. */
function beginCheckpoint(run: Run): string {
  const { since, options: { time } } = run;
  const { head, states, timers } = run.task.collect();
  const { outbox, lanes } = run.outbox.collect();
  const positions = new Map(run.positions);
  for (const feed of run.feeds) {
    positions.set(partitionName(feed.partition), feed.position);
    feed.collected = feed.position;
  }
  const text = writeHead({ positions, seq: run.outbox.lastSeq, newest: run.newest, task: head });
  since.events = 0;
  since.gated = undefined;
  since.once = false;
  since.collected = time.monotonic();
  const checkpoint = { number: run.number + 1, head: text, states, timers, outbox, lanes };
  // Offsets are saved only when what was passed on before them cannot be lost.
  const acknowledged = run.stage?.acknowledged() ?? Promise.resolve();
  run.saving = acknowledged.then(() => write(run, checkpoint, positions)).finally(() => {
    run.saving = undefined;
    run.bell.ring();
  });
  return head;
}

async function write(run: Run, checkpoint: Checkpoint, positions: ReadonlyMap<string, number>): Promise<void> {
  const { store, time, log } = run.options;
  for (let attempt = 0;; attempt++) {
    try {
      concluded(run, checkpoint, await store.save(run.claimed.fence, checkpoint));
      if (run.end === undefined) run.source?.saved?.(positions);
      return;
    } catch (error) {
      if (error instanceof StoreError && error.state === "refused") return run.finish({ why: "failed", error });
      run.storeTrouble = error instanceof Error ? error.message : String(error);
      if (attempt === 0) log(`The checkpoint cannot be written: ${run.storeTrouble}; trying again`);
      if (run.end !== undefined) return;
      await time.sleep(time.backoff(attempt));
    }
  }
}

function concluded(run: Run, { number }: Checkpoint, saved: Saved): void {
  if (saved !== "saved") return run.finish({ why: saved });
  if (run.storeTrouble !== undefined) run.options.log("The store works again");
  run.storeTrouble = undefined;
  run.number = number;
  run.counts.checkpoints++;
  run.savedDue = true;
  run.outbox.saved();
  tellNowAndThen(run);
}

const tellMillis = 5_000;

function tellNowAndThen(run: Run): void {
  const now = run.options.time.monotonic();
  if (now < run.committed + tellMillis || run.isStopping) return;
  run.committed = now;
  void tellPositions(run);
}

/** Offsets for tools that show lag; the store's are the truth, so a failure is nothing. */
export async function tellPositions({ source, feeds }: Run): Promise<void> {
  await source?.commit(feeds.map(({ partition, position }) => ({ partition, offset: position }))).catch(() => {});
}
