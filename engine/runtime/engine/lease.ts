/**
 * The right to run a task, on the monotonic clock (runtime.md §3): renewed long before it ends, and nothing is delivered
 * while it is older than its term, because another may have taken over.
 */
import type { Millis } from "../../model/time.ts";
import type { CheckpointStore, Fence } from "../store.ts";
import type { Timekeeper } from "./options.ts";

export class Lease {
  private validUntil: Millis;
  private readonly stopped = new AbortController();
  private watchers: (() => void)[] = [];

  /** `asked` is the monotonic time before the claim was asked for; `lost` is called when it is another's. */
  constructor(
    private readonly store: CheckpointStore,
    private readonly fence: Fence,
    private readonly term: Millis,
    private readonly time: Timekeeper,
    asked: Millis,
    private readonly lost: () => void,
  ) {
    this.validUntil = asked + term;
    void this.keep();
  }

  /** Whether the claim is certain to hold now. */
  get isValid(): boolean {
    return this.time.monotonic() < this.validUntil;
  }

  /** Resolves when the claim holds, or was given up. */
  async valid(): Promise<void> {
    while (!this.isValid && !this.stopped.signal.aborted) {
      await new Promise<void>((resolve) => this.watchers.push(resolve));
    }
  }

  /** Renews no longer. */
  end(): void {
    this.stopped.abort();
    this.tell();
  }

  private async keep(): Promise<void> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      await this.time.sleep(this.isValid ? this.term / 3 : this.term / 20, signal);
      if (signal.aborted) return;
      const asked = this.time.monotonic();
      // A store that is away neither renews nor takes away: the claim just grows old.
      const renewed = await this.store.renew(this.fence, this.term).catch(() => undefined);
      if (renewed === false) return this.lost();
      if (renewed === true) this.validUntil = asked + this.term;
      this.tell();
    }
  }

  private tell(): void {
    for (const watcher of this.watchers.splice(0)) watcher();
  }
}
