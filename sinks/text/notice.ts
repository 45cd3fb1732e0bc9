/**
 * What a person reads at 3 a.m., in the same words everywhere: what, who, since when, how much over the limit, what was
 * held back, what to do. Slack, Teams, PagerDuty and e-mail each give it their form.
 */
import type { Alert } from "../../engine/model/alert.ts";
import type { Fields, Value } from "../../engine/model/value.ts";
import { comparisonsOf } from "./comparison.ts";

export interface Fact {
  readonly name: string;
  readonly value: string;
}

export interface Notice {
  /** CRITICAL, HIGH, WARNING, INFO or RESOLVED. */
  readonly badge: string;
  readonly title: string;
  readonly message: string;
  readonly facts: readonly Fact[];
  /** An http or https address, else undefined: anything else would not be a link. */
  readonly runbook: string | undefined;
}

export function noticeOf(alert: Alert): Notice {
  const { status, severity, title, pack, rule } = alert;
  const facts: readonly (readonly [name: string, value: string])[] = [
    ["Who", pairs({ ...alert.key, ...alert.entities })],
    [status === "resolved" ? "Resolved" : "Since", since(alert)],
    ["Limit", comparisonsOf(alert.criteria).join("; ")],
    ["Values", pairs(alert.values)],
    ["Criteria", metCriteria(alert)],
    ["Events", events(alert)],
    ["Held back", alert.suppressed === 0 ? "" : `${alert.suppressed} more like this one`],
    ["Rule", `${pack}/${rule}`],
    ["Alert", alert.id],
  ];
  return {
    badge: status === "resolved" ? "RESOLVED" : severity.toUpperCase(),
    title: title || rule,
    message: alert.message || title || rule,
    facts: facts.filter(([, value]) => value !== "").map(([name, value]) => ({ name, value })),
    runbook: alert.runbook !== null && /^https?:\/\//i.test(alert.runbook) && URL.canParse(alert.runbook)
      ? new URL(alert.runbook).href
      : undefined,
  };
}

/** At most so many characters, the last of them an ellipsis where something was cut off. */
export function clip(text: string, most: number): string {
  if (text.length <= most) return text.toWellFormed();
  return `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, "")}…`.toWellFormed();
}

/** `02:59:00 to 03:00:00 UTC on 2026-01-05`, or the moment of the event. */
function since({ window, event_time, status }: Alert): string {
  if (window === null || status === "resolved") return moment(event_time);
  return `${clock(window.start)} to ${clock(window.end)} UTC on ${window.start.slice(0, 10)}`;
}

function moment(time: string): string {
  return `${clock(time)} UTC on ${time.slice(0, 10)}`;
}

function clock(time: string): string {
  return time.slice(11, 23).replace(/\.000$/, "");
}

function metCriteria({ criteria }: Alert): string {
  if (criteria.length < 2) return "";
  const met = criteria.filter(({ matched }) => matched).map(({ name }) => name);
  return `${met.join(", ")} (${met.length} of ${criteria.length})`;
}

function events({ evidence, evidence_total }: Alert): string {
  const [first] = evidence;
  if (first === undefined) return "";
  const place = `${first.topic}, partition ${first.partition}, offset ${first.offset}`;
  return evidence_total > 1 ? `${evidence_total}, one of them at ${place}` : place;
}

function pairs(fields: Fields): string {
  return Object.entries(fields).map(([name, value]) => `${name} ${shown(value)}`).join(", ");
}

/** Numbers with six digits that count and thousands apart, texts as they are, the rest as JSON. */
export function shown(value: Value): string {
  if (typeof value === "number") return value.toLocaleString("en-GB", { maximumSignificantDigits: 6 });
  return typeof value === "string" ? value : JSON.stringify(value);
}
