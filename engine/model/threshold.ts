/** Thresholds that customers own, and the port through which rules of kind kpi find them. */
import type { Severity } from "./alert.ts";
import type { Millis } from "./time.ts";

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

/** Where a customer wants to be told: each is a lane of its own. */
export interface Endpoint {
  readonly tenant: string;
  readonly url: string;
}

/** What a task asks for thresholds: one map look-up for a tenant and metric without any. */
export interface ThresholdStore {
  readonly find: (tenant: string, metric: string) => readonly Threshold[];
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
