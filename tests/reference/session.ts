/**
 * Sessions (semantics 11): events of a key less than the gap apart belong together; the window is [first, last + gap).
 * Which events a session holds is found by taking the events in their order, because a late one near a session that has
 * closed for its partition begins one of its own.
 */
import type { Severity } from "../../engine/model/alert.ts";
import type { Millis } from "../../engine/model/time.ts";
import { aggregate } from "./aggregates.ts";
import { type Log, type LogEvent, momentOf, newestOf } from "./log.ts";
import { byKey, isRise, judge, type Signal, type Taken, taken, type WindowedMeaning } from "./rule.ts";

export interface SessionMeaning extends WindowedMeaning {
  readonly gap: Millis;
}

interface Session {
  readonly events: readonly LogEvent[];
  /** Severities that it has spoken of. */
  readonly said: readonly Severity[];
  readonly episode: string;
}

export function session(log: Log, rule: SessionMeaning): readonly Signal[] {
  return byKey(taken(log, rule)).flatMap((entries) => sessionsOfKey(log, rule, entries));
}

function startOf({ events }: Session): Millis {
  return Math.min(...events.map((event) => event.time));
}

function endOf({ events }: Session, gap: Millis): Millis {
  return Math.max(...events.map((event) => event.time)) + gap;
}

function sessionsOfKey(log: Log, rule: SessionMeaning, entries: readonly Taken[]): readonly Signal[] {
  const signals: Signal[] = [];
  let sessions: readonly Session[] = [];
  for (const { event, key, moment } of entries) {
    const near = sessions.filter((old) => isOpenFor(event, old, rule.gap) && isNear(event, old, rule.gap));
    const joined = join(event, near);
    // A window takes an event while its end is after the watermark of the event's own partition (semantics 5).
    if (endOf(joined, rule.gap) <= event.watermark) continue;
    const values = aggregate(rule.aggregates, joined.events, event);
    const severity = judge(rule, [event], values);
    const speaks = rule.emit === "on_match" && severity !== undefined && isRise(severity, joined.said);
    if (speaks) {
      const said = { moment, due: -Infinity };
      signals.push({ ...firing(rule, joined, severity), key, time: event.time, values, events: [event], said });
    }
    const grown = speaks ? { ...joined, said: [...joined.said, severity] } : joined;
    sessions = [...sessions.filter((old) => !near.includes(old)), grown];
  }
  return rule.emit === "on_match" ? signals : sessions.flatMap((one) => close(log, rule, one, entries[0]?.key ?? []));
}

/** A session has closed for an event when the watermark of the event's partition has reached its end. */
function isOpenFor(event: LogEvent, old: Session, gap: Millis): boolean {
  return endOf(old, gap) > event.watermark;
}

/** Less than the gap before the first event, or less than the gap after the last. */
function isNear(event: LogEvent, old: Session, gap: Millis): boolean {
  return event.time > startOf(old) - gap && event.time < endOf(old, gap);
}

function join(event: LogEvent, near: readonly Session[]): Session {
  return {
    events: [...near.flatMap((old) => old.events), event],
    said: near.flatMap((old) => old.said),
    episode: near.find((old) => old.said.length > 0)?.episode ?? String(event.arrival),
  };
}

function firing(rule: SessionMeaning, one: Session, severity: Severity) {
  const window = { start: startOf(one), end: endOf(one, rule.gap) };
  return { output: rule.output, status: "firing", severity, window, episode: one.episode } as const;
}

function close(log: Log, rule: SessionMeaning, one: Session, key: Signal["key"]): readonly Signal[] {
  const due = endOf(one, rule.gap);
  const moment = momentOf(log, rule.streams, due);
  const last = newestOf(one.events);
  const values = aggregate(rule.aggregates, one.events, undefined);
  const severity = last === undefined ? undefined : judge(rule, [last], values);
  if (moment === undefined || last === undefined || severity === undefined) return [];
  return [{ ...firing(rule, one, severity), key, time: due, values, events: [last], said: { moment, due } }];
}
