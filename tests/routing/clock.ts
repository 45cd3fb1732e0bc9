/** Time for tests of routes that nothing but the test moves. */

/** Where a clock begins. */
export const start = Date.parse("2026-01-05T10:00:00Z");

/** A clock that stands until it is moved; whoever sleeps is woken then, and looks for itself. */
export class Clock {
  time = start;
  private sleepers: { until: number; wake: () => void }[] = [];

  readonly keeper = {
    now: () => this.time,
    monotonic: () => this.time,
    turn: () => new Promise<void>((resolve) => queueMicrotask(resolve)),
    backoff: () => 100,
    sleep: (millis: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        this.sleepers.push({ until: this.time + millis, wake: resolve });
        if (signal?.aborted === true) resolve();
        signal?.addEventListener("abort", () => resolve());
      }),
  };

  async move(millis: number): Promise<void> {
    for (const end = this.time + millis; this.time < end;) {
      this.time = Math.min(end, this.time + 100);
      const due = this.sleepers.filter(({ until }) => until <= this.time);
      this.sleepers = this.sleepers.filter(({ until }) => until > this.time);
      for (const { wake } of due) wake();
      await quiet();
    }
  }
}

/** Lets everything run that needs no clock. */
export async function quiet(): Promise<void> {
  for (let i = 0; i < 200; i++) await Promise.resolve();
}
