/**
 * `on: alerts` (semantics.md 28): the firing alerts of live rules come back as events of a stream with one partition.
 * Its watermark is the least of the clocks of the rules that raise them, and moves on only when every timer due has
 * fired and every alert was taken: `fire` of the task sees to that.
 */
import type { Alert } from "../model/alert.ts";
import type { Event } from "../model/event.ts";
import type { Millis } from "../model/time.ts";
import type { Fields } from "../model/value.ts";
import type { Clock, Input } from "./clock.ts";

/** The stream of alerts as one clock reads it. */
export interface AlertFeed {
  readonly clock: Clock;
  readonly input: Input;
  /** Clocks of the rules whose alerts come in. */
  readonly sources: readonly Clock[];
  /** Time that was set whatever inputs say; the clock reaches it with its sources. */
  forced: Millis;
}

/** A feed of alerts from rules with these clocks. */
export function alertFeed(clock: Clock, stream: string, sources: readonly Clock[]): AlertFeed {
  const input: Input = { stream, topic: stream, partition: 0, watermark: -Infinity, state: "active" };
  clock.inputs.push(input);
  return { clock, input, sources, forced: -Infinity };
}

/** An alert as an event that a feed takes. */
export function eventOf(alert: Alert, offset: number, { input }: AlertFeed): Event {
  const time = Date.parse(alert.event_time);
  const { stream, topic, partition, watermark } = input;
  return {
    place: { stream, topic, partition, offset, time, id: alert.id },
    data: fieldsOf(alert),
    change: undefined,
    watermark,
  };
}

/** An alert is JSON: its type only says more of it. */
function fieldsOf(alert: Alert): Fields {
  return { ...alert, evidence: alert.evidence.map((place) => ({ ...place })), criteria: alert.criteria.map(copy) };
}

function copy(criterion: Alert["criteria"][number]): Fields {
  return { ...criterion };
}

/** Moves feeds on as far as their sources have come; true when a clock advanced. */
export function advanceFeeds(feeds: readonly AlertFeed[]): boolean {
  let advanced = false;
  for (const feed of feeds) {
    const { clock, input, forced } = feed;
    const watermark = leastOf(feed, feeds);
    if (watermark > input.watermark) input.watermark = watermark;
    if (clock.advance()) advanced = true;
    if (forced <= input.watermark && clock.advanceTo(forced)) advanced = true;
  }
  return advanced;
}

/** Whether some feed has not come as far as its sources. */
export function isBehind(feeds: readonly AlertFeed[]): boolean {
  for (const feed of feeds) if (leastOf(feed, feeds) > feed.input.watermark) return true;
  return false;
}

/** The least clock of the sources that can raise anything; -Infinity when none can. */
function leastOf({ sources }: AlertFeed, feeds: readonly AlertFeed[]): Millis {
  let least = Infinity;
  for (const source of sources) if (isFed(source, feeds) && source.watermark < least) least = source.watermark;
  return least === Infinity ? -Infinity : least;
}

/** A clock without inputs belongs to streams that nobody sends: its rules raise nothing. */
function isFed(clock: Clock, feeds: readonly AlertFeed[]): boolean {
  const feed = feeds.find((one) => one.clock === clock);
  if (feed === undefined) return clock.inputs.length > 0;
  return clock.inputs.length > 1 || feed.sources.some((source) => isFed(source, feeds));
}
