/**
 * What routes send to people in place of single alerts: a group, a reminder, what a mute held back, or the digest of what
 * exceeded a budget. Its counts say how many alerts it stands for; it lists only the first of them. Sinks are given it in
 * the form of an alert of kind `notice`, so that each of them can deliver it.
 */
import type { Alert, Severity } from "../model/alert.ts";
import type { Fields } from "../model/value.ts";

/** Why alerts go out together. */
export type NoticeReason = "group" | "reminder" | "mute" | "digest";

/** How many alerts a notice stands for, of which kind. */
export interface NoticeCounts {
  readonly total: number;
  readonly firing: number;
  readonly resolved: number;
  /** By severity, those that are resolved included. */
  readonly severities: { readonly [severity: string]: number };
  /** By `pack/rule`. */
  readonly rules: { readonly [rule: string]: number };
}

export interface Notice {
  /** Made of the route, the group and the alerts: the same after a restart, so that sinks can tell a second send. */
  readonly id: string;
  /** The same for all notices of one group. */
  readonly fingerprint: string;
  readonly reason: NoticeReason;
  /** `resolved` when nothing of the group fires any more. */
  readonly status: "firing" | "resolved";
  /** The worst of its alerts. */
  readonly severity: Severity;
  readonly title: string;
  /** The condition of the route. */
  readonly route: string;
  /** What the alerts have in common, by the names of `group_by`. */
  readonly group: Fields;
  readonly counts: NoticeCounts;
  /** The first alerts, at most `noticeAlertsMax`. */
  readonly alerts: readonly Alert[];
  /** Event time of the newest alert, RFC 3339. */
  readonly event_time: string;
}

/** Alerts that a notice lists. */
export const noticeAlertsMax = 20;

/** Alerts that the text of a notice shows. */
const linesMax = 10;

/** The notice as sinks take it. What its alerts have in common stays; `context.notice` has the counts and the ids. */
export function alertOfNotice(notice: Notice): Alert {
  const { id, fingerprint, status, severity, title, group, counts, alerts, event_time } = notice;
  const { total, firing, resolved } = counts;
  const [runbook = null, ...others] = new Set(alerts.map((alert) => alert.runbook));
  return {
    id,
    fingerprint,
    episode: fingerprint,
    status,
    pack: common(alerts, ({ pack }) => pack),
    rule: common(alerts, ({ rule }) => rule),
    revision: common(alerts, ({ revision }) => revision),
    kind: "notice",
    severity,
    title,
    message: textOf(notice),
    key: group,
    entities: {},
    criteria: [],
    values: { alerts: total, firing, resolved, ...counts.severities },
    window: null,
    event_time,
    detected_at: alerts.at(-1)?.detected_at ?? event_time,
    evidence: [],
    evidence_total: 0,
    context: { notice: contextOf(notice) },
    suppressed: alerts.reduce((sum, { suppressed }) => sum + suppressed, 0),
    shadow: false,
    labels: commonLabels(alerts),
    runbook: others.length === 0 ? runbook : null,
  };
}

function contextOf({ reason, route, counts, alerts }: Notice): Fields {
  const listed = alerts.map(({ id, fingerprint, status, severity, title, key }) => ({
    id,
    fingerprint,
    status,
    severity,
    title,
    key,
  }));
  return { reason, route, rules: counts.rules, alerts: listed };
}

/** One line an alert, the rest as a number. */
function textOf({ counts, alerts }: Notice): string {
  const lines = alerts.slice(0, linesMax).map(({ status, severity, message, title }) =>
    `${status === "resolved" ? "RESOLVED" : severity.toUpperCase()}  ${message || title}`
  );
  const rest = counts.total - lines.length;
  return [...lines, ...(rest > 0 ? [`and ${rest} more`] : [])].join("\n");
}

function common(alerts: readonly Alert[], of: (alert: Alert) => string): string {
  const found = new Set(alerts.map(of));
  const [only] = found;
  return found.size === 1 && only !== undefined ? only : "several";
}

function commonLabels(alerts: readonly Alert[]): Alert["labels"] {
  const [first, ...others] = alerts;
  return Object.fromEntries(
    Object.entries(first?.labels ?? {}).filter(([name, value]) => others.every(({ labels }) => labels[name] === value)),
  );
}
