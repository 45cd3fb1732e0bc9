/**
 * InfluxDB's line protocol: `measurement,tag=value field=value timestamp`. Tags are what charts group by, fields are what
 * they show; a point is known by measurement, tags and timestamp, in nanoseconds.
 */
import type { Fields, Value } from "../../engine/model/value.ts";
import { clip } from "./notice.ts";

export interface Point {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly fields: Fields;
  /** Milliseconds since the epoch. */
  readonly millis: number;
  /** Nanoseconds within the millisecond, 0 to 999,999. */
  readonly nanos: number;
}

/** One line; undefined when no field has a value that the protocol can hold. */
export function lineOf({ measurement, tags, fields, millis, nanos }: Point): string | undefined {
  const set = Object.entries(fields).flatMap(([name, value]) => {
    const text = fieldValue(value);
    return text === undefined ? [] : [`${escaped(name)}=${text}`];
  });
  if (set.length === 0) return undefined;
  const named = Object.entries(tags).filter(([, value]) => value !== "")
    .map(([name, value]) => `,${escaped(name)}=${escaped(value)}`).sort();
  return `${escaped(measurement)}${named.join("")} ${set.join(",")} ${millis}${String(nanos).padStart(6, "0")}`;
}

/** Numbers are always floats, because a field keeps the type of its first value. */
function fieldValue(value: Value): string | undefined {
  if (value === null) return undefined;
  if (typeof value === "number") return String(value);
  if (typeof value === "boolean") return value ? "true" : "false";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return `"${clip(text, longest).replace(/\0/g, "\ufffd").replace(/[\\"]/g, "\\$&")}"`;
}

/** A string field holds 64 KB; a character has at most three bytes for its UTF-16 unit. */
const longest = 20_000;

/** Names and tag values end at commas, equals signs and spaces, and a backslash at the end would escape what follows. */
function escaped(name: string): string {
  return clip(name, 1_000).replace(/[\p{Cc}]/gu, " ").replace(/\\+$/, "").replace(/[,= ]/g, "\\$&");
}

/** A number below a million that depends on nothing but the text (FNV-1a, 32 bits). */
export function nanosOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % 1_000_000;
}
