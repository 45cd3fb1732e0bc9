/** kpi (semantics 26): thresholds that customers own; `above` and `below` are strict. */
import type { Severity } from "../../engine/model/alert.ts";
import type { Millis } from "../../engine/model/time.ts";
import type { Reader } from "./aggregates.ts";
import type { Log } from "./log.ts";
import { type RuleMeaning, type Signal, taken } from "./rule.ts";

export interface CustomerThreshold {
  readonly tenant: string;
  readonly metric: string;
  readonly direction: "above" | "below";
  readonly value: number;
  readonly severity?: Severity;
  /** Replaces the rule's limit for this tenant and metric, and counts apart from it. */
  readonly limit?: { readonly max: number; readonly every: Millis };
}

/** The rule's key is tenant and metric, in this order. */
export interface KpiMeaning extends RuleMeaning {
  readonly value: Reader;
  readonly thresholds: readonly CustomerThreshold[];
}

export function kpi(log: Log, rule: KpiMeaning): readonly Signal[] {
  return taken(log, rule).flatMap(({ event, key, moment }) => {
    const value = rule.value(event);
    const own = rule.thresholds.filter(({ tenant, metric }) => tenant === key[0] && metric === key[1]);
    if (typeof value !== "number") return [];
    const crossed = own.filter((one) => one.direction === "above" ? value > one.value : value < one.value);
    return crossed.map((one): Signal => ({
      output: "alert",
      status: "firing",
      severity: one.severity ?? (typeof rule.severity === "string" ? rule.severity : rule.defaultSeverity),
      key,
      time: event.time,
      window: null,
      values: { value, threshold: one.value },
      events: [event],
      episode: `${event.arrival} ${one.direction} ${one.value}`,
      said: { moment, due: -Infinity },
      ...(one.limit && { limit: { ...one.limit, name: `${one.direction} ${one.value}` } }),
    }));
  });
}
