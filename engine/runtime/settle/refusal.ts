/** What a receiver will never take becomes a dead letter under the receiver's name; people are told what it was. */
import { Buffer } from "node:buffer";
import type { Entry, Parcel } from "./entry.ts";

/** The dead letter of an entry, in the topic of its lane's family; undefined for what is one already. */
export function refusalOf(lane: string, { seq, parcel }: Entry, reason: string, family = lane): Parcel | undefined {
  if ("refused" in parcel) return undefined;
  const what = "alert" in parcel ? parcel.alert : parcel.record;
  const base64 = (text: string) => Buffer.from(text, "utf8").toString("base64");
  const place = { stream: lane, topic: topicOf(family), partition: 0, offset: seq };
  const content = { key: base64(what.id), value: base64(JSON.stringify(what)) };
  return { refused: { ...place, reason, time: what.event_time, ...content } };
}

/** A lane's name with nothing in it that no topic can have. */
export function topicOf(lane: string): string {
  return lane.replaceAll("/", ".").replace(/[^A-Za-z0-9._-]/g, "_");
}

export function nameOf(parcel: Parcel): string {
  if ("alert" in parcel) return `alert ${parcel.alert.id}`;
  return "record" in parcel ? `record ${parcel.record.id}` : `a message of ${parcel.refused.topic}`;
}
