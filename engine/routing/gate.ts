/**
 * What stands before the sinks of a route: mutes hold back until they end, then one notice tells of all that came; a
 * budget lets so many notices pass in its window, and one digest counts the rest when the window is over.
 */
import type { Fields } from "../model/value.ts";
import type { Millis } from "../model/time.ts";
import { type Batch, joined } from "./batch.ts";
import { type Cell, type GateCell, never } from "./cells.ts";
import { mutedUntil } from "./mute.ts";
import type { Route } from "./route.ts";
import { type About, sendOf, type Sent } from "./send.ts";

/** Where cells are found and kept. */
export interface Shelf {
  readonly find: (key: string) => Cell | undefined;
  readonly keep: (cell: Cell) => void;
  readonly drop: (key: string) => void;
}

/** What a group says of the notice it sends; undefined where a route has no groups. */
export interface Origin {
  readonly key: string;
  readonly number: number;
  readonly group: Fields;
  readonly isFiring: boolean;
}

export class Gates {
  constructor(private readonly shelf: Shelf, readonly send: (sent: Sent) => void) {}

  /** Lets a batch pass to the sinks of a route, or keeps it for later. */
  pass(route: Route, batch: Batch, now: Millis, origin?: Origin): void {
    if (isOpen(route) && this.shelf.find(keyOf(route.id)) === undefined) return this.out(route, batch, "group", origin);
    const cell = this.cellOf(route);
    this.settle(cell, route, now);
    if (mutedUntil(route.policy.mutes, now) !== undefined) cell.held = joined(cell.held, batch);
    else if (this.mayPass(cell, route, now)) this.out(route, batch, "group", origin);
    else cell.digest = joined(cell.digest, batch);
    this.keep(cell, route, now);
  }

  /** The moment from which a reminder may pass; undefined when it may now. */
  closedUntil({ policy: { mutes, budget }, id }: Route, now: Millis): Millis | undefined {
    const muted = mutedUntil(mutes, now);
    if (muted !== undefined) return muted;
    const cell = this.shelf.find(keyOf(id));
    if (budget === undefined || cell?.kind !== "gate" || cell.from === null) return undefined;
    const end = cell.from + budget.every;
    return cell.sent >= budget.max && end > now ? end : undefined;
  }

  /** A reminder, which counts for the budget. */
  remind(route: Route, batch: Batch, now: Millis, origin: Origin): void {
    if (route.policy.budget !== undefined) {
      const cell = this.cellOf(route);
      this.mayPass(cell, route, now);
      this.keep(cell, route, now);
    }
    this.out(route, batch, "reminder", origin);
  }

  wake(cell: GateCell, route: Route | undefined, now: Millis): void {
    if (route === undefined) {
      this.empty(cell);
      this.shelf.drop(cell.key);
      return;
    }
    this.settle(cell, route, now);
    this.keep(cell, route, now);
  }

  /** Sends what a mute or a window that is over has kept. */
  private settle(cell: GateCell, route: Route, now: Millis): void {
    const { budget, mutes } = route.policy;
    if (mutedUntil(mutes, now) !== undefined) return;
    const isOver = budget === undefined || cell.from === null || now >= cell.from + budget.every || now < cell.from;
    if (cell.digest !== null && isOver) {
      this.mayPass(cell, route, now);
      this.release(cell, cell.digest, "digest");
      cell.digest = null;
    }
    if (cell.held === null) return;
    if (this.mayPass(cell, route, now)) this.release(cell, cell.held, "mute");
    else cell.digest = joined(cell.digest, cell.held);
    cell.held = null;
  }

  /** Whether the budget has room, and takes the room. A window begins with its first notice. */
  private mayPass(cell: GateCell, { policy: { budget } }: Route, now: Millis): boolean {
    if (budget === undefined) return true;
    if (cell.from === null || now >= cell.from + budget.every || now < cell.from) {
      cell.from = now;
      cell.sent = 0;
    }
    if (cell.sent >= budget.max) return false;
    cell.sent++;
    return true;
  }

  /** All that is left, of a route that is gone. */
  private empty(cell: GateCell): void {
    if (cell.held !== null) this.release(cell, cell.held, "mute");
    if (cell.digest !== null) this.release(cell, cell.digest, "digest");
  }

  private release(cell: GateCell, batch: Batch, reason: "mute" | "digest"): void {
    const about = { reason, key: cell.key, number: cell.number++, group: {}, isFiring: batch.counts.firing > 0 };
    this.send(sendOf(cell, batch, about));
  }

  private out({ id, label, sinks }: Route, batch: Batch, reason: About["reason"], origin: Origin | undefined): void {
    const about = { key: id, number: 0, group: {}, isFiring: batch.counts.firing > 0, ...origin, reason };
    this.send(sendOf({ route: id, label, sinks }, batch, about));
  }

  private cellOf({ id, label, sinks }: Route): GateCell {
    const key = keyOf(id);
    const cell = this.shelf.find(key);
    // Sinks of the route may have been edited since.
    if (cell?.kind === "gate") return Object.assign(cell, { label, sinks });
    const nothing = { held: null, digest: null, from: null, sent: 0, number: 0, due: never };
    return { kind: "gate", key, route: id, label, sinks, ...nothing };
  }

  /** Keeps a cell as long as it holds something or its window runs. */
  private keep(cell: GateCell, { policy: { budget, mutes } }: Route, now: Millis): void {
    const end = cell.from === null || budget === undefined ? now : cell.from + budget.every;
    const muted = mutedUntil(mutes, now) ?? now;
    const isEmpty = cell.held === null && cell.digest === null;
    if (isEmpty && end <= now) return this.shelf.drop(cell.key);
    const afterMute = cell.held === null ? Infinity : muted;
    const afterWindow = cell.held === null || cell.digest !== null ? Math.max(end, muted) : Infinity;
    cell.due = Math.max(Math.min(afterMute, afterWindow), now + 1);
    this.shelf.keep(cell);
  }
}

/** Whether a route neither mutes nor counts. */
export function isOpen({ policy: { mutes, budget } }: Route): boolean {
  return mutes.length === 0 && budget === undefined;
}

function keyOf(route: string): string {
  return `gate ${route}`;
}
