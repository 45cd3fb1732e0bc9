/**
 * Groups: alerts of a route that share what `group_by` names go out together. A new group waits for others, a known one
 * keeps a distance between notices, and what fires still is told again.
 */
import type { Alert } from "../model/alert.ts";
import type { Scope } from "../model/scope.ts";
import type { Millis } from "../model/time.ts";
import type { Value } from "../model/value.ts";
import { identify } from "../runtime/identity.ts";
import { batchOf, joined } from "./batch.ts";
import { type GroupCell, never } from "./cells.ts";
import type { Gates, Origin, Shelf } from "./gate.ts";
import type { Grouping, Route } from "./route.ts";
import { sendOf } from "./send.ts";

/** Episodes that a group remembers for its reminders; of more nobody is reminded. */
const firingMax = 1_000;

/** What a group must know beside the alert. */
export interface Seen {
  readonly scope: Scope;
  readonly resolves: boolean;
}

export class Groups {
  constructor(
    private readonly shelf: Shelf,
    private readonly gates: Gates,
    private readonly isSilent: (alert: Alert, now: Millis) => boolean,
  ) {}

  take(route: Route, grouping: Grouping, alert: Alert, { scope, resolves }: Seen, now: Millis): void {
    const cell = this.cellOf(route, grouping, alert, scope);
    cell.pending = joined(cell.pending, batchOf(alert));
    if (alert.status === "resolved") delete cell.firing[alert.fingerprint];
    else if (resolves && grouping.remindEvery !== undefined && Object.keys(cell.firing).length < firingMax) {
      cell.firing[alert.fingerprint] = alert;
    }
    const next = cell.noticed === null
      ? now + grouping.firstNoticeAfter
      : Math.max(now, cell.noticed + grouping.updateAtMostEvery);
    // A group that has nothing to tell is due for a reminder or its end, which what is new may well come before.
    cell.due = cell.pending.counts.total === 1 ? next : Math.min(cell.due, next);
    this.shelf.keep(cell);
    if (cell.due <= now) this.wake(cell, route, now, false);
  }

  /** Tells what is new, reminds of what is old, or ends the group. `isEnd`: what is new is told whatever the waits say. */
  wake(cell: GroupCell, route: Route | undefined, now: Millis, isEnd: boolean): void {
    const grouping = route?.policy.grouping;
    if (route === undefined || grouping === undefined) return this.end(cell, route, now);
    if (cell.pending !== null) {
      const batch = cell.pending;
      cell.pending = null;
      this.gates.pass(route, batch, now, this.origin(cell, batch.counts.firing, now));
    } else if (isEnd) return;
    else if (grouping.remindEvery !== undefined && Object.keys(cell.firing).length > 0) {
      const closed = this.gates.closedUntil(route, now);
      if (closed === undefined) this.remind(cell, route, now);
      else {
        cell.due = closed;
        return this.shelf.keep(cell);
      }
    } else return this.shelf.drop(cell.key);
    this.rest(cell, grouping, now);
  }

  /** What comes next when all is told: a reminder, or the end once the distance to the last notice is kept. */
  private rest(cell: GroupCell, { remindEvery, updateAtMostEvery }: Grouping, now: Millis): void {
    const reminds = remindEvery !== undefined && Object.keys(cell.firing).length > 0;
    if (!reminds && updateAtMostEvery === 0) return this.shelf.drop(cell.key);
    cell.due = Math.max(now + 1, now + (reminds ? remindEvery : updateAtMostEvery));
    this.shelf.keep(cell);
  }

  private remind(cell: GroupCell, route: Route, now: Millis): void {
    const told = Object.values(cell.firing).filter((alert) => !this.isSilent(alert, now));
    const [first, ...others] = told.map(batchOf);
    if (first === undefined) return;
    this.gates.remind(route, others.reduce(joined, first), now, this.origin(cell, 1, now));
  }

  /** A group whose route is gone, or groups no longer, tells what it has. */
  private end(cell: GroupCell, route: Route | undefined, now: Millis): void {
    const { pending } = cell;
    this.shelf.drop(cell.key);
    if (pending === null) return;
    const origin = this.origin(cell, pending.counts.firing, now);
    if (route !== undefined) this.gates.pass(route, pending, now, origin);
    else this.gates.send(sendOf(cell, pending, { ...origin, reason: "group" }));
  }

  private origin(cell: GroupCell, firing: number, now: Millis): Origin {
    const { key, group } = cell;
    const isFiring = firing > 0 || Object.keys(cell.firing).length > 0;
    cell.noticed = now;
    return { key, number: cell.number++, group, isFiring };
  }

  private cellOf(route: Route, { by }: Grouping, alert: Alert, scope: Scope): GroupCell {
    const { id, label, sinks } = route;
    const group: Record<string, Value> = {};
    for (const { name, expression } of by ?? []) group[name] = expression.evaluate(scope) ?? null;
    const key = `group ${id} ${by === undefined ? alert.fingerprint : identify(group)}`;
    const cell = this.shelf.find(key);
    if (cell?.kind === "group") return Object.assign(cell, { label, sinks });
    const nothing = { pending: null, firing: {}, noticed: null, number: 0, due: never };
    return { kind: "group", key, route: id, label, sinks, group, ...nothing };
  }
}
