/**
 * What `vigie record` writes beside an event: `_topic _partition _offset _timestamp`. They are taken out before the
 * contract is applied (semantics.md 35), so that a replay gives production's ids and contracts never see them.
 */
import type { Fields, Value } from "../../model/value.ts";

export interface RecordedPlace {
  /** The event without the place. */
  readonly data: Fields;
  readonly topic: string | undefined;
  readonly partition: number | undefined;
  readonly offset: number | undefined;
  /** Broker timestamp in milliseconds. */
  readonly timestamp: number | undefined;
}

/** Splits a recorded line into event and place; undefined when it carries no part of a place. Unusable parts are dropped. */
export function takePlace(line: Fields): RecordedPlace | undefined {
  if (
    line._offset === undefined && line._partition === undefined && line._topic === undefined &&
    line._timestamp === undefined
  ) return undefined;
  const { _topic, _partition, _offset, _timestamp, ...data } = line;
  return {
    data,
    topic: typeof _topic === "string" ? _topic : undefined,
    partition: count(_partition),
    offset: count(_offset),
    timestamp: typeof _timestamp === "number" ? _timestamp : undefined,
  };
}

/** A whole number from 0. */
function count(value: Value | undefined): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
