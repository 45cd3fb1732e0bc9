/** The rules of a scenario as plans, and what the outside needs to know of each. */
import type { Plan, PlanRule } from "../../engine/compile/plan.ts";
import type { Fields } from "../../engine/model/value.ts";
import { fixedThresholds, type ThresholdStore } from "../../engine/model/threshold.ts";
import type { Millis } from "../../engine/model/time.ts";
import { planOf } from "../reference/compare.ts";
import { editedRules, isEdited } from "./edited.ts";
import type { Partition } from "./log.ts";
import type { Scenario } from "./scenario.ts";

export interface Plans {
  /** The rules that no reload touches. */
  readonly plan: Plan;
  /** What processes run: each reload goes from one to the other. */
  readonly versions: readonly [Plan, Plan];
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

export function plansOf({ templates, overAlerts, log, hasEdits }: Scenario): Plans {
  const streams = [...new Set(log.map(({ stream }) => stream))];
  const rules: Fields[] = [...templates.map(({ raw }, i) => ({ ...raw, id: `r${i}` })), ...overAlerts, all(streams)];
  const idle = idleOf(log);
  const more = { ...all(streams), id: besides, window: { tumbling: "7s" } };
  const [before, after] = hasEdits ? [editedRules(0), editedRules(1)] : [[], []];
  return {
    plan: withIdle(planOf(rules), idle),
    versions: [withIdle(planOf([...rules, ...before]), idle), withIdle(planOf([...rules, ...after, more]), idle)],
    thresholds: fixedThresholds(templates.flatMap((template) => template.thresholds ?? [])),
  };
}

/** A rule whose alerts must wait for their checkpoint: all but those that look at one event and count nothing. */
export function mustWait({ text, limit }: PlanRule): boolean {
  return text.kind !== "filter" || limit !== undefined || text.raw.evaluate === "event_time";
}

/** Id of the rule that only some plans have. */
const besides = "besides";

/** Whether a text that was received is of a rule that not all plans have, or have alike. */
export function isBesides(text: string): boolean {
  const [, rule = ""] = /"rule":"([^"]*)"/.exec(text) ?? [];
  return rule === besides || isEdited(rule);
}

/** Silence is not in the log (product.md, promise 1), so a stream is idle only when the log is silent for longer. */
function withIdle(plan: Plan, idle: Millis): Plan {
  return { ...plan, streams: new Map([...plan.streams].map(([name, stream]) => [name, { ...stream, idle }])) };
}

const never = 1e12;

/** Longer than any partition is silent before its last message; never where two streams end at different times. */
function idleOf(log: readonly Partition[]): Millis {
  if (new Set(log.map(({ stream }) => stream)).size > 1) return never;
  const gaps = log.flatMap(({ at, messages }) =>
    messages.map((message, i) => message.at - (i === 0 ? at : messages[i - 1]!.at))
  );
  return Math.max(0, ...gaps) + 300;
}
