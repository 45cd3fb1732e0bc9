/** Measures of a run: distributions for `/metrics`, and the store and the receivers that tell them. */
import { monotonic } from "../../engine/adapters/clock.ts";
import type { Measures } from "../../engine/runtime/metric.ts";
import type { Receiver } from "../../engine/runtime/settle.ts";
import type { Checkpoint, CheckpointStore } from "../../engine/runtime/store.ts";

/** Upper bounds of the buckets, in seconds; one more holds everything above. */
const secondsBounds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const bytesBounds = [1e3, 1e4, 1e5, 1e6, 1e7, 1e8];

interface Series {
  readonly bounds: readonly number[];
  /** How many values each bucket holds, the last one those above every bound. */
  readonly counts: number[];
  sum: number;
}

/** How often values came, by bucket, and by sink where it says so. */
export class Distribution {
  /** By the name of the sink; under "" where there is none. */
  readonly series = new Map<string, Series>();

  constructor(readonly name: string, readonly help: string, private readonly bounds: readonly number[]) {}

  add(value: number, sink = ""): void {
    let series = this.series.get(sink);
    if (series === undefined) {
      series = { bounds: this.bounds, counts: new Array(this.bounds.length + 1).fill(0), sum: 0 };
      this.series.set(sink, series);
    }
    const bucket = this.bounds.findIndex((bound) => value <= bound);
    series.counts[bucket < 0 ? this.bounds.length : bucket]!++;
    series.sum += value;
  }
}

/** Measures as distributions, told on to tracing where there is any. */
export class Distributions implements Measures {
  private readonly batches = new Distribution("vigie_batch_seconds", "Stepping a batch of events", secondsBounds);
  private readonly saves = new Distribution("vigie_checkpoint_seconds", "Writing a checkpoint", secondsBounds);
  private readonly bytes = new Distribution("vigie_checkpoint_bytes", "Size of a checkpoint", bytesBounds);
  private readonly sent = new Distribution("vigie_delivery_seconds", "Delivering a batch to a sink", secondsBounds);
  readonly all: readonly Distribution[] = [this.batches, this.saves, this.bytes, this.sent];

  constructor(private readonly tracing: Measures | undefined) {}

  batch(events: number, took: number): void {
    this.batches.add(took / 1_000);
    this.tracing?.batch(events, took);
  }

  checkpoint(bytes: number, took: number): void {
    this.saves.add(took / 1_000);
    this.bytes.add(bytes);
    this.tracing?.checkpoint(bytes, took);
  }

  delivery(sink: string, parcels: number, delivered: number, took: number): void {
    this.sent.add(took / 1_000, sink);
    this.tracing?.delivery(sink, parcels, delivered, took);
  }
}

/** A store whose checkpoints are measured, those that it answers. */
export function measuredStore(store: CheckpointStore, measures: Measures): CheckpointStore {
  return {
    ...store,
    async save(fence, checkpoint) {
      const since = monotonic();
      const saved = await store.save(fence, checkpoint);
      measures.checkpoint(sizeOf(checkpoint), monotonic() - since);
      return saved;
    },
  };
}

function sizeOf({ head, states, outbox }: Checkpoint): number {
  let size = head.length;
  for (const { text } of states) size += text?.length ?? 0;
  for (const { text } of outbox) size += text.length;
  return size;
}

/** A receiver whose deliveries are measured, those that it answers. */
export function measuredReceiver(name: string, receiver: Receiver, measures: Measures): Receiver {
  return {
    ...receiver,
    async deliver(batch, seqs) {
      const since = monotonic();
      const verdicts = await receiver.deliver(batch, seqs);
      const delivered = verdicts.filter(({ result }) => result === "delivered").length;
      measures.delivery(name, batch.length, delivered, monotonic() - since);
      return verdicts;
    },
  };
}
