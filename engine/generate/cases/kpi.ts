/** Planted cases of the pack `kpi`, and the thresholds of the clients that they concern. */
import type { Threshold } from "../../model/threshold.ts";
import { fires, quiet } from "./case.ts";
import type { Case } from "./case.ts";

const rule = "kpi/customer-kpi";

/** Thresholds that the planted cases cross or just not cross; no other client of the generator has one. */
export const demoThresholds: readonly Threshold[] = [
  threshold("client-7", "refund_share", "above", 0.08),
  threshold("client-8", "refund_share", "above", 0.08),
  threshold("client-9", "orders_per_minute", "below", 5),
  threshold("client-10", "orders_per_minute", "below", 5),
];

function threshold(tenant: string, metric: string, direction: "above" | "below", value: number): Threshold {
  return { tenant, metric, direction, value, limit: undefined, severity: undefined, webhook: undefined };
}

function value(client_id: string, metric_name: string, value: number): Case["plant"] {
  return ({ add }) => {
    add("kpi_events", 0, { client_id, metric_name, value });
    return { client_id, metric_name };
  };
}

export const kpiCases: readonly Case[] = [
  fires(rule, "0.0801 where 0.08 is the threshold above", value("client-7", "refund_share", 0.0801)),
  quiet(rule, "exactly at the threshold above", value("client-8", "refund_share", 0.08)),
  fires(rule, "4.99 where 5 is the threshold below", value("client-9", "orders_per_minute", 4.99)),
  quiet(rule, "exactly at the threshold below", value("client-10", "orders_per_minute", 5)),
];
