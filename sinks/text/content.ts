/** What a delivery holds, whether alert or record: its fields, its id, its text. */
import type { Fields } from "../../engine/model/value.ts";
import type { Delivery } from "../sink.ts";

/** All fields by name, as they stand in the contracts of alerts and records. */
export function fieldsOf(delivery: Delivery): Fields {
  if ("record" in delivery) return { ...delivery.record };
  const { alert } = delivery;
  return { ...alert, criteria: alert.criteria.map((criterion) => ({ ...criterion })) };
}

export function idOf(delivery: Delivery): string {
  return "alert" in delivery ? delivery.alert.id : delivery.record.id;
}

export function kindOf(delivery: Delivery): "alert" | "record" {
  return "alert" in delivery ? "alert" : "record";
}

/** The alert or the record as JSON on one line. */
export function jsonOf(delivery: Delivery): string {
  return JSON.stringify("alert" in delivery ? delivery.alert : delivery.record);
}
