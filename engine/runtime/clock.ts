/**
 * Event time of rules. An input is one source partition with a watermark of its own; a clock is the least watermark over
 * the inputs of the streams that its rules read. Neither ever goes back (runtime.md §2).
 */
import type { Millis } from "../model/time.ts";
import { TimerQueue } from "./timers.ts";

/** One partition of one stream. */
export interface Input {
  readonly stream: string;
  readonly topic: string;
  readonly partition: number;
  /** Greatest event time minus lateness; -Infinity before the first event. */
  watermark: Millis;
  /** An active input holds its clocks; an idle or finished one does not. They are different states all the same. */
  state: "active" | "idle" | "finished";
}

/** Event time of all rules that read the same streams. */
export class Clock {
  watermark: Millis = -Infinity;
  readonly timers = new TimerQueue();
  readonly inputs: Input[] = [];

  /** `name` finds the clock again after a restart. */
  constructor(readonly name: string, readonly streams: ReadonlySet<string>) {}

  /** Whether the inputs allow a later watermark, which is then set. */
  advance(): boolean {
    let least = Infinity;
    for (const input of this.inputs) {
      if (input.state === "active" && input.watermark < least) least = input.watermark;
    }
    return least !== Infinity && this.advanceTo(least);
  }

  /** Least own watermark over the inputs that may still give events; Infinity when there are none such. */
  floor(): Millis {
    let least = Infinity;
    for (const { state, watermark } of this.inputs) {
      const mute = state === "finished" || (state === "idle" && watermark === -Infinity);
      if (!mute && watermark < least) least = watermark;
    }
    return least;
  }

  /** True when no input holds the clock: it goes on by the time that goes by. */
  isFree(): boolean {
    return this.inputs.length > 0 && this.inputs.every((input) => input.state !== "active");
  }

  /** Sets a watermark that is later than the present one. */
  advanceTo(watermark: Millis): boolean {
    if (watermark <= this.watermark) return false;
    this.watermark = watermark;
    return true;
  }
}
