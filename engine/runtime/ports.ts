/** What the runtime needs from outside: raw messages in, lines of refused events out. Adapters implement these. */
import type { Change } from "../model/event.ts";
import type { Fields } from "../model/value.ts";
import type { Millis } from "../model/time.ts";

/** One message as a source hands it over, not yet decoded. */
export interface RawMessage {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Broker or producer timestamp in milliseconds; undefined where the source has none. */
  readonly timestamp: Millis | undefined;
  readonly key: Uint8Array | null;
  /** Null for a tombstone. */
  readonly value: Uint8Array | null;
  /** Where they were asked for. */
  readonly headers?: { readonly [name: string]: string };
}

/** Reasons of dead letters; documented in docs/operate/dead-letters.md. */
export const deadReasons = [
  "not_utf8",
  "not_json",
  "too_deep",
  "not_an_object",
  "schema",
  "no_time",
  "too_far_ahead",
  "null_value",
] as const;
export type DeadReason = (typeof deadReasons)[number];

/** What a decoder made of one message. The object is refilled by the next call: copy what must stay. */
export interface Decoded {
  /** `skipped` is a Debezium tombstone: counted, no dead letter. */
  outcome: "event" | "dead" | "skipped";
  /** Event time; NaN where a dead letter has no usable one. */
  time: Millis;
  data: Fields;
  change: Change | undefined;
  /** Place that a recorded event carries in `_topic _partition _offset`; undefined where it carries none. */
  topic: string | undefined;
  partition: number | undefined;
  offset: number | undefined;
  /** The message itself, where a recorded line holds its bytes; undefined where the line is the message. */
  value: Uint8Array | null | undefined;
  reason: DeadReason;
  /** Which field broke the contract and how, for people. */
  detail: string;
}

/** Decodes messages of one stream against its contract. Synchronous; one per stream. */
export interface Decoder {
  readonly decode: (value: Uint8Array | null, topic: string, timestamp: Millis | undefined) => Decoded;
}

/** A line of `--late` and `--dead`, and the content of dead letters (semantics.md 34). */
export interface RefusedLine {
  readonly stream: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly reason: string;
  /** RFC 3339; null when the event had no usable time. */
  readonly time: string | null;
  readonly raw: string;
}
