/** What leaves the engine on its way to receivers: held once in the outbox, pending once in each lane. */
import type { Alert, OutputRecord } from "../../model/alert.ts";
import type { Millis } from "../../model/time.ts";

/** A message that became no event, or an event that came late: bytes as they were, in base 64. */
export interface RefusedMessage {
  readonly stream: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly reason: string;
  /** RFC 3339; null when there is no usable time. */
  readonly time: string | null;
  readonly key: string | null;
  /** Null for none, and for what is withheld. */
  readonly value: string | null;
  /** Personal data was replaced or withheld: the original is in the source, at its place. */
  readonly redacted?: true;
}

/** What an entry carries. */
export type Parcel =
  | { readonly alert: Alert }
  | { readonly record: OutputRecord }
  | { readonly refused: RefusedMessage };

/** One entry of the outbox. */
export interface Entry {
  /** Rises within the task. */
  readonly seq: number;
  readonly parcel: Parcel;
  /** Entries of one fingerprint keep their order in every lane. */
  readonly order: string;
}

/** An entry in one lane: how often it was tried. Saved as the lane's own text. */
export interface Attempts {
  readonly attempts: number;
  /** Wall clock of the first try. */
  readonly first: Millis;
  /** Wall clock before which there is no further try. */
  readonly next: Millis;
}

/** Entries of the same text go out one after the other. */
export function orderOf(parcel: Parcel): string {
  if ("alert" in parcel) return parcel.alert.fingerprint;
  if ("record" in parcel) {
    const { output, pack, rule, key } = parcel.record;
    return `${output} ${pack}/${rule} ${JSON.stringify(key)}`;
  }
  return `${parcel.refused.topic}/${parcel.refused.partition}`;
}

/** Format of the texts below; a later one reads the earlier. */
const version = "1";

export function writeEntry({ parcel }: Entry): string {
  return version + JSON.stringify(parcel);
}

/** Reads what `writeEntry` wrote. */
export function readEntry(seq: number, text: string): Entry {
  const parcel: Parcel = JSON.parse(text.slice(version.length));
  return { seq, parcel, order: orderOf(parcel) };
}

export function writeAttempts(attempts: Attempts): string {
  return version + JSON.stringify(attempts);
}

/** Reads what `writeAttempts` wrote; undefined before the first try, for which a lane has no text. */
export function readAttempts(text: string): Attempts | undefined {
  if (text === "") return undefined;
  const attempts: Attempts = JSON.parse(text.slice(version.length));
  return attempts;
}
