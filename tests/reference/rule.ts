/**
 * What a rule means, written as functions instead of YAML: each condition stands beside the CEL text that the engine is
 * given, so that the reference needs no parser and shares nothing with the engine. Here too: which events a rule takes,
 * how it judges, and what it says.
 */
import type { Severity } from "../../engine/model/alert.ts";
import type { Millis } from "../../engine/model/time.ts";
import type { Value } from "../../engine/model/value.ts";
import type { Aggregate, Reader, Values } from "./aggregates.ts";
import { byTime, clockAt, isLate, lastMoment, type Log, type LogEvent, type Moment, momentOf } from "./log.ts";

/** What a condition may look at. */
export interface Facts {
  /** The events at hand, by stream: the one that decides, of a join both. */
  readonly events: readonly LogEvent[];
  readonly values: Values;
  readonly matched: number;
}

/** Undefined where the condition has no value, which counts as false. */
export type Condition = (facts: Facts) => boolean | undefined;

export interface RuleMeaning {
  readonly id: string;
  readonly streams: readonly string[];
  /** Admits events; undefined admits all. */
  readonly where?: (event: LogEvent) => boolean | undefined;
  /** Parts of the key by name; none for one global key. */
  readonly key: { readonly [name: string]: Reader };
  readonly when?: Condition;
  readonly criteria?: { readonly [name: string]: Condition };
  /** A word, or words with conditions in their order. */
  readonly severity: Severity | readonly (readonly [Severity, Condition])[];
  /** The pack's, for when no word of the map holds (semantics 17). */
  readonly defaultSeverity: Severity;
  readonly notifyResolved?: boolean;
  readonly entities?: { readonly [name: string]: Reader };
  readonly limit?: {
    readonly max: number;
    readonly every: Millis;
    /** Undefined: the rule's key. A value of undefined lets the alert pass. */
    readonly per?: (event: LogEvent | undefined, key: readonly Value[]) => Value | undefined;
  };
  readonly evaluate?: "arrival" | "event_time";
}

export interface WindowedMeaning extends RuleMeaning {
  readonly aggregates: readonly (readonly [string, Aggregate])[];
  readonly emit: "on_match" | "on_close";
  /** Windows in a row, at least 1. */
  readonly for: number;
  readonly recover?: Condition;
  readonly output: "alert" | "record";
}

/** What a rule saw, before limits. */
export interface Signal {
  readonly output: "alert" | "record";
  readonly status: "firing" | "resolved";
  readonly severity: Severity;
  readonly key: readonly Value[];
  readonly time: Millis;
  readonly window: { readonly start: Millis; readonly end: Millis } | null;
  readonly values: Values;
  /** Events that entities and limits read. */
  readonly events: readonly LogEvent[];
  /** Equal for the alerts of one episode; a resolved alert leaves only with its firing ones. */
  readonly episode: string;
  /** When it is said: at a moment, events before the timers that it makes due, those by due time. */
  readonly said: { readonly moment: Moment; readonly due: Millis };
  /** A limit in place of the rule's, which counts apart from it. */
  readonly limit?: { readonly name: string; readonly max: number; readonly every: Millis };
}

/** An event that a rule takes, with the moment at which it takes it. */
export interface Taken {
  readonly event: LogEvent;
  readonly key: readonly Value[];
  readonly moment: Moment;
  /** Watermark of the rule when the event is taken. */
  readonly clock: Millis;
}

/**
 * The events that enter a rule, in the order in which it takes them: where the condition holds and every part of the key
 * has a value (language.md §2). On arrival that is the order of the log. `evaluate: event_time` leaves out late events and
 * takes the others by time once the watermark has passed them, at the latest at the end of the log (runtime.md §2).
 */
export function taken(log: Log, rule: RuleMeaning): readonly Taken[] {
  const admitted = log.events.flatMap((event) => {
    const key = keyOf(rule, event);
    const enters = rule.streams.includes(event.stream) && (rule.where === undefined || rule.where(event) === true);
    return enters && key !== undefined ? [{ event, key }] : [];
  });
  if (rule.evaluate !== "event_time") {
    return admitted.map(({ event, key }) => {
      return { event, key, moment: event.arrival + 1, clock: clockAt(log, rule.streams, event.arrival) };
    });
  }
  return admitted.filter(({ event }) => !isLate(event)).toSorted((a, b) => byTime(a.event, b.event)).map((entry) => {
    const moment = momentOf(log, rule.streams, entry.event.time + 1) ?? lastMoment(log);
    return { ...entry, moment, clock: entry.event.time };
  });
}

export function keyOf(rule: Pick<RuleMeaning, "key">, event: LogEvent): readonly Value[] | undefined {
  const parts = Object.values(rule.key).map((part) => part(event));
  return parts.every((part) => part !== undefined) ? parts : undefined;
}

/** The events of each key on their own, in the order in which they are taken. */
export function byKey(entries: readonly Taken[]): readonly (readonly Taken[])[] {
  const keys = new Map<string, Taken[]>();
  for (const entry of entries) {
    const name = JSON.stringify(entry.key);
    keys.set(name, [...keys.get(name) ?? [], entry]);
  }
  return [...keys.values()];
}

/** The severity of a rule whose condition holds; undefined when it does not hold or has no value (language.md §3). */
export function judge(rule: RuleMeaning, events: readonly LogEvent[], values: Values): Severity | undefined {
  const facts = { events, values, matched: 0 };
  const matched = Object.values(rule.criteria ?? {}).filter((criterion) => criterion(facts) === true).length;
  const holds = rule.when === undefined ? matched > 0 : rule.when({ ...facts, matched }) === true;
  if (!holds) return undefined;
  if (typeof rule.severity === "string") return rule.severity;
  const word = rule.severity.find(([, condition]) => condition({ ...facts, matched }) === true);
  return word?.[0] ?? rule.defaultSeverity;
}

const ranks: readonly Severity[] = ["info", "warning", "high", "critical"];

/** Within an episode a rise to a higher severity speaks, at most once for each severity (semantics 9). */
export function isRise(severity: Severity, said: readonly Severity[]): boolean {
  return said.every((earlier) => ranks.indexOf(severity) > ranks.indexOf(earlier));
}
