/**
 * What routes send to people in place of single alerts: a group, a reminder, what a mute held back, or the digest of what
 * exceeded a budget. Its counts say how many alerts it stands for; it lists only the first of them.
 */
import type { Alert, Severity } from "./alert.ts";
import type { Fields } from "./value.ts";

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
