/**
 * score (semantics 27): every event is a decision. The event counts in its own features, whose windows end at the key's
 * newest event, also when it is older than that. Points without a value add 0, and a point that adds 0 is no reason.
 */
import type { Severity } from "../../engine/model/alert.ts";
import type { Millis } from "../../engine/model/time.ts";
import type { Value } from "../../engine/model/value.ts";
import type { Aggregate, Values } from "./aggregates.ts";
import type { Log, LogEvent } from "./log.ts";
import { byKey, type RuleMeaning, type Signal, taken } from "./rule.ts";

/** What an expression of a score may read. */
export interface ScoreFacts {
  readonly event: LogEvent;
  readonly values: Values;
  readonly score: number;
  readonly decision: string;
}

export type Feature =
  | { readonly size: Millis; readonly resolution?: Millis; readonly of: Aggregate }
  | { readonly from: (facts: Pick<ScoreFacts, "event" | "values">) => Value | undefined };

type Test = (facts: ScoreFacts) => boolean | undefined;

export interface ScoreMeaning extends RuleMeaning {
  readonly features: readonly (readonly [string, Feature])[];
  readonly points: readonly {
    readonly name: string;
    readonly when: Test;
    readonly add: (facts: ScoreFacts) => number | undefined;
  }[];
  readonly decisions: readonly (readonly [string, Test])[];
  readonly alertOn: readonly string[];
  readonly severityOf: (facts: ScoreFacts) => Severity;
  readonly records: boolean;
}

export function score(log: Log, rule: ScoreMeaning): readonly Signal[] {
  // State is there while the event's own watermark is before the key's newest event + the longest window (semantics 12).
  const longest = Math.max(...rule.features.map(([, feature]) => "size" in feature ? feature.size : 0));
  return byKey(taken(log, rule)).flatMap((entries) => {
    let there: readonly LogEvent[] = [];
    return entries.flatMap(({ event, key, moment }) => {
      const newest = Math.max(...there.map(({ time }) => time));
      there = event.watermark < newest + longest ? [...there, event] : [event];
      const facts = decide(rule, event, there);
      const { said, common } = { said: { moment, due: -Infinity }, common: frame(facts, key) };
      const values = { score: facts.score, ...facts.values };
      const record = { ...values, decision: facts.decision, reasons: reasonsOf(rule, facts) };
      return [
        ...(rule.records ? [{ ...common, output: "record", values: record, said } as const] : []),
        ...(rule.alertOn.includes(facts.decision)
          ? [{ ...common, output: "alert", severity: rule.severityOf(facts), values, said } as const]
          : []),
      ];
    });
  });
}

function frame({ event }: ScoreFacts, key: Signal["key"]) {
  const common = { status: "firing", severity: "info", window: null, events: [event] } as const;
  return { ...common, key, time: event.time, episode: String(event.arrival) };
}

function decide(rule: ScoreMeaning, event: LogEvent, there: readonly LogEvent[]): ScoreFacts {
  let facts: ScoreFacts = { event, values: featuresOf(rule, event, there), score: 0, decision: "" };
  const added = rule.points.map((point) => addition(point, facts)).reduce((sum, add) => sum + add, 0);
  facts = { ...facts, score: added };
  const decision = rule.decisions.find(([, test]) => test(facts) === true)?.[0] ?? "";
  return { ...facts, decision };
}

function addition(point: ScoreMeaning["points"][number], facts: ScoreFacts): number {
  return point.when(facts) === true ? point.add(facts) ?? 0 : 0;
}

/** Names of the points that added, in the rule's order. */
function reasonsOf(rule: ScoreMeaning, facts: ScoreFacts): readonly string[] {
  return rule.points.filter((point) => addition(point, facts) !== 0).map(({ name }) => name);
}

function featuresOf(rule: ScoreMeaning, event: LogEvent, there: readonly LogEvent[]): Values {
  const newest = Math.max(...there.map(({ time }) => time));
  const values: Record<string, Value | undefined> = {};
  for (const [name, feature] of rule.features) {
    if ("from" in feature) values[name] = feature.from({ event, values });
    else {
      const inside = there.filter((one) => one === event || isInside(feature, newest, one.time));
      values[name] = feature.of(inside, event, values);
    }
  }
  return values;
}

/** (newest − size, newest]; with buckets, those that start at or after that of the edge (as for zscore). */
function isInside(feature: { size: Millis; resolution?: Millis }, newest: Millis, time: Millis): boolean {
  const { size, resolution } = feature;
  if (resolution === undefined) return time > newest - size;
  return Math.floor(time / resolution) >= Math.floor((newest - size) / resolution);
}
