/** The rules of a scenario as a plan, and what the outside needs to know of each. */
import type { Plan, PlanRule } from "../../engine/compile/plan.ts";
import type { Fields } from "../../engine/model/value.ts";
import { fixedThresholds, type ThresholdStore } from "../../engine/model/threshold.ts";
import { planOf } from "../reference/compare.ts";
import type { Scenario } from "./scenario.ts";

export interface Plans {
  readonly plan: Plan;
  readonly thresholds: ThresholdStore;
}

/** Reads every stream of the log, so that every plan does. */
function all(streams: readonly string[]): Fields {
  return {
    id: "all",
    kind: "rollup",
    on: streams.length === 1 ? streams[0] ?? "a" : [...streams],
    window: { tumbling: "6s" },
    aggregate: { n: "count()" },
    emit_to: "out",
  };
}

export function plansOf({ templates, overAlerts, log }: Scenario): Plans {
  const streams = [...new Set(log.map(({ stream }) => stream))];
  const rules: Fields[] = [...templates.map(({ raw }, i) => ({ ...raw, id: `r${i}` })), ...overAlerts, all(streams)];
  return {
    plan: planOf(rules),
    thresholds: fixedThresholds(templates.flatMap((template) => template.thresholds ?? [])),
  };
}

/** A rule whose alerts must wait for their checkpoint: all but those that look at one event and count nothing. */
export function mustWait({ text, limit }: PlanRule): boolean {
  return text.kind !== "filter" || limit !== undefined || text.raw.evaluate === "event_time";
}
