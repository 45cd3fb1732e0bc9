/** The sink that refuses some of what it is given, for good: that goes to the dead letters under the sink's name. */
import { refusalOf } from "../../engine/runtime/settle/refusal.ts";
import type { Parcel } from "../../engine/runtime/settle/entry.ts";

/** Name of the sink. */
export const refusing = "second";
export const refusalReason = "no, and never";

/** Whether the refusing sink refuses a parcel: about a fifth of alerts and records, always the same. */
export function isRefused(parcel: Parcel): boolean {
  if ("refused" in parcel) return false;
  const { id } = "alert" in parcel ? parcel.alert : parcel.record;
  return "012".includes(id.charAt(0));
}

/** The dead letter that comes of a parcel that is refused. */
export function deadLetterOf(parcel: Parcel): Parcel {
  return refusalOf(refusing, { seq: 0, parcel, order: "" }, refusalReason) ?? parcel;
}

/** What a dead letter was before it was refused; undefined for one that is a message. */
export function originalOf(parcel: Parcel): Parcel | undefined {
  if (!("refused" in parcel) || parcel.refused.stream !== refusing) return undefined;
  const what = JSON.parse(new TextDecoder().decode(Uint8Array.fromBase64(parcel.refused.value ?? "")));
  return "status" in what ? { alert: what } : { record: what };
}
