/** What the generator gives: events ready for a wire or a file, and labels that say what planted cases must do. */
import type { Millis } from "../model/time.ts";
import type { Fields } from "../model/value.ts";

/** One message. */
export interface GeneratedEvent {
  readonly stream: string;
  /** A topic of the stream's contract, its places filled. */
  readonly topic: string;
  /** The contract's key field as text. */
  readonly key: string;
  /** Event time. */
  readonly time: Millis;
  /** When it happens: its event time; of a change of a row whose event time is the row's creation, later. */
  readonly at: Millis;
  /** JSON text: the event, or a Debezium envelope. */
  readonly value: string;
  /** True when it belongs to a planted case: it is never made late or undecodable. */
  readonly planted: boolean;
}

/** Which rule a planted case makes speak, or how close to speaking it comes without doing so. */
export interface Label {
  /** Full name: `payments/high-amount`. */
  readonly rule: string;
  /** True: the rule must speak of this key between `from` and `to`; false: it must not. */
  readonly fires: boolean;
  /** Whether the rule speaks by an alert or by a record. */
  readonly by: "alert" | "record";
  /** What was planted, for people. */
  readonly says: string;
  /** The alert's key; of a rule without a key, the fields by which its events are found. */
  readonly key: Fields;
  /** RFC 3339: the case's first event, and the event time at which the rule speaks at the latest. */
  readonly from: string;
  readonly to: string;
  /** The case's events. `id` is the event's own id, or its key where it has none. */
  readonly events: readonly { readonly stream: string; readonly id: string; readonly time: string }[];
}

export interface GeneratorOptions {
  /** Names of streams; events that belong together are made together. */
  readonly streams: readonly string[];
  /** A whole number. */
  readonly seed: number;
  /** Event time of the beginning. */
  readonly start: Millis;
  /** Events a second of event time, all streams together, on average over a week; planted cases come on top. */
  readonly rate: number;
}

export interface Generator {
  /** The events of the time before `until` that were not given yet, in the order in which they happen. */
  readonly next: (until: Millis) => GeneratedEvent[];
  /** Labels of the cases whose last event was given since the last call. */
  readonly labels: () => Label[];
}
