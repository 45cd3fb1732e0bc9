/**
 * The log as the reference sees it: every event that was ever taken, in the order in which it was taken, each with the
 * watermark that its own partition had before it. Every question about time is answered by reading the log again from
 * its beginning, so nothing here can go stale.
 */
import type { Millis } from "../../engine/model/time.ts";
import type { Fields } from "../../engine/model/value.ts";

/** One line of a recorded file: an event, or something that is none. */
export type Line =
  | { readonly partition: number; readonly time: Millis; readonly data: Fields }
  | { readonly dead: string; readonly raw: string };

/** One recorded stream, as `--events STREAM=FILE` names it. */
export interface RecordedFile {
  readonly stream: string;
  readonly lateness: Millis;
  readonly lines: readonly Line[];
}

export interface LogEvent {
  readonly stream: string;
  readonly partition: number;
  /** Line number from 0 in its file (semantics 34). */
  readonly offset: number;
  readonly time: Millis;
  readonly data: Fields;
  /** Place in the order in which the events of all files are taken, from 0. */
  readonly arrival: number;
  /** Watermark of the event's own partition before it; -Infinity for its first event. */
  readonly watermark: Millis;
}

export interface Log {
  readonly files: readonly RecordedFile[];
  /** In the order of arrival. */
  readonly events: readonly LogEvent[];
  /** Event time at the end of the log: the newest event of any stream (semantics 13). */
  readonly end: Millis;
}

/** Reads files as a replay does: among them the one whose next event is oldest goes first, ties in the order given. */
export function readLog(files: readonly RecordedFile[]): Log {
  const events: LogEvent[] = [];
  const waiting = files.map((file) => eventsOf(file));
  for (;;) {
    const heads = waiting.map((events) => events[0]?.time ?? Infinity);
    const next = waiting[heads.indexOf(Math.min(...heads))]?.shift();
    if (next === undefined) break;
    const watermark = ownWatermark(events, next, latenessOf(files, next.stream));
    events.push({ ...next, arrival: events.length, watermark });
  }
  return { files, events, end: Math.max(...events.map((event) => event.time)) };
}

/** The events of a file in its own order. A line that is no event has an offset, but no place in the order (semantics 35). */
function eventsOf({ stream, lines }: RecordedFile): Omit<LogEvent, "arrival" | "watermark">[] {
  return lines.flatMap((line, offset) => "dead" in line ? [] : [{ stream, offset, ...line }]);
}

function latenessOf(files: readonly RecordedFile[], stream: string): Millis {
  return files.find((file) => file.stream === stream)?.lateness ?? 0;
}

type Source = Pick<LogEvent, "stream" | "partition">;

/** Watermark of a partition after the events given: greatest event time minus lateness. */
function ownWatermark(events: readonly LogEvent[], { stream, partition }: Source, lateness: Millis): Millis {
  const own = events.filter((event) => event.stream === stream && event.partition === partition);
  return Math.max(...own.map((event) => event.time)) - lateness;
}

/** An event exactly at the watermark is not late (semantics 3). */
export function isLate(event: LogEvent): boolean {
  return event.time < event.watermark;
}

/**
 * A moment of the log: the number of events that have been taken. `events.length + 1` is the end of the log, when event
 * time has been set to the newest event of any stream.
 */
export type Moment = number;

export function lastMoment(log: Log): Moment {
  return log.events.length + 1;
}

/**
 * Watermark of a rule that reads `streams` at a moment: the least over their partitions, those of a file that has ended
 * left out (semantics 4). It never goes back, and stays where it is when nothing holds it any more.
 */
export function clockAt(log: Log, streams: readonly string[], moment: Moment): Millis {
  let clock = -Infinity;
  for (let taken = 0; taken <= Math.min(moment, log.events.length); taken++) {
    const least = Math.min(
      ...activePartitions(log, streams, taken).map((source) => {
        return ownWatermark(log.events.slice(0, taken), source, latenessOf(log.files, source.stream));
      }),
    );
    if (least !== Infinity) clock = Math.max(clock, least);
  }
  return moment >= lastMoment(log) ? Math.max(clock, log.end) : clock;
}

/** Partitions of the streams whose file still has events after `taken` of all have been taken. */
function activePartitions(log: Log, streams: readonly string[], taken: Moment): readonly Source[] {
  const unfinished = streams.filter((stream) => log.events.slice(taken).some((event) => event.stream === stream));
  const sources = new Map<string, Source>();
  for (const { stream, partition } of log.events) {
    if (unfinished.includes(stream)) sources.set(`${stream}/${partition}`, { stream, partition });
  }
  return [...sources.values()];
}

/** The first moment at which the watermark of a rule has reached a time; undefined when it never does. */
export function momentOf(log: Log, streams: readonly string[], due: Millis): Moment | undefined {
  for (let moment = 0; moment <= lastMoment(log); moment++) {
    if (clockAt(log, streams, moment) >= due) return moment;
  }
  return undefined;
}

/** Order of events by time; ties by stream, partition, offset (semantics 15). */
export function byTime(a: LogEvent, b: LogEvent): number {
  if (a.time !== b.time) return a.time - b.time;
  if (a.stream !== b.stream) return a.stream < b.stream ? -1 : 1;
  return a.partition - b.partition || a.offset - b.offset;
}

/** The newest of some events by time and place; undefined of none. */
export function newestOf(events: readonly LogEvent[]): LogEvent | undefined {
  return events.toSorted(byTime).at(-1);
}
