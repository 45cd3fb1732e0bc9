/**
 * absence (semantics 24): a key is silent when two neighbouring event times are at least `for` apart, in whatever order
 * they arrive. Late events count for nothing, so which events are neighbours depends on the log alone, and what ended a
 * silence is known once the watermark has reached it.
 */
import type { Millis } from "../../engine/model/time.ts";
import { byTime, isLate, type Log, type LogEvent, momentOf } from "./log.ts";
import { byKey, judge, type RuleMeaning, type Signal, taken } from "./rule.ts";

export interface AbsenceMeaning extends RuleMeaning {
  readonly for: Millis;
}

export function absence(log: Log, rule: AbsenceMeaning): readonly Signal[] {
  return byKey(taken(log, rule)).flatMap((entries) => {
    const counted = entries.map(({ event }) => event).filter((event) => !isLate(event));
    const times = [...new Set(counted.map(({ time }) => time))].toSorted((a, b) => a - b);
    return times.flatMap((last, index) => {
      const next = times[index + 1];
      if (next !== undefined && next - last < rule.for) return [];
      return silence(log, rule, entries[0]?.key ?? [], { last, next, counted });
    });
  });
}

interface Silence {
  readonly last: Millis;
  readonly next: Millis | undefined;
  readonly counted: readonly LogEvent[];
}

/** The alert is due at last + for; the one that resolves it has the time of the event that ended the silence. */
function silence(log: Log, rule: AbsenceMeaning, key: Signal["key"], gap: Silence): readonly Signal[] {
  const { last, next } = gap;
  const firing = say(log, rule, key, gap, { status: "firing", time: last + rule.for, of: last });
  if (rule.notifyResolved !== true || next === undefined) return firing;
  return [...firing, ...say(log, rule, key, gap, { status: "resolved", time: next, of: next })];
}

function say(
  log: Log,
  rule: AbsenceMeaning,
  key: Signal["key"],
  { last, counted }: Silence,
  { status, time, of }: { status: Signal["status"]; time: Millis; of: Millis },
): readonly Signal[] {
  const moment = momentOf(log, rule.streams, time);
  // Of events at one time the last begins a silence, the first ends one.
  const there = counted.filter((event) => event.time === of).toSorted(byTime);
  const event = there.at(status === "firing" ? -1 : 0);
  const severity = event && judge(rule, [event], {});
  if (moment === undefined || event === undefined || severity === undefined) return [];
  const common = { output: "alert", window: { start: last, end: time }, values: {}, events: [event] } as const;
  const said = { moment, due: time };
  return [{ ...common, status, severity, key, time, said, episode: `${JSON.stringify(key)} ${last}` }];
}
