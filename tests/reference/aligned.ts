/** Tumbling and hopping windows: [start, end), cut from the epoch in UTC (semantics 7). */
import type { Severity } from "../../engine/model/alert.ts";
import type { Millis } from "../../engine/model/time.ts";
import { aggregate, type Values } from "./aggregates.ts";
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

/** One window of a key, as it is when it closes. */
interface Pane {
  readonly start: Millis;
  readonly end: Millis;
  readonly events: readonly LogEvent[];
  readonly values: Values;
  /** Undefined where the condition does not hold, and of an empty window. */
  readonly severity: Severity | undefined;
  readonly said: Signal["said"];
}

/** Every window of a key that closes, from its first to the end of the log, empty ones included. */
function panesOf(log: Log, rule: AlignedMeaning, entries: readonly Taken[]): readonly Pane[] {
  const panes: Pane[] = [];
  const starts = entries.flatMap(({ event }) => startsOf(rule, event.time));
  for (let start = Math.min(...starts); start + rule.size <= log.end; start += rule.every) {
    const end = start + rule.size;
    const events = contentOf(rule, start, entries);
    // An empty window is neither judged nor recorded (semantics 8).
    const last = newestOf(events);
    const values = last === undefined ? {} : aggregate(rule.aggregates, events, undefined);
    const severity = last && judge(rule, [last], values);
    const said = { moment: momentOf(log, rule.streams, end) ?? Infinity, due: end };
    panes.push({ start, end, events: last === undefined ? [] : [last], values, severity, said });
  }
  return panes;
}

/** Judges each window of a key once, when the watermark reaches its end, in the order of the windows. */
function onClose(log: Log, rule: AlignedMeaning, entries: readonly Taken[]): readonly Signal[] {
  const signals: Signal[] = [];
  const key = entries[0]?.key ?? [];
  let row = 0;
  let spoken: Signal | undefined;
  for (const pane of panesOf(log, rule, entries)) {
    const { severity } = pane;
    row = severity === undefined ? 0 : row + 1;
    if (severity !== undefined && row >= rule.for) {
      const episode = spoken?.episode ?? `${JSON.stringify(key)} ${pane.start}`;
      spoken = { ...closing(rule, key, pane), status: "firing", severity, episode };
      signals.push(spoken);
    } else if (spoken !== undefined && severity === undefined && ends(rule, pane)) {
      signals.push(...resolve(rule, spoken, pane));
      spoken = undefined;
    }
  }
  return signals;
}

function closing(rule: AlignedMeaning, key: Signal["key"], { start, end, values, events, said }: Pane) {
  return { output: rule.output, key, time: end, window: { start, end }, values, events, said } as const;
}

/** A window that no event entered ends an episode (semantics 8); any other that does not match, or that recovers. */
function ends(rule: AlignedMeaning, { events, values }: Pane): boolean {
  return events.length === 0 || rule.recover === undefined || rule.recover({ events, values, matched: 0 }) === true;
}

/** Severity of the last alert of the episode; its entities too, where the window that resolves is empty. */
function resolve(rule: AlignedMeaning, spoken: Signal, pane: Pane): readonly Signal[] {
  if (rule.notifyResolved !== true) return [];
  const { key, severity, episode } = spoken;
  const events = pane.events.length === 0 ? spoken.events : pane.events;
  return [{ ...closing(rule, key, pane), events, status: "resolved", severity, episode }];
}

/** Judges every window that an event enters at that event; a window speaks once, and again for each rise. */
function onMatch(log: Log, rule: AlignedMeaning, entries: readonly Taken[]): readonly Signal[] {
  const signals: Signal[] = [];
  for (const [index, { event, key, moment }] of entries.entries()) {
    for (const start of startsOf(rule, event.time)) {
      const window = { start, end: start + rule.size };
      const events = contentOf(rule, start, entries.slice(0, index + 1));
      const values = aggregate(rule.aggregates, events, event);
      const severity = events.includes(event) ? judge(rule, [event], values) : undefined;
      const episode = `${JSON.stringify(key)} ${start}`;
      const earlier = signals.filter((signal) => signal.episode === episode).map((signal) => signal.severity);
      if (severity === undefined || !isRise(severity, earlier)) continue;
      // event_time is that of the event that made it true, even when it is not the newest (semantics 29).
      const common = {
        output: rule.output,
        status: "firing",
        window,
        values,
        events: [event],
        time: event.time,
      } as const;
      signals.push({ ...common, severity, key, episode, said: { moment, due: -Infinity } });
    }
  }
  return [...signals, ...resolveSpoken(rule, panesOf(log, rule, entries), signals)];
}

/** Each window that spoke is an episode of its own; the first window after it that never spoke resolves it. */
function resolveSpoken(
  rule: AlignedMeaning,
  panes: readonly Pane[],
  signals: readonly Signal[],
): readonly Signal[] {
  const spoken = new Map(signals.map((signal) => [signal.window?.start ?? 0, signal]));
  return [...spoken].flatMap(([start, last]) => {
    const next = panes.find((pane) => pane.start > start && !spoken.has(pane.start) && ends(rule, pane));
    return next === undefined ? [] : resolve(rule, last, next);
  });
}
