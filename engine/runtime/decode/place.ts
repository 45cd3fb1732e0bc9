/**
 * What `vigie record` writes beside an event: `_topic _partition _offset _timestamp _key`. They are taken out before the
 * contract is applied (semantics.md 35), so that a replay gives production's ids and contracts never see them. A message
 * that cannot carry them stands as its bytes, in base 64, in `_value` beside them: so it becomes what it was in production.
 */
import { Buffer } from "node:buffer";
import { type Fields, isFields, type Value } from "../../model/value.ts";
import type { RawMessage } from "../ports.ts";
import { isTooDeep, parseJson, textOf } from "./text.ts";

export interface RecordedPlace {
  /** The event without the place. */
  readonly data: Fields;
  readonly topic: string | undefined;
  readonly partition: number | undefined;
  readonly offset: number | undefined;
  /** Broker timestamp in milliseconds. */
  readonly timestamp: number | undefined;
  /** The message itself, where the line holds its bytes and nothing else; null for a tombstone. */
  readonly value?: Uint8Array | null;
}

const names = ["_topic", "_partition", "_offset", "_timestamp", "_key", "_key64", "_value"] as const;

/** Splits a recorded line into event and place; undefined when it carries no part of a place. Unusable parts are dropped. */
export function takePlace(line: Fields): RecordedPlace | undefined {
  if (
    line._offset === undefined && line._partition === undefined && line._topic === undefined &&
    line._timestamp === undefined
  ) return undefined;
  const { _topic, _partition, _offset, _timestamp, _key, _key64, ...data } = line;
  return {
    data,
    topic: typeof _topic === "string" ? _topic : undefined,
    partition: count(_partition),
    offset: count(_offset),
    timestamp: typeof _timestamp === "number" ? _timestamp : undefined,
    ...(data._value === undefined ? {} : wrapped(data)),
  };
}

/** The bytes of a line that has no other field than `_value`; beside others it is a field of the event like any. */
function wrapped(data: Fields): { value?: Uint8Array | null } {
  const { _value, ...rest } = data;
  if (Object.keys(rest).length > 0) return {};
  if (_value === null) return { value: null };
  return typeof _value === "string" ? { value: new Uint8Array(Buffer.from(_value, "base64")) } : {};
}

/** The key as text, or in base 64 where its bytes are none. */
function keyFields(key: Uint8Array | null): { _key?: string; _key64?: string } {
  if (key === null) return {};
  const text = textOf(key);
  return text === undefined ? { _key64: Buffer.from(key).toString("base64") } : { _key: text };
}

/** The line that a recorded message becomes. The text of an event stays as it is, so that no number loses a digit. */
export function recordedLine({ topic, partition, offset, timestamp, key, value }: RawMessage): string {
  const place = { _topic: topic, _partition: partition, _offset: offset, _timestamp: timestamp };
  const fields = { ...place, ...keyFields(key) };
  const text = value === null ? undefined : carrier(value);
  if (text !== undefined) return `${text}${JSON.stringify(fields).slice(1)}`;
  return JSON.stringify({ ...fields, _value: value === null ? null : Buffer.from(value).toString("base64") });
}

/** The text of an object up to where its next field would stand; undefined for what cannot carry further fields. */
function carrier(value: Uint8Array): string | undefined {
  const text = textOf(value);
  const parsed = text === undefined ? undefined : parseJson(text);
  if (text === undefined || !isFields(parsed) || isTooDeep(value)) return undefined;
  if (names.some((name) => Object.hasOwn(parsed, name))) return undefined;
  // JSON has line breaks between its tokens only.
  const open = text.slice(0, text.lastIndexOf("}")).replace(/[\r\n]+/g, " ");
  return Object.keys(parsed).length > 0 ? `${open},` : open;
}

/** A whole number from 0. */
function count(value: Value | undefined): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
