/**
 * Hop 8, settle: what left the engine goes to its receivers. Each receiver has a lane of its own: batches in order, tried
 * again without end until delivered or rejected, so that one that is away delays nobody else. A lane that is full says so,
 * and the engine takes no further event until there is room: memory stays bounded however long a receiver is away.
 */
import type { Verdict } from "../../sinks/sink.ts";
import type { Millis } from "../model/time.ts";

/** Where a lane ends. */
export interface Receiver<T> {
  /** One verdict per item, in order. */
  readonly deliver: (batch: readonly T[]) => Promise<readonly Verdict[]>;
  readonly batchMax: number;
}

export interface LaneSettings<T> {
  readonly name: string;
  /** Entries after which the lane is full. */
  readonly max: number;
  /** Wait before try `attempt` (from 0) in milliseconds. */
  readonly backoff: (attempt: number) => Millis;
  readonly sleep: (millis: Millis, signal: AbortSignal) => Promise<void>;
  /** Called for what the receiver will never take. */
  readonly rejected: (item: T, reason: string) => void;
  /** Called when a receiver begins to fail, and with undefined when it works again. */
  readonly trouble: (reason: string | undefined) => void;
}

export class DeliveryLane<T> {
  delivered = 0;
  rejectedCount = 0;
  private waiting: T[] = [];
  private running = false;
  private attempt = 0;
  private readonly stopped = new AbortController();
  private watchers: (() => void)[] = [];

  constructor(private readonly receiver: Receiver<T>, private readonly settings: LaneSettings<T>) {}

  get name(): string {
    return this.settings.name;
  }

  /** Entries that are not delivered yet. */
  get size(): number {
    return this.waiting.length;
  }

  get isFull(): boolean {
    return this.waiting.length >= this.settings.max;
  }

  /** Takes an entry even when the lane is full: who calls looks at `isFull` between slices. */
  push(item: T): void {
    this.waiting.push(item);
    if (!this.running) void this.run();
  }

  /** Resolves at the next change: a batch that was settled, or a stop. */
  change(): Promise<void> {
    return new Promise((resolve) => this.watchers.push(resolve));
  }

  /** Gives up what is not delivered yet. */
  stop(): void {
    this.stopped.abort();
    this.tell();
  }

  private async run(): Promise<void> {
    this.running = true;
    // Entries of the same slice go out together.
    await Promise.resolve();
    while (this.waiting.length > 0 && !this.stopped.signal.aborted) {
      const batch = this.waiting.slice(0, this.receiver.batchMax);
      const failed = await this.settle(batch);
      this.waiting = failed.items.length === 0
        ? this.waiting.slice(batch.length)
        : [...failed.items, ...this.waiting.slice(batch.length)];
      this.tell();
      if (failed.items.length === 0) this.recovered();
      else await this.settings.sleep(failed.after ?? this.settings.backoff(this.attempt++), this.stopped.signal);
    }
    this.running = false;
    this.tell();
  }

  /** Delivers a batch; returns what must be tried again, and the wait that the receiver asked for. */
  private async settle(batch: readonly T[]): Promise<{ items: readonly T[]; after: Millis | undefined }> {
    const verdicts = await this.verdicts(batch);
    const items: T[] = [];
    let after: Millis | undefined;
    for (const [i, item] of batch.entries()) {
      const verdict = verdicts[i] ?? { result: "retry", after: undefined, reason: "the sink gave no verdict" };
      if (verdict.result === "delivered") this.delivered++;
      else if (verdict.result === "rejected") {
        this.rejectedCount++;
        this.settings.rejected(item, verdict.reason);
      } else {
        if (items.length === 0) this.settings.trouble(verdict.reason);
        items.push(item);
        if (verdict.after !== undefined) after = Math.max(after ?? 0, verdict.after);
      }
    }
    return { items, after };
  }

  /** A receiver that throws has said nothing about any item, so all are tried again. */
  private async verdicts(batch: readonly T[]): Promise<readonly Verdict[]> {
    try {
      return await this.receiver.deliver(batch);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return batch.map(() => ({ result: "retry", after: undefined, reason }));
    }
  }

  private recovered(): void {
    if (this.attempt > 0) this.settings.trouble(undefined);
    this.attempt = 0;
  }

  private tell(): void {
    for (const watcher of this.watchers.splice(0)) watcher();
  }
}

/** Anything that has a lane's state, whatever it carries. */
export type AnyLane = Pick<DeliveryLane<never>, "name" | "size" | "isFull" | "change" | "stop">;

/** Resolves when no lane is full. */
export async function roomIn(lanes: readonly AnyLane[]): Promise<void> {
  for (let full = lanes.find((lane) => lane.isFull); full !== undefined; full = lanes.find((lane) => lane.isFull)) {
    await full.change();
  }
}

/** Resolves when every lane is empty: true, or when `within` does: false, with what is undelivered left in its lane. */
export async function settled(lanes: readonly AnyLane[], within: Promise<void>): Promise<boolean> {
  let late = false;
  void within.then(() => late = true);
  for (const lane of lanes) {
    while (lane.size > 0 && !late) await Promise.race([lane.change(), within]);
  }
  return lanes.every((lane) => lane.size === 0);
}
