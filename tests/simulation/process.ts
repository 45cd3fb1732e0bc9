/**
 * A simulated process: an engine whose clocks, waits and answers all come from the timeline. When it crashes none of them
 * ever comes again, which is all that is left of its memory.
 */
import type { Engine } from "../../engine/runtime/engine/engine.ts";
import type { Timekeeper } from "../../engine/runtime/engine/options.ts";
import type { Millis } from "../../engine/model/time.ts";
import type { Chance } from "./chance.ts";
import type { Timeline } from "./timeline.ts";

/** 2026-01-05T10:00:00Z: the wall clock at the start. */
const epoch = 1_767_607_200_000;

export class Process {
  isAlive = true;
  /** It was asked to stop. */
  isStopping = false;
  /** It ends when it has read the log to its end. */
  isDraining = false;
  /** It gave its claim up while the claim was its own: its end was a clean one. */
  hasReleased = false;
  /** Its life ended before its time. */
  isLost = false;
  /** When it last got the claim. */
  claimedAt: Millis = Infinity;
  /** What sinks told it in its present life that they have, as sink and name. */
  acknowledged: string[] = [];
  frozenUntil: Millis = 0;
  engine: Engine | undefined;
  private jump: Millis = 0;

  constructor(
    readonly name: string,
    private readonly timeline: Timeline,
    private readonly chance: Chance,
    private readonly cost: Millis,
    private readonly atTurn: (process: Process) => void,
  ) {}

  crash(): void {
    this.isAlive = false;
  }

  /** Stands still: whatever was to happen in it happens afterwards. */
  freeze(millis: Millis): void {
    this.frozenUntil = Math.max(this.frozenUntil, this.timeline.now + millis);
  }

  /** It got the claim: a life begins, and knows nothing of the one before. */
  claim(): void {
    this.claimedAt = this.timeline.now;
    this.acknowledged = [];
    this.isLost = false;
  }

  /** The life that it had cannot be saved any more: what it said may be said again. */
  lose(): void {
    this.acknowledged = [];
    this.isLost = true;
  }

  jumpWallClock(millis: Millis): void {
    this.jump += millis;
  }

  /** Does something in the process after so many milliseconds, if it lives, and as soon as it does not stand still. */
  after(millis: Millis, act: () => void): void {
    this.timeline.after(millis, () => {
      if (!this.isAlive) return;
      const rest = this.frozenUntil - this.timeline.now;
      if (rest > 0) this.after(rest, act);
      else act();
    });
  }

  /** Resolves after so many milliseconds of a process that lives; never in one that does not. */
  wait(millis: Millis): Promise<void> {
    return new Promise((resolve) => this.after(millis, resolve));
  }

  /** What the engine knows of time. */
  timekeeper(): Timekeeper {
    const { timeline } = this;
    return {
      now: () => Math.floor(epoch + timeline.now + this.jump),
      monotonic: () => timeline.now += this.cost,
      sleep: (millis, signal) =>
        new Promise((resolve) => {
          if (signal?.aborted) return resolve();
          signal?.addEventListener("abort", () => this.isAlive && resolve(), { once: true });
          this.after(millis, resolve);
        }),
      turn: () => {
        this.atTurn(this);
        return this.wait(this.chance.next());
      },
      backoff: (attempt) => Math.min(5 * 2 ** attempt, 100) * (0.8 + 0.4 * this.chance.next()),
    };
  }
}
