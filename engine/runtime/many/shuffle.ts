/**
 * Records on their way from the first stage to the second: in order, one request at a time, tried again until all of it
 * is acknowledged. What was acknowledged twice stands twice, and the second stage drops it.
 */
import type { Timekeeper } from "../engine/options.ts";
import type { Outgoing } from "./passing.ts";

/** Resolves when all in-sync replicas have the records of a topic. */
export type Produce = (topic: string, records: readonly Outgoing[]) => Promise<void>;

/** Records of one request at most. */
const requestRecords = 5_000;
/** Records that wait at most before the task is held back. */
const queueRecords = 50_000;

export interface ShuffleOptions {
  readonly produce: Produce;
  readonly time: Pick<Timekeeper, "sleep" | "backoff">;
  readonly log: (line: string) => void;
  /** Called when records were acknowledged. */
  readonly room: () => void;
}

export class Shuffle {
  private waiting: Outgoing[] = [];
  private pushed = 0;
  private acknowledgedCount = 0;
  private isSending = false;
  private readonly stopped = new AbortController();
  private watchers: { readonly at: number; readonly resolve: () => void }[] = [];

  constructor(private readonly options: ShuffleOptions) {}

  push(records: readonly Outgoing[]): void {
    if (records.length === 0) return;
    this.waiting.push(...records);
    this.pushed += records.length;
    if (this.isSending) return;
    this.isSending = true;
    // A slice of events is passed on without a pause: its records leave in one request.
    void Promise.resolve().then(() => this.send());
  }

  get isFull(): boolean {
    return this.pushed - this.acknowledgedCount > queueRecords;
  }

  /** Resolves when everything pushed so far is acknowledged; never when it was stopped before. */
  acknowledged(): Promise<void> {
    const at = this.pushed;
    if (this.acknowledgedCount >= at) return Promise.resolve();
    return new Promise((resolve) => this.watchers.push({ at, resolve }));
  }

  /** Sends nothing any more. */
  stop(): void {
    this.stopped.abort();
  }

  private async send(): Promise<void> {
    const { signal } = this.stopped;
    while (this.waiting.length > 0 && !signal.aborted) {
      const batch = this.waiting.slice(0, requestRecords);
      this.waiting = this.waiting.slice(requestRecords);
      for (const [topic, records] of Map.groupBy(batch, (record) => record.topic)) await this.insist(topic, records);
      if (signal.aborted) break;
      this.acknowledgedCount += batch.length;
      this.tell();
    }
    this.isSending = false;
  }

  private async insist(topic: string, records: readonly Outgoing[]): Promise<void> {
    const { produce, time, log } = this.options;
    const { signal } = this.stopped;
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        await produce(topic, records);
        if (attempt > 0) log(`The topic "${topic}" takes events again`);
        return;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        if (attempt === 0) log(`The topic "${topic}" takes no events: ${reason}; trying again`);
        await time.sleep(time.backoff(attempt), signal);
      }
    }
  }

  private tell(): void {
    const due = this.watchers.filter(({ at }) => at <= this.acknowledgedCount);
    this.watchers = this.watchers.filter(({ at }) => at > this.acknowledgedCount);
    for (const { resolve } of due) resolve();
    this.options.room();
  }
}
