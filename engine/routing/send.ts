/** From a batch to what a sink is given: the alert itself where there is one, else a notice with an id that never changes. */
import type { Alert } from "../model/alert.ts";
import type { Notice, NoticeReason } from "./notice.ts";
import type { Fields } from "../model/value.ts";
import { identify } from "../runtime/identity.ts";
import { type Batch, worstOf } from "./batch.ts";
import type { Owner } from "./cells.ts";

/** What goes to sinks. */
export interface Sent {
  readonly sinks: readonly string[];
  readonly delivery: { readonly alert: Alert } | { readonly notice: Notice };
}

/** Which notice it is. */
export interface About {
  readonly reason: NoticeReason;
  /** Key of the cell that sends it, and how many it has sent. */
  readonly key: string;
  readonly number: number;
  readonly group: Fields;
  /** Whether something of the group fires still. */
  readonly isFiring: boolean;
}

/** A batch for sinks. An alert that is alone goes out as itself, a reminder of it does not: sinks would take it for a second send. */
export function sendOf(owner: Owner, batch: Batch, about: About): Sent {
  const [only] = batch.alerts;
  const delivery = batch.counts.total === 1 && only !== undefined && about.reason !== "reminder"
    ? { alert: only }
    : { notice: noticeOf(owner, batch, about) };
  return { sinks: owner.sinks, delivery };
}

function noticeOf({ route, label }: Owner, { alerts, counts, newest }: Batch, about: About): Notice {
  const { reason, key, number, group, isFiring } = about;
  return {
    id: identify("notice", key, reason, number, alerts[0]?.id ?? ""),
    fingerprint: identify("group", route, key),
    reason,
    status: isFiring ? "firing" : "resolved",
    severity: worstOf(counts),
    title: titleOf(reason, counts.rules, counts.total, alerts[0]),
    route: label,
    group,
    counts,
    alerts,
    event_time: newest,
  };
}

function titleOf(reason: NoticeReason, rules: Fields, total: number, first: Alert | undefined): string {
  const names = Object.keys(rules);
  const of = names.length === 1 ? first?.title || names[0] || "" : `${names.length} rules`;
  const alerts = `${total} ${total === 1 ? "alert" : "alerts"}`;
  const words: Readonly<Record<NoticeReason, string>> = {
    group: `${alerts}: ${of}`,
    reminder: `Still firing, ${alerts}: ${of}`,
    mute: `While muted, ${alerts}: ${of}`,
    digest: `Beyond the budget, ${alerts}: ${of}`,
  };
  return words[reason];
}
