/**
 * The seams of the generator. A stream says how its events look; an activity is a process of the world, such as a shop
 * with its customers, whose arrivals become events of one or more streams.
 */
import type { Millis } from "../model/time.ts";
import { type Fields, isFields } from "../model/value.ts";
import type { Rhythm } from "./rhythm.ts";

export interface StreamKind {
  /** Topic of an event. */
  readonly topic: (event: Fields) => string;
  /** The contract's key field as text. */
  readonly key: (event: Fields) => string;
  /** The event's own id, or its key where it has none. */
  readonly id: (event: Fields) => string;
  /** Event time, where it is not the moment at which the event happens. */
  readonly time?: (event: Fields) => Millis;
  /**
   * An unremarkable event with every field of the contract, changed as a planted case wants it. Where a case does not
   * say otherwise, whatever names something is made of `id`, so that cases cannot touch each other.
   */
  readonly message: (id: string, time: Millis, changes: Fields) => Fields;
}

/** Makes the event of the n-th arrival at its time. */
export type Maker = (n: number, time: Millis) => Fields;

/** What an activity is given. */
export interface World {
  readonly seed: number;
  /** Part of the ids of what happens, made of the beginning: a world that begins later repeats none of them. */
  readonly tag: string;
  /** Arrivals a second, on average. */
  readonly rate: number;
  /** Whether anybody wants a stream. */
  readonly wants: (stream: string) => boolean;
  /** Gives an event at once; it is not even made when nobody wants its stream. */
  readonly now: (stream: string, make: Maker, n: number, time: Millis) => void;
  /** Gives an event at a later time. */
  readonly later: (stream: string, make: Maker, n: number, time: Millis) => void;
  /** Whether a planted spell, such as a wave of express orders, holds at a time. */
  readonly holds: (spell: Spell, time: Millis) => boolean;
}

/** Changes of ordinary traffic that a case without a key needs. */
export type Spell = "express" | "minors";

export interface Activity {
  /** Arrivals for each order of the shop, which is the measure of all. */
  readonly share: number;
  /** Events by stream that one arrival makes on average, those that come later included. */
  readonly yields: { readonly [stream: string]: number };
  readonly rhythm: Rhythm;
  /** It has gone on for so long before the beginning, so that what follows an arrival later is there from the start. */
  readonly before?: Millis;
  /** Starts the process; the function returned is called for each arrival, in order of time. */
  readonly begin: (world: World) => (n: number, time: Millis) => void;
}

/** The text of a field; empty where there is none. */
export function textOf(event: Fields, field: string): string {
  const value = event[field];
  return value === undefined || value === null ? "" : String(value);
}

/** What most streams have in common: one topic, a key field, and an id field. */
export function plainStream(topic: string, key: string, id: string): Pick<StreamKind, "topic" | "key" | "id"> {
  return { topic: () => topic, key: (event) => textOf(event, key), id: (event) => textOf(event, id) };
}

/** Splits Debezium: the row after a change, before it for a delete. */
export function rowOf(envelope: Fields): Fields {
  const row = envelope.op === "d" ? envelope.before : envelope.after;
  return isFields(row) ? row : {};
}
