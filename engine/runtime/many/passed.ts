/**
 * A record of a repartition topic: an event as one task passes it to another, or word of how far a source partition has
 * come (runtime.md §5). The place in the source stands in headers, the fields that rules read in the value.
 */
import type { Change, Event } from "../../model/event.ts";
import type { Millis } from "../../model/time.ts";
import { type Fields, isFields, type Value } from "../../model/value.ts";
import type { RawMessage } from "../ports.ts";

/** A source partition, with the stream that it is part of. */
export interface SourceName {
  readonly stream: string;
  readonly topic: string;
  readonly partition: number;
}

/** How far a source partition has come. */
export interface Progress {
  readonly source: SourceName;
  /** Every event before this offset stands before this record, in the same partition. */
  readonly next: number;
  /** Of an event: the watermark before it. */
  readonly watermark: Millis;
  readonly state: "active" | "idle";
}

export interface Passed extends Progress {
  /** Undefined where the record says only how far its partition has come. */
  readonly event: Pick<Event, "place" | "data" | "change"> | undefined;
  /** Number of the plan by which it was passed on. */
  readonly epoch: number;
}

/** A record before it has a partition. */
export interface PassedRecord {
  readonly value: string | null;
  readonly headers: { readonly [name: string]: string };
}

/** The record of an event. */
export function writeEvent(event: Event, epoch: number): PassedRecord {
  const { place, data, change, watermark } = event;
  const value = JSON.stringify(change === undefined ? { data } : { data, change });
  const headers = headersOf({ source: place, watermark, state: "active" }, epoch);
  return { value, headers: { ...headers, offset: String(place.offset), time: String(place.time) } };
}

/** The record that says how far a partition has come. */
export function writeProgress(progress: Progress, epoch: number): PassedRecord {
  return { value: null, headers: { ...headersOf(progress, epoch), next: String(progress.next) } };
}

function headersOf(
  { source, watermark, state }: Omit<Progress, "next">,
  epoch: number,
): { [name: string]: string } {
  const { stream, topic, partition } = source;
  return {
    ...{ stream, topic, state, partition: String(partition), epoch: String(epoch) },
    watermark: Number.isFinite(watermark) ? String(watermark) : "",
  };
}

/** What a record says; undefined where something else wrote it. */
export function readPassed({ value, headers }: RawMessage): Passed | undefined {
  if (headers === undefined) return undefined;
  const { stream, topic, partition, offset, next, watermark, state, time, epoch } = headers;
  if (stream === undefined || topic === undefined || watermark === undefined) return undefined;
  const progress = {
    source: { stream, topic, partition: Number(partition) },
    next: offset === undefined ? Number(next) : Number(offset) + 1,
    watermark: watermark === "" ? -Infinity : Number(watermark),
    state: state === "idle" ? state : "active",
    epoch: Number(epoch),
  } as const;
  if (!Number.isInteger(progress.next) || !Number.isInteger(progress.source.partition)) return undefined;
  if (value === null) return { ...progress, event: undefined };
  const event = readEvent(value);
  if (event === undefined) return undefined;
  const place = { ...progress.source, offset: progress.next - 1, time: Number(time) };
  return { ...progress, event: { ...event, place } };
}

function readEvent(value: Uint8Array): { data: Fields; change: Change | undefined } | undefined {
  const written = parsed(value);
  if (!isFields(written) || !isFields(written.data ?? null)) return undefined;
  const { data, change } = written;
  return isFields(data) ? { data, change: changeOf(change) } : undefined;
}

function parsed(value: Uint8Array): Value | undefined {
  try {
    const written: Value = JSON.parse(new TextDecoder().decode(value));
    return written;
  } catch {
    return undefined;
  }
}

const operations = ["c", "u", "d", "r"] as const;

function changeOf(written: Value | undefined): Change | undefined {
  if (!isFields(written)) return undefined;
  const op = operations.find((one) => one === written.op);
  const { before, ts_ms } = written;
  if (op === undefined) return undefined;
  return { op, before: isFields(before) ? before : null, ts_ms: typeof ts_ms === "number" ? ts_ms : null };
}
