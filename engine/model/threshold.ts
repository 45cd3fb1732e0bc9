/** Thresholds that customers own, and the port through which rules of kind kpi find them. */
import { severities, type Severity } from "./alert.ts";
import { type Millis, parseDuration } from "./time.ts";
import { type Fields, isFields, type Value } from "./value.ts";

export interface Threshold {
  readonly tenant: string;
  readonly metric: string;
  readonly direction: "above" | "below";
  readonly value: number;
  /** Replaces the rule's limit for this tenant and metric. */
  readonly limit: { readonly max: number; readonly every: Millis } | undefined;
  readonly severity: Severity | undefined;
  readonly webhook: string | undefined;
}

/** What a task asks for thresholds: one map look-up for a tenant and metric without any. */
export interface ThresholdStore {
  readonly find: (tenant: string, metric: string) => readonly Threshold[];
}

/**
 * A threshold as files and tests write it: `{tenant, metric, above | below, limit?, severity?, webhook?}`; a sentence that
 * says what is wrong when it is none.
 */
export function readThreshold(raw: Fields): Threshold | string {
  const { tenant, metric, above, below, webhook } = raw;
  if (typeof tenant !== "string" || typeof metric !== "string") return "a threshold needs `tenant` and `metric`";
  const value = above ?? below;
  if (typeof value !== "number" || (above !== undefined && below !== undefined)) {
    return "a threshold needs a number in either `above` or `below`";
  }
  const limit = raw.limit === undefined || raw.limit === null ? undefined : readLimit(raw.limit);
  if (typeof limit === "string") return limit;
  const severity = severities.find((one) => one === raw.severity);
  if (severity === undefined && raw.severity !== undefined) return `a severity is one of ${severities.join(", ")}`;
  const direction = above === undefined ? "below" : "above";
  return {
    tenant,
    metric,
    direction,
    value,
    limit,
    severity,
    webhook: webhook === undefined ? undefined : String(webhook),
  };
}

function readLimit(raw: Value): NonNullable<Threshold["limit"]> | string {
  const max = isFields(raw) ? raw.max : undefined;
  const every = isFields(raw) && typeof raw.every === "string" ? parseDuration(raw.every) : undefined;
  if (typeof max === "number" && Number.isInteger(max) && max > 0 && every !== undefined) return { max, every };
  return "a limit is written `{ max: 1, every: 30m }`";
}

/** A store of thresholds that are known beforehand: from a file, or from a test. */
export function fixedThresholds(thresholds: readonly Threshold[]): ThresholdStore {
  const byTenant = new Map<string, Map<string, Threshold[]>>();
  for (const threshold of thresholds) {
    const metrics = byTenant.get(threshold.tenant) ?? new Map<string, Threshold[]>();
    byTenant.set(threshold.tenant, metrics);
    metrics.set(threshold.metric, [...metrics.get(threshold.metric) ?? [], threshold]);
  }
  return { find: (tenant, metric) => byTenant.get(tenant)?.get(metric) ?? none };
}

const none: readonly Threshold[] = [];
