/** A value and where it stands in the log: what aggregates that go by event time keep. */
import { comparePlaces, type Place } from "../../model/event.ts";
import { type Type } from "../../model/type.ts";
import type { Value } from "../../model/value.ts";

export interface Placed<V extends Value = Value> {
  readonly place: Place;
  readonly value: V;
}

/** By event time, ties by stream, partition, offset. */
export function comparePlaced(a: Placed, b: Placed): number {
  return comparePlaces(a.place, b.place);
}

/** What `first`, `last`, `previous`, `distinct` and `top` take: any value. */
export const anyKind: readonly Type["kind"][] = [
  "number",
  "string",
  "boolean",
  "timestamp",
  "duration",
  "list",
  "object",
  "any",
];
