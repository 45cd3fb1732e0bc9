/**
 * One event after decoding, and the place it came from.
 * A place orders events whose times are equal (semantics.md 15): by stream, partition, offset.
 */
import type { Millis } from "./time.ts";
import type { Fields } from "./value.ts";

/** Where an event stands in the log, and when it happened: the evidence that an alert carries. */
export interface Place {
  readonly stream: string;
  readonly topic: string;
  readonly partition: number;
  /** Kafka offset, or the line number from 0 of a file without `_offset`. */
  readonly offset: number;
  /** Event time. */
  readonly time: Millis;
  /** The id of an alert that came back as an event: it stands for the place in ids, since alerts have none in a log. */
  readonly id?: string;
}

/** What makes the id of an alert unique that one event decides (semantics.md 32). */
export function occasionOf({ topic, partition, offset, id }: Place): readonly (string | number)[] {
  return id === undefined ? [topic, partition, offset] : [id];
}

/** What the change of a Debezium envelope was; absent for other formats. */
export interface Change {
  readonly op: "c" | "u" | "d" | "r";
  readonly before: Fields | null;
  readonly ts_ms: number | null;
}

/** A decoded event: it satisfies its contract and has a usable time. */
export interface Event {
  readonly place: Place;
  readonly data: Fields;
  readonly change: Change | undefined;
  /** Watermark of the event's own source partition before the event came; -Infinity for its first. */
  readonly watermark: Millis;
}

/** An event is late when it is older than the watermark of its own partition before it came (semantics.md 3). */
export function isLate(event: Event): boolean {
  return event.place.time < event.watermark;
}

/** Order of two places: time, then stream, partition, offset. Negative when `a` comes first. */
export function comparePlaces(a: Place, b: Place): number {
  if (a.time !== b.time) return a.time - b.time;
  if (a.stream !== b.stream) return a.stream < b.stream ? -1 : 1;
  return a.partition - b.partition || a.offset - b.offset;
}
