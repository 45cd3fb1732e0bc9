/** The way of one alert: every sink that it reaches and why, and what each route said. For `vigie route` and tests. */
import type { Alert, Severity } from "../model/alert.ts";
import { severities } from "../model/alert.ts";
import { formatDuration, formatTime, type Millis } from "../model/time.ts";
import { type Fields, isFields, type Value } from "../model/value.ts";
import { mutedUntil } from "./mute.ts";
import { type Outcome, reach } from "./reach.ts";
import type { Route } from "./route.ts";
import { placeOf } from "./unreachable.ts";
import { scopeOf } from "./vocabulary.ts";

export interface Way {
  /** In the order: sinks of the rule, of every alert, of routes. */
  readonly sinks: readonly { readonly sink: string; readonly why: string }[];
  readonly routes: readonly Stop[];
}

/** One node of the tree as the alert met it. */
export interface Stop {
  /** `routes[1].routes[0]`. */
  readonly place: string;
  readonly label: string;
  readonly outcome: Outcome;
  /** What its condition read, by path. */
  readonly values: Fields;
  readonly sinks: readonly string[];
  /** How it tells people, in words. */
  readonly timing: readonly string[];
  readonly routes: readonly Stop[];
}

export interface WayInput {
  readonly tree: readonly Route[];
  /** Sinks of the rule, or the default ones, and which of both. */
  readonly own: readonly string[];
  readonly ownWhy: string;
  readonly always: readonly string[];
  /** Wall clock, for mutes. */
  readonly now: Millis;
}

/** Follows an alert. A shadow one reaches nobody. */
export function wayOf(alert: Alert, { tree, own, ownWhy, always, now }: WayInput): Way {
  if (alert.shadow) return { sinks: [], routes: [] };
  const scope = scopeOf(alert);
  const outcomes = new Map<Route, Outcome>();
  const takers = reach(tree, scope, (route, outcome) => outcomes.set(route, outcome));
  const stop = (route: Route): Stop => ({
    place: placeOf(route.path),
    label: route.label,
    outcome: outcomes.get(route) ?? "not asked",
    values: Object.fromEntries(
      (route.match?.reads ?? []).map(({ path, evaluate }) => [path.join("."), evaluate(scope) ?? null]),
    ),
    sinks: route.sinks,
    timing: timingOf(route, now),
    routes: route.routes.map(stop),
  });
  const sinks = [
    ...own.map((sink) => ({ sink, why: ownWhy })),
    ...always.map((sink) => ({ sink, why: "always" })),
    ...takers.flatMap(({ sinks, path }) => sinks.map((sink) => ({ sink, why: placeOf(path) }))),
  ];
  return { sinks, routes: tree.map(stop) };
}

function timingOf({ policy: { grouping, mutes, budget } }: Route, now: Millis): string[] {
  const words: string[] = [];
  if (grouping !== undefined) {
    const { by, firstNoticeAfter, updateAtMostEvery, remindEvery } = grouping;
    const names = by?.map(({ name }) => name).join(", ");
    words.push(
      names === undefined ? "each fingerprint for itself" : names === "" ? "one group" : `grouped by ${names}`,
    );
    if (firstNoticeAfter > 0) words.push(`first notice after ${formatDuration(firstNoticeAfter)}`);
    if (updateAtMostEvery > 0) words.push(`then at most every ${formatDuration(updateAtMostEvery)}`);
    if (remindEvery !== undefined) words.push(`reminders every ${formatDuration(remindEvery)}`);
  }
  if (budget !== undefined) words.push(`at most ${budget.max} notices in ${formatDuration(budget.every)}`);
  const muted = mutedUntil(mutes, now);
  if (muted !== undefined) words.push(`muted until ${formatTime(muted)}`);
  return words;
}

/** An alert of the fields that somebody wrote; the others are empty. */
export function alertOfFields(written: Fields): Alert {
  const text = (name: string) => typeof written[name] === "string" ? written[name] : "";
  const part = (name: string) => isFields(written[name]) ? written[name] : {};
  const time = text("event_time") || formatTime(0);
  return {
    id: text("id"),
    fingerprint: text("fingerprint"),
    episode: text("episode"),
    status: written.status === "resolved" ? "resolved" : "firing",
    pack: text("pack"),
    rule: text("rule"),
    revision: text("revision"),
    kind: text("kind"),
    severity: severityOf(written.severity),
    title: text("title"),
    message: text("message"),
    key: part("key"),
    entities: part("entities"),
    criteria: [],
    values: part("values"),
    window: null,
    event_time: time,
    detected_at: text("detected_at") || time,
    evidence: [],
    evidence_total: typeof written.evidence_total === "number" ? written.evidence_total : 0,
    context: part("context"),
    suppressed: typeof written.suppressed === "number" ? written.suppressed : 0,
    shadow: written.shadow === true,
    labels: Object.fromEntries(Object.entries(part("labels")).map(([name, value]) => [name, String(value)])),
    runbook: typeof written.runbook === "string" ? written.runbook : null,
  };
}

function severityOf(value: Value | undefined): Severity {
  return severities.find((severity) => severity === value) ?? "info";
}
