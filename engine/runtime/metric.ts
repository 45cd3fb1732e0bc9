/**
 * What is told in numbers: metrics that a status is read as, and measures of what takes time. Both end in `/metrics` and
 * in OpenTelemetry; nothing is measured for each event.
 */
import type { Millis } from "../model/time.ts";

export type Labels = Readonly<Record<string, string | number>>;
export type Sample = readonly [labels: Labels, value: number];

/** A number by labels, as it stands now. */
export interface Metric {
  /** With its prefix and unit, such as `vigie_checkpoint_age_seconds`. */
  readonly name: string;
  readonly type: "counter" | "gauge";
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** Told once for each batch, checkpoint and delivery; how long it took is on the monotonic clock. */
export interface Measures {
  /** Events that were stepped together. */
  readonly batch: (events: number, took: Millis) => void;
  /** A checkpoint that the store answered: `bytes` of heads, states and outbox, by their characters. */
  readonly checkpoint: (bytes: number, took: Millis) => void;
  /** A batch that a sink was given, and how many of it were delivered. */
  readonly delivery: (sink: string, parcels: number, delivered: number, took: Millis) => void;
}
