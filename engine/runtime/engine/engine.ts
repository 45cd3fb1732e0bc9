/**
 * The live engine: claims the task, runs lives of it one after the other, and ends with a clean stop or a drained source.
 * A process that does not get the claim stands by and takes over when the owner is gone.
 */
import type { Millis } from "../../model/time.ts";
import { pipeline } from "../pipeline.ts";
import { settled } from "../settle.ts";
import { SourceError } from "../source.ts";
import { type Claimed, StoreError } from "../store.ts";
import { finishInputs, settlePositions } from "./hops/decode.ts";
import { isDrained } from "./hops/poll.ts";
import { saveAll, saveUntil, tellPositions } from "./hops/save.ts";
import { settleTimers } from "./hops/step.ts";
import { Lease } from "./lease.ts";
import type { EngineOptions, Setup } from "./options.ts";
import { openSource } from "./reading.ts";
import { progressOf } from "./progress.ts";
import { switchPlan } from "./reload.ts";
import { Run, type RunEnd } from "./run.ts";
import { tellWarming } from "./warming.ts";

/** Why a start does not stand by: it would drop the state whenever the owner is gone. */
const occupied = "Another instance runs this task, whose state is to be dropped: stop every instance first";
/** Longest wait between two tries to get the claim. */
const claimMillis = 1_000;

export class Engine {
  /** The present life; undefined while standing by. */
  run: Run | undefined;
  private readonly stopped = new AbortController();
  private readonly shutdownOver = new AbortController();
  private isAnew: boolean;
  private isDrained = false;
  private isHalted = false;
  private haltAt: ReadonlyMap<string, number> | undefined;
  private setup: Setup;

  constructor(private readonly options: EngineOptions) {
    this.isAnew = options.fresh || options.beginAnew !== undefined;
    this.setup = options.setup;
  }

  /**
   * Runs until it is stopped or drained, or, where others may steal the task, until that. Throws what the operator must
   * mend.
   */
  async start(): Promise<"stopped" | "drained" | "halted" | "fenced"> {
    await this.insist("The store", () => this.options.store.open());
    await this.insist("The store", () => this.options.check?.() ?? Promise.resolve());
    while (!this.stopped.signal.aborted) {
      const end = await this.life();
      if (end === undefined) return this.isHalted ? "halted" : this.isDrained ? "drained" : "stopped";
      if (end.why === "failed") throw end.error;
      if (end.why === "fenced" && this.options.steal === true) return "fenced";
      this.options.log(
        end.why === "fenced"
          ? "Another instance has taken over; standing by"
          : "The store was set back; going on from what it holds",
      );
    }
    return "stopped";
  }

  /** Stops cleanly: the slice is finished, saved and delivered as far as `shutdown` allows. */
  stop(): void {
    this.stopped.abort();
    if (this.run === undefined) return;
    this.run.isStopping = true;
    this.run.bell.ring();
  }

  /** Ends, saved but perhaps not delivered, when partitions have been taken up to these offsets: at once without any. */
  halt(ends: ReadonlyMap<string, number>): void {
    this.haltAt = ends;
    if (this.run === undefined) return;
    this.run.haltAt = ends;
    this.run.bell.ring();
  }

  /**
   * Takes up another plan at the next checkpoint, and in every later life. Resolves with the offsets from which it holds;
   * undefined while standing by, or when the life ended before.
   */
  async reload(setup: Setup): Promise<ReadonlyMap<string, number> | undefined> {
    await this.untilReady(setup);
    this.setup = setup;
    const { run } = this;
    if (run === undefined) return undefined;
    run.next?.switched(undefined);
    return await new Promise((switched) => {
      run.next = { setup, switched };
      run.bell.ring();
    });
  }

  /** One life; undefined after a clean stop or a drain. */
  private async life(): Promise<RunEnd | undefined> {
    const { options } = this;
    const { time, store } = options;
    const claim = await this.claim();
    if (claim === undefined) return undefined;
    const { claimed, asked } = claim;
    const lease = new Lease(store, claimed.fence, options.term, time, asked, () => this.run?.finish({ why: "fenced" }));
    let run: Run | undefined;
    try {
      const depths = await this.insist("The store", () => store.depths(options.task)) ?? new Map();
      run = new Run({ ...options, setup: this.setup }, claimed, lease, (what, act) => this.insist(what, act), depths);
      this.run = run;
      run.haltAt = this.haltAt;
      // A stop, or a halt, may have come while the claim was under way.
      run.isStopping = this.stopped.signal.aborted;
      await this.accompany(run);
      await this.untilReady(run.setup);
      await run.keepOrigin(run.setup);
      tellWarming(run);
      await openSource(run);
      await settleTimers(run);
      const isDone = await cycle(run);
      if (run.end === undefined) await this.conclude(run, isDone);
      return run.end;
    } finally {
      lease.end();
      run?.next?.switched(undefined);
      for (const lane of run?.lanes.values() ?? []) lane.stop();
      await options.companion?.end();
      await run?.source?.close().catch(() => {});
      run?.stage?.end();
      await store.release(claimed.fence).catch(() => {});
      this.run = undefined;
    }
  }

  /** Claims the task, waiting for its owner's end; undefined when stopped meanwhile. */
  private async claim(): Promise<{ claimed: Claimed; asked: Millis } | undefined> {
    const { store, task, owner, term, time, log } = this.options;
    const { signal } = this.stopped;
    const since = time.monotonic();
    for (let attempt = 0, told = false; !signal.aborted; attempt++) {
      const asked = time.monotonic();
      try {
        const claimed = await store.claim(task, owner, { term, steal: this.options.steal === true });
        if (!("heldFor" in claimed)) return { claimed: await this.begun(claimed), asked };
        if (this.isAnew && time.monotonic() - since > term + claimMillis) throw new StoreError(occupied, "refused");
        if (!told) log("Another instance runs this task; standing by");
        told = true;
        await time.sleep(Math.min(claimed.heldFor + 1, claimMillis), signal);
      } catch (error) {
        if (this.options.failFast || isFinal(error)) throw error;
        log(`The store is away: ${error instanceof Error ? error.message : error}; trying again`);
        await time.sleep(time.backoff(attempt), signal);
      }
    }
    return undefined;
  }

  /** What a claim begins with: nothing, where the state is to be dropped before the first life. */
  private async begun(claimed: Claimed): Promise<Claimed> {
    const { store, task, fresh, companion, beginAnew, goOn } = this.options;
    try {
      if (!this.isAnew) {
        await goOn?.();
        return claimed;
      }
      await beginAnew?.();
      await store.drop(task);
      if (fresh) await companion?.forget();
    } catch (error) {
      await store.release(claimed.fence).catch(() => {});
      throw error;
    }
    this.isAnew = false;
    return { ...claimed, number: 0, head: undefined };
  }

  private async accompany(run: Run): Promise<void> {
    const { companion } = this.options;
    if (companion === undefined) return;
    const life = { seq: run.head.seq, finish: (end: RunEnd) => run.finish(end) };
    await this.insist("The store", () => companion.begin(life));
  }

  /** The end of a life: what is stepped is saved, what is saved is delivered. */
  private async conclude(run: Run, isDrained: boolean): Promise<void> {
    const { shutdown, time } = this.options;
    await Promise.race([leaveSource(run), time.sleep(claimMillis)]);
    await run.source?.close();
    const hasAdvanced = isDrained && await advance(run);
    const lanes = [...run.lanes.values()];
    const stopped = isDrained ? this.untilStopped() : Promise.resolve();
    const shutDown = stopped.then(() => time.sleep(shutdown, this.shutdownOver.signal));
    // Whose claim has gone delivers no more, and need not wait for what another will deliver.
    const over = Promise.race([shutDown, run.ended]);
    settlePositions(run);
    // A drain says that all is done: the store is asked whether it is still the one that all of it was read from.
    const saved = Promise.race([saveAll(run, hasAdvanced).then(() => true), over.then(() => false)]);
    this.isHalted = await saved && run.hasHalted && run.end === undefined;
    if (!this.isHalted) await saveUntil(run, settled(lanes, over));
    await this.options.companion?.conclude(over, isDrained);
    for (const lane of lanes) lane.stop();
    // What was delivered is said again if nobody saves that: worth what is left of the time, and a second beyond it.
    const tooLate = Promise.all([shutDown, time.sleep(claimMillis)]);
    await Promise.race([saveAll(run), tooLate, run.ended]);
    this.shutdownOver.abort();
    this.isDrained = hasAdvanced && run.end === undefined;
    const waiting = lanes.reduce((sum, lane) => sum + lane.size, 0);
    if (waiting > 0) this.options.log(`${waiting} alerts were not delivered and stay in the outbox`);
  }

  /** Does something with the outside until it works; undefined when stopped meanwhile. */
  private async insist<T>(what: string, act: () => Promise<T>): Promise<T | undefined> {
    const { time, log, failFast } = this.options;
    const { signal } = this.stopped;
    for (let attempt = 0, said = ""; !signal.aborted; attempt++) {
      try {
        const done = await act();
        if (attempt > 0) log(`${what} is there`);
        return done;
      } catch (error) {
        if (failFast || isFinal(error)) throw error;
        const reason = error instanceof Error ? error.message : String(error);
        if (reason !== said) log(`${reason}; trying again until it works`);
        said = reason;
        await time.sleep(time.backoff(attempt), signal);
      }
    }
    return undefined;
  }

  /** Nothing is judged before what the plan reads beside events is there. */
  private async untilReady({ ready }: Setup): Promise<void> {
    if (ready !== undefined) await Promise.race([ready, this.untilStopped()]);
  }

  private untilStopped(): Promise<void> {
    const { signal } = this.stopped;
    return new Promise((resolve) => signal.aborted ? resolve() : signal.addEventListener("abort", () => resolve()));
  }
}

/** Reads no more, and tells the source how far it was read, as soon as a checkpoint has that. */
async function leaveSource(run: Run): Promise<void> {
  for (const { partition } of run.feeds) run.source?.pause(partition);
  settlePositions(run);
  await saveAll(run);
  if (run.number > 0 && run.end === undefined) await tellPositions(run);
}

async function replan(run: Run, { setup, switched }: NonNullable<Run["next"]>): Promise<void> {
  run.next = undefined;
  switched(await switchPlan(run, setup));
}

/**
 * The end of a drain: every input is finished, and event time is that of the newest event (semantics.md 13), of all
 * tasks where there are many. False when a stop came first.
 */
async function advance(run: Run): Promise<boolean> {
  await finishInputs(run);
  const newest = await newestOf(run);
  if (newest === undefined) return false;
  if (run.task.advanceTo(newest)) await settleTimers(run);
  // A stop between two timers left some of them for the next life.
  return !run.isTorn && !run.isCutShort;
}

async function newestOf(run: Run): Promise<Millis | undefined> {
  const { stage } = run;
  if (stage === undefined) return run.newest;
  // The last message may be no event, and have come since: it is reported too, or all would wait for it for ever.
  settlePositions(run);
  await saveAll(run);
  const own = { sources: progressOf(run), newest: run.newest };
  return await stage.newest(own, () => run.end !== undefined || run.isStopping);
}

/** Runs the pipeline until the life ends, a stop is asked for, or everything has been read: then it is true. */
async function cycle(run: Run): Promise<boolean> {
  while (run.end === undefined && !run.isStopping && !run.hasHalted) {
    for (const hop of pipeline) await hop(run);
    if (run.next !== undefined) await replan(run, run.next);
    if (run.end === undefined && isDrained(run)) return true;
  }
  return false;
}

/** What no further try can mend. */
function isFinal(error: unknown): boolean {
  if (error instanceof StoreError) return error.state === "refused";
  return error instanceof SourceError && error.state === "final";
}
