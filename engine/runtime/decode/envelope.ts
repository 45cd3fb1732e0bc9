/**
 * Debezium envelopes: the row after a change (before it, for a delete), and the change itself (language.md §1).
 * With schemas enabled the envelope stands in `payload`.
 */
import type { Change } from "../../model/event.ts";
import { type Fields, isFields, type Value } from "../../model/value.ts";

/** A change of one row. `sourceTime` is the database's own time of the change, in milliseconds where it is a number. */
export interface ChangeEnvelope {
  readonly is: "change";
  readonly row: Fields;
  readonly change: Change;
  readonly sourceTime: Value | undefined;
}

/** What a message holds; `wrong` says what keeps it from being an envelope. */
export type Envelope =
  | ChangeEnvelope
  | { readonly is: "tombstone" }
  | { readonly is: "wrong"; readonly detail: string };

const tombstone: Envelope = { is: "tombstone" };

/** Unwraps one message of a change stream. */
export function unwrap(message: Fields): Envelope {
  const envelope = message.op === undefined && Object.hasOwn(message, "payload") ? message.payload : message;
  if (envelope === null) return tombstone;
  if (!isFields(envelope)) return { is: "wrong", detail: "/payload must be object" };
  const op = envelope.op;
  if (op !== "c" && op !== "u" && op !== "d" && op !== "r") {
    return { is: "wrong", detail: "/op must be equal to one of the allowed values: c, u, d, r" };
  }
  const side = op === "d" ? "before" : "after";
  const row = envelope[side];
  if (!isFields(row)) return { is: "wrong", detail: `/${side} must be object` };
  const before = isFields(envelope.before) ? envelope.before : null;
  const ts_ms = typeof envelope.ts_ms === "number" ? envelope.ts_ms : null;
  const sourceTime = isFields(envelope.source) ? envelope.source.ts_ms : undefined;
  return { is: "change", row, change: { op, before, ts_ms }, sourceTime };
}
