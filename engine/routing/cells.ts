/**
 * The state of routes, in cells that are saved one by one: a group of a route, the gate of a route (mutes and budget), and
 * the episodes whose first alert was silenced. A cell says when it is due; it is JSON and begins with a format version.
 */
import type { Alert } from "../model/alert.ts";
import type { Millis } from "../model/time.ts";
import type { Fields } from "../model/value.ts";
import type { Batch } from "./batch.ts";

/** What a cell knows of its route, for when the route is gone after an edit. */
export interface Owner {
  readonly route: string;
  readonly label: string;
  readonly sinks: readonly string[];
}

/** Alerts of one route that go out together. */
export interface GroupCell extends Owner {
  readonly kind: "group";
  readonly key: string;
  readonly group: Fields;
  /** What people were not told yet. */
  pending: Batch | null;
  /** Alerts of episodes that have not ended, by fingerprint; kept where reminders are wanted. */
  firing: { [fingerprint: string]: Alert };
  /** Wall clock of the last notice; null before the first. */
  noticed: Millis | null;
  /** Number of the next notice. */
  number: number;
  due: Millis;
}

/** What stands between a route's groups and its sinks. */
export interface GateCell extends Owner {
  readonly kind: "gate";
  readonly key: string;
  /** What came during a mute. */
  held: Batch | null;
  /** What exceeded the budget. */
  digest: Batch | null;
  /** Begin of the budget's window; null where none runs. */
  from: Millis | null;
  /** Notices sent in it. */
  sent: number;
  number: number;
  due: Millis;
}

/** Episodes whose firing alert was silenced: their end is nobody's business either. */
export interface QuietCell {
  readonly kind: "quiet";
  readonly key: string;
  /** Wall clock after which the episode is forgotten. */
  episodes: { [episode: string]: Millis };
  due: Millis;
}

export type Cell = GroupCell | GateCell | QuietCell;

/** A time that never comes: cells that wait for nothing but alerts. */
export const never: Millis = 8_640_000_000_000_000;

const version = "1";

export function writeCell(cell: Cell): string {
  return version + JSON.stringify(cell);
}

/** Reads what `writeCell` wrote. Throws where a later Vigie wrote it. */
export function readCell(text: string): Cell {
  if (!text.startsWith(`${version}{`)) {
    throw new Error("The state of the routes was written by a later version of Vigie: start that version");
  }
  const cell: Cell = JSON.parse(text.slice(version.length));
  return cell;
}
