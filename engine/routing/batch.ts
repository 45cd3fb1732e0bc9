/** Alerts on their way to one notice: counted all, kept whole up to what a notice lists. */
import { type Alert, severities as known, type Severity } from "../model/alert.ts";
import { noticeAlertsMax, type NoticeCounts } from "./notice.ts";

/** Saved as JSON. */
export interface Batch {
  readonly alerts: readonly Alert[];
  readonly counts: NoticeCounts;
  /** Event time of the newest alert, RFC 3339. */
  readonly newest: string;
}

export function batchOf(alert: Alert): Batch {
  const isFiring = alert.status === "firing";
  return {
    alerts: [alert],
    counts: {
      total: 1,
      firing: isFiring ? 1 : 0,
      resolved: isFiring ? 0 : 1,
      severities: { [alert.severity]: 1 },
      rules: { [`${alert.pack}/${alert.rule}`]: 1 },
    },
    newest: alert.event_time,
  };
}

/** Both batches as one, the first before the second. */
export function joined(first: Batch | null, second: Batch): Batch {
  if (first === null) return second;
  return {
    alerts: [...first.alerts, ...second.alerts].slice(0, noticeAlertsMax),
    counts: {
      total: first.counts.total + second.counts.total,
      firing: first.counts.firing + second.counts.firing,
      resolved: first.counts.resolved + second.counts.resolved,
      severities: added(first.counts.severities, second.counts.severities),
      rules: added(first.counts.rules, second.counts.rules),
    },
    newest: first.newest > second.newest ? first.newest : second.newest,
  };
}

/** The worst severity among those counted. */
export function worstOf({ severities }: NoticeCounts): Severity {
  return known.findLast((severity) => (severities[severity] ?? 0) > 0) ?? "info";
}

type Sums = { readonly [name: string]: number };

function added(a: Sums, b: Sums): Sums {
  return { ...a, ...Object.fromEntries(Object.entries(b).map(([name, count]) => [name, (a[name] ?? 0) + count])) };
}
