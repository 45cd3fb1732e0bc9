/**
 * Sliding windows (semantics 10): (newest − size, newest], judged at the key's events only. Which events had come when
 * matters, so the events of a key are taken in their order and the whole window is gathered again at each.
 */
import type { Severity } from "../../engine/model/alert.ts";
import type { Millis } from "../../engine/model/time.ts";
import { aggregate, type Values } from "./aggregates.ts";
import { type Log, type LogEvent, type Moment, momentOf } from "./log.ts";
import { byKey, isRise, judge, type Signal, type Taken, taken, type WindowedMeaning } from "./rule.ts";

export interface SlidingMeaning extends WindowedMeaning {
  readonly size: Millis;
  /** Buckets in place of events: the edge lies at the start of the bucket that holds it. Undefined: exact. */
  readonly resolution?: Millis;
}

/** What a key has come to. An episode is the list of what it has said, the first alert first. */
interface Story {
  readonly events: readonly LogEvent[];
  readonly episode: readonly Signal[];
  /** When its last event was taken. */
  readonly moment: Moment;
}

/** What decided a signal, and when. */
interface Turn {
  readonly events: readonly LogEvent[];
  readonly newest: Millis;
  readonly time: Millis;
  readonly values: Values;
  readonly said: Signal["said"];
}

export function sliding(log: Log, rule: SlidingMeaning): readonly Signal[] {
  return byKey(taken(log, rule)).flatMap((entries) => {
    const signals: Signal[] = [];
    let story: Story = { events: [], episode: [], moment: 0 };
    for (const entry of entries) {
      const before = letPass(log, rule, story, entry);
      const after = take(rule, before.story, entry);
      signals.push(...before.signals, ...after.signals);
      story = { ...after.story, moment: entry.moment };
    }
    return [...signals, ...timeOut(log, rule, story)];
  });
}

function newestTime(events: readonly LogEvent[]): Millis {
  return Math.max(...events.map((event) => event.time));
}

/** What the time that has passed before an event does to the story of its key. */
function letPass(log: Log, rule: SlidingMeaning, story: Story, { event, moment, clock }: Taken) {
  const due = newestTime(story.events) + rule.size;
  // The state is there while the watermark of the event's own partition is before newest + size (semantics 12).
  const events = event.watermark < due ? story.events : [];
  if (event.watermark >= due || (rule.notifyResolved && clock >= due)) {
    return { story: { ...story, events, episode: [] }, signals: timeOut(log, rule, story) };
  }
  // The first event that comes `size` or more after the one before it ends an episode, at the time when it ran out.
  if (event.time < due) return { story, signals: [] };
  return { story: { ...story, events, episode: [] }, signals: endedAt(rule, story, { moment, due: -Infinity }) };
}

/** Adds an event, and judges the window where the event lies inside. */
function take(rule: SlidingMeaning, story: Story, { event, key, moment }: Taken) {
  const events = [...story.events, event];
  const window = windowOf(rule, events);
  if (!window.includes(event)) return { story: { ...story, events }, signals: [] };
  const values = aggregate(rule.aggregates, window, event);
  const severity = judge(rule, [event], values);
  const newest = newestTime(events);
  const turn = { events: [event], newest, time: newest, values, said: atEvent(moment) };
  if (severity === undefined) {
    if (!recovers(rule, event, values)) return { story: { ...story, events }, signals: [] };
    return { story: { ...story, events, episode: [] }, signals: resolved(rule, story, turn) };
  }
  if (!isRise(severity, story.episode.map((signal) => signal.severity))) {
    return { story: { ...story, events }, signals: [] };
  }
  const name = story.episode[0]?.episode ?? `${JSON.stringify(key)} ${event.arrival}`;
  const signal = firing(rule, turn, { severity, key, name });
  return { story: { events, episode: [...story.episode, signal] }, signals: [signal] };
}

/** The events inside: an event exactly `size` older than the newest is outside. */
function windowOf({ size, resolution }: SlidingMeaning, events: readonly LogEvent[]): readonly LogEvent[] {
  const edge = newestTime(events) - size;
  if (resolution === undefined) return events.filter(({ time }) => time > edge);
  const bucketOf = (time: Millis) => Math.floor(time / resolution);
  return events.filter(({ time }) => bucketOf(time) >= bucketOf(edge));
}

/** Without `recover`, a window that does not match ends the episode. */
function recovers({ recover }: SlidingMeaning, event: LogEvent, values: Values): boolean {
  return recover === undefined || recover({ events: [event], values, matched: 0 }) === true;
}

function atEvent(moment: Moment): Signal["said"] {
  return { moment, due: -Infinity };
}

function firing(
  { output, size }: SlidingMeaning,
  { newest, events, time, values, said }: Turn,
  { severity, key, name }: { severity: Severity; key: Signal["key"]; name: string },
): Signal {
  const window = { start: newest - size, end: newest };
  return { output, status: "firing", severity, key, time, window, values, events, episode: name, said };
}

/** What ends an episode has the severity that was said last. */
function resolved(rule: SlidingMeaning, { episode }: Story, turn: Turn): readonly Signal[] {
  const last = episode.at(-1);
  if (last === undefined || rule.notifyResolved !== true) return [];
  const { severity, key, episode: name } = last;
  return [{ ...firing(rule, turn, { severity, key, name }), status: "resolved" }];
}

/** Nothing came for the length of the window: it is empty, and the entities are those of the last alert. */
function endedAt(rule: SlidingMeaning, story: Story, said: Signal["said"]): readonly Signal[] {
  const time = newestTime(story.events) + rule.size;
  const events = story.episode.at(-1)?.events ?? [];
  return resolved(rule, story, { events, newest: time, time, values: {}, said });
}

/** With `notify_resolved`, an episode ends also when the watermark reaches newest + size. */
function timeOut(log: Log, rule: SlidingMeaning, story: Story): readonly Signal[] {
  const due = newestTime(story.events) + rule.size;
  const moment = momentOf(log, rule.streams, due);
  // A late event may begin an episode that is over at once.
  return moment === undefined ? [] : endedAt(rule, story, { moment: Math.max(moment, story.moment), due });
}
