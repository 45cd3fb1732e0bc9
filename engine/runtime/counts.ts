/** What a task counts of each rule: the closing table of a replay, metrics and status pages. */
import type { Plan } from "../compile/plan.ts";
import type { Outlet } from "./raise.ts";

/** What a task counted of one rule. */
export interface RuleCounts {
  /** Events that `where` and key admitted. */
  events: number;
  /** Signals: times that the rule's condition held and had something to say. */
  matched: number;
  alerts: number;
  records: number;
  suppressed: number;
  /** Conditions that had no value. */
  undefinedConditions: number;
  /** Events without a value for the rule's key. */
  missingKeys: number;
}

/** Nothing counted yet, by the index of each rule. */
export function noCounts(plan: Plan): readonly RuleCounts[] {
  return plan.rules.map(() => ({
    events: 0,
    matched: 0,
    alerts: 0,
    records: 0,
    suppressed: 0,
    undefinedConditions: 0,
    missingKeys: 0,
  }));
}

/** An outlet that counts what goes through it. */
export function counting(outlet: Outlet, counts: readonly RuleCounts[]): Outlet {
  return {
    alert: (alert, rule, endpoint) => {
      counts[rule.index]!.alerts++;
      outlet.alert(alert, rule, endpoint);
    },
    record: (record, rule) => {
      counts[rule.index]!.records++;
      outlet.record(record, rule);
    },
    suppressed: (rule) => {
      counts[rule.index]!.suppressed++;
      outlet.suppressed(rule);
    },
  };
}
