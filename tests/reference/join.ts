/**
 * join (semantics 22): a match is decided when its second event arrives, which takes of the partners already there all,
 * the latest or the first. Partners are not used up.
 */
import type { Millis } from "../../engine/model/time.ts";
import type { Reader, Values } from "./aggregates.ts";
import type { Log, LogEvent } from "./log.ts";
import { byKey, judge, type RuleMeaning, type Signal, type Taken, taken } from "./rule.ts";

export interface JoinMeaning extends RuleMeaning {
  /** `where` admits the events of both sides; these tell which side one is of. */
  readonly left: (event: LogEvent) => boolean;
  readonly right: (event: LogEvent) => boolean;
  readonly within: Millis;
  readonly order: "any" | "left_first" | "right_first";
  readonly match: "latest" | "first" | "all";
  readonly output: "alert" | "record";
  /** Fields that a record has in place of values. */
  readonly record?: { readonly [name: string]: Reader };
}

interface Pair {
  readonly left: LogEvent;
  readonly right: LogEvent;
}

export function join(log: Log, rule: JoinMeaning): readonly Signal[] {
  return byKey(taken(log, rule)).flatMap((entries) => {
    const signals: Signal[] = [];
    let there: readonly LogEvent[] = [];
    for (const entry of entries) {
      const newest = Math.max(...there.map(({ time }) => time));
      // The state of the key is there while the event's own watermark is before its newest event + within (semantics 12).
      there = entry.event.watermark < newest + rule.within ? there : [];
      const pairs = partnersOf(rule, entry.event, there).map((partner) => pairOf(rule, entry.event, partner));
      signals.push(...pairs.flatMap((pair) => say(rule, entry, pair)));
      there = [...there, entry.event];
    }
    return signals;
  });
}

function pairOf({ left }: JoinMeaning, event: LogEvent, partner: LogEvent): Pair {
  return left(event) ? { left: event, right: partner } : { left: partner, right: event };
}

/** The partners that an event takes: those within the bound, which is included, in the right order. */
function partnersOf(rule: JoinMeaning, event: LogEvent, there: readonly LogEvent[]): readonly LogEvent[] {
  const others = there.filter(rule.left(event) ? rule.right : rule.left);
  const fitting = others.filter((partner) => {
    const { left, right } = pairOf(rule, event, partner);
    if (Math.abs(left.time - right.time) > rule.within) return false;
    // Equal times satisfy both orders.
    return rule.order === "any" || (rule.order === "left_first" ? left.time <= right.time : right.time <= left.time);
  });
  if (rule.match === "all") return fitting;
  // Ties of event time: the last to arrive is the latest, the first to arrive is the first.
  const byTimeThenArrival = fitting.toSorted((a, b) => a.time - b.time);
  const chosen = byTimeThenArrival.at(rule.match === "latest" ? -1 : 0);
  return chosen === undefined ? [] : [chosen];
}

function say(rule: JoinMeaning, { event, key, moment }: Taken, { left, right }: Pair): readonly Signal[] {
  const severity = judge(rule, [left, right], {});
  if (severity === undefined) return [];
  return [{
    output: rule.output,
    status: "firing",
    severity,
    key,
    time: Math.max(left.time, right.time),
    window: null,
    values: recordOf(rule, [left, right]),
    events: [left, right],
    episode: `${left.arrival} ${right.arrival} ${event.arrival}`,
    said: { moment, due: -Infinity },
  }];
}

/** Each field is the first of its readings, over both events, that has a value. */
function recordOf({ record }: JoinMeaning, events: readonly LogEvent[]): Values {
  return Object.fromEntries(
    Object.entries(record ?? {}).map(([name, of]) => [name, events.map(of).find((value) => value !== undefined)]),
  );
}
