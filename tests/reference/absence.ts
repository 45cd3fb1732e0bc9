/**
 * absence (semantics 24): a key is silent when two neighbouring event times are at least `for` apart, in whatever order
 * they arrive. Which events count is decided from the log alone: one that comes after its own partition's watermark has
 * reached the end of the silence that it lies in is late for it, and ends nothing.
 */
import type { Millis } from "../../engine/model/time.ts";
import { type Log, type LogEvent, momentOf, newestOf } from "./log.ts";
import { byKey, judge, type RuleMeaning, type Signal, taken } from "./rule.ts";

export interface AbsenceMeaning extends RuleMeaning {
  readonly for: Millis;
}

export function absence(log: Log, rule: AbsenceMeaning): readonly Signal[] {
  return byKey(taken(log, rule)).flatMap((entries) => {
    const counted = countedOf(rule, entries.map(({ event }) => event));
    const times = [...new Set(counted.map(({ time }) => time))].toSorted((a, b) => a - b);
    return times.flatMap((last, index) => {
      const next = times[index + 1];
      if (next !== undefined && next - last < rule.for) return [];
      return silence(log, rule, entries[0]?.key ?? [], { last, next, counted });
    });
  });
}

/** The events that count as speaking, in their order of arrival. */
function countedOf(rule: AbsenceMeaning, events: readonly LogEvent[]): readonly LogEvent[] {
  return events.reduce<readonly LogEvent[]>((counted, event) => {
    const before = newestOf(counted.filter(({ time }) => time <= event.time));
    const fromItself = event.watermark < event.time + rule.for;
    const fromBefore = before === undefined || event.watermark < before.time + rule.for;
    const isLate = event.time < event.watermark;
    return !isLate || (fromItself && fromBefore) ? [...counted, event] : counted;
  }, []);
}

interface Silence {
  readonly last: Millis;
  readonly next: Millis | undefined;
  readonly counted: readonly LogEvent[];
}

/** The alert is due at last + for; what ended the silence is known once the watermark has reached it. */
function silence(
  log: Log,
  rule: AbsenceMeaning,
  key: Signal["key"],
  { last, next, counted }: Silence,
): readonly Signal[] {
  const at = (time: Millis, of: Millis, status: Signal["status"]): readonly Signal[] => {
    const moment = momentOf(log, rule.streams, time);
    const event = newestOf(counted.filter((event) => event.time === of));
    const severity = event === undefined ? undefined : judge(rule, [event], {});
    if (moment === undefined || event === undefined || severity === undefined) return [];
    const said = { moment, due: time };
    const common = { output: "alert", window: null, values: {}, events: [event], said } as const;
    return [{ ...common, status, severity, key, time, episode: `${JSON.stringify(key)} ${last}` }];
  };
  const resolved = rule.notifyResolved && next !== undefined ? at(next, next, "resolved") : [];
  return [...at(last + rule.for, last, "firing"), ...resolved];
}
