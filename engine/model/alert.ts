/** The normalized alert and the record: the two things that leave the engine (alerts.md §1, semantics.md 29 to 33). */
import type { Fields } from "./value.ts";

/** From worst to mildest; the position is the rank used to tell a rise. */
export const severities = ["info", "warning", "high", "critical"] as const;
export type Severity = (typeof severities)[number];

/** 0 for info up to 3 for critical; a rise is a greater rank. */
export function severityRank(severity: Severity): number {
  return severities.indexOf(severity);
}

/** One named condition of a rule, as the alert shows it. */
export interface CriterionResult {
  readonly name: string;
  readonly matched: boolean;
  readonly expression: string;
  /** What the expression read: dotted path to value; a missing field is null. */
  readonly values: Fields;
}

/** Times are RFC 3339 UTC with milliseconds. */
export interface Alert {
  readonly id: string;
  readonly fingerprint: string;
  readonly episode: string;
  readonly status: "firing" | "resolved";
  readonly pack: string;
  readonly rule: string;
  readonly revision: string;
  readonly kind: string;
  readonly severity: Severity;
  readonly title: string;
  readonly message: string;
  readonly key: Fields;
  readonly entities: Fields;
  readonly criteria: readonly CriterionResult[];
  readonly values: Fields;
  /** Names of values that are approximate; absent where all are exact. */
  readonly approximate?: readonly string[];
  readonly window: { readonly start: string; readonly end: string } | null;
  readonly event_time: string;
  readonly detected_at: string;
  /** The newest places that led to the alert, at most 10. */
  readonly evidence: readonly { stream: string; topic: string; partition: number; offset: number; time: string }[];
  /** How many events led to the alert, those not listed included. */
  readonly evidence_total: number;
  readonly context: Fields;
  /** Alerts of the same limit that were held back since the last one that passed. */
  readonly suppressed: number;
  readonly shadow: boolean;
  readonly labels: { readonly [name: string]: string };
  readonly runbook: string | null;
}

/** One record of a rollup, a score, a join or a filter with `emit_to` (semantics.md 33). */
export interface OutputRecord {
  readonly id: string;
  readonly output: string;
  readonly pack: string;
  readonly rule: string;
  readonly key: Fields;
  readonly entities: Fields;
  readonly window: { readonly start: string; readonly end: string } | null;
  readonly event_time: string;
  readonly values: Fields;
  /** Names of the rule's aggregates that are approximate; absent where all are exact. */
  readonly approximate?: readonly string[];
}

/** At most this many places are listed as evidence. */
export const evidenceLimit = 10;
