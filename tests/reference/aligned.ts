/** Tumbling and hopping windows: [start, end), cut from the epoch in UTC (semantics 7). */
import type { Severity } from "../../engine/model/alert.ts";
import type { Millis } from "../../engine/model/time.ts";
import { aggregate } from "./aggregates.ts";
import { type Log, type LogEvent, momentOf, newestOf } from "./log.ts";
import { byKey, isRise, judge, type Signal, type Taken, taken, type WindowedMeaning } from "./rule.ts";

export interface AlignedMeaning extends WindowedMeaning {
  readonly size: Millis;
  /** Distance of neighbouring starts; equal to `size` for tumbling windows. */
  readonly every: Millis;
  readonly offset: Millis;
}

export function aligned(log: Log, rule: AlignedMeaning): readonly Signal[] {
  const speak = rule.emit === "on_close" ? onClose : onMatch;
  return byKey(taken(log, rule)).flatMap((entries) => speak(log, rule, entries));
}

/** Starts of every window that holds a time, oldest first. */
export function startsOf({ size, every, offset }: AlignedMeaning, time: Millis): readonly Millis[] {
  const starts: Millis[] = [];
  for (let start = Math.floor((time - offset) / every) * every + offset; start > time - size; start -= every) {
    starts.unshift(start);
  }
  return starts;
}

/**
 * What a window contains of the events given. It takes an event, late or not, while its end is after the watermark of the
 * event's own partition (semantics 5), so its content depends on the log alone.
 */
function contentOf(rule: AlignedMeaning, start: Millis, entries: readonly Taken[]): readonly LogEvent[] {
  const end = start + rule.size;
  return entries.map(({ event }) => event).filter(({ time, watermark }) => {
    return start <= time && time < end && watermark < end;
  });
}

/** Judges each window of a key once, when the watermark reaches its end, in the order of the windows. */
function onClose(log: Log, rule: AlignedMeaning, entries: readonly Taken[]): readonly Signal[] {
  const signals: Signal[] = [];
  const key = entries[0]?.key ?? [];
  const starts = entries.flatMap(({ event }) => startsOf(rule, event.time));
  let row = 0;
  let episode: { readonly name: string; readonly severity: Severity } | undefined;
  for (let start = Math.min(...starts); start + rule.size <= log.end; start += rule.every) {
    const end = start + rule.size;
    const events = contentOf(rule, start, entries);
    const values = aggregate(rule.aggregates, events, undefined);
    const last = newestOf(events);
    const severity = last === undefined ? undefined : judge(rule, [last], values);
    const said = { moment: momentOf(log, rule.streams, end) ?? Infinity, due: end };
    const common = {
      output: rule.output,
      key,
      time: end,
      window: { start, end },
      values,
      events: last ? [last] : [],
      said,
    };
    row = severity === undefined ? 0 : row + 1;
    if (severity !== undefined && row >= rule.for) {
      episode ??= { name: `${JSON.stringify(key)} ${start}`, severity };
      signals.push({ ...common, status: "firing", severity, episode: episode.name });
    } else if (episode !== undefined && ends(rule, events, values, severity)) {
      if (rule.notifyResolved) {
        signals.push({ ...common, status: "resolved", severity: episode.severity, episode: episode.name });
      }
      episode = undefined;
    }
  }
  return signals;
}

/** A window that no event entered ends an episode (semantics 8); any other that does not match, or that recovers. */
function ends(
  rule: AlignedMeaning,
  events: readonly LogEvent[],
  values: ReturnType<typeof aggregate>,
  severity: Severity | undefined,
): boolean {
  const last = newestOf(events);
  if (last === undefined) return true;
  if (severity !== undefined) return false;
  return rule.recover === undefined || rule.recover({ events: [last], values, matched: 0 }) === true;
}

/** Judges every window that an event enters at that event; a window speaks once, and again for each rise. */
function onMatch(_log: Log, rule: AlignedMeaning, entries: readonly Taken[]): readonly Signal[] {
  const signals: Signal[] = [];
  for (const [index, { event, key, moment }] of entries.entries()) {
    for (const start of startsOf(rule, event.time)) {
      const end = start + rule.size;
      const events = contentOf(rule, start, entries.slice(0, index + 1));
      const values = aggregate(rule.aggregates, events, event);
      const severity = events.includes(event) ? judge(rule, [event], values) : undefined;
      const episode = `${JSON.stringify(key)} ${start}`;
      const earlier = signals.filter((signal) => signal.episode === episode).map((signal) => signal.severity);
      if (severity === undefined || !isRise(severity, earlier)) continue;
      // event_time is that of the event that made it true, even when it is not the newest (semantics 29).
      const said = { moment, due: -Infinity };
      const window = { start, end };
      const time = event.time;
      signals.push({
        output: rule.output,
        status: "firing",
        severity,
        key,
        time,
        window,
        values,
        events: [event],
        episode,
        said,
      });
    }
  }
  return signals;
}
