/** Wakes one waiter: sources ring it when they bring something, lanes when they have room, signals when they stop it. */
import type { Millis } from "../../model/time.ts";
import type { Timekeeper } from "./options.ts";

export class Bell {
  private rung = false;
  private waiting: AbortController | undefined;

  constructor(private readonly time: Pick<Timekeeper, "sleep">) {}

  ring(): void {
    this.rung = true;
    this.waiting?.abort();
  }

  /** Resolves when the bell rings, or has rung since the last wait, or after so many milliseconds. */
  async wait(millis: Millis): Promise<void> {
    if (!this.rung && millis > 0) {
      this.waiting = new AbortController();
      await this.time.sleep(millis, this.waiting.signal);
      this.waiting = undefined;
    }
    this.rung = false;
  }
}
