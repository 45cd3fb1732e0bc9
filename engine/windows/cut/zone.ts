/**
 * Offsets of a time zone from UTC. The calendar is asked once for each UTC day that events touch; between two changes of
 * clocks an offset is a comparison away.
 */
import { nearest } from "../../model/problem.ts";
import type { Millis } from "../../model/time.ts";
import type { Wrong } from "../window.ts";

/** A stretch of time with one offset: local time = time + offset. */
export interface Span {
  readonly from: Millis;
  readonly to: Millis;
  readonly offset: Millis;
}

export interface Zone {
  /** Milliseconds by which the wall clock is ahead of UTC. */
  readonly offsetAt: (time: Millis) => Millis;
  /** The stretches that together hold the times from `from` to `to`, in order. */
  readonly spans: (from: Millis, to: Millis) => readonly Span[];
}

const day: Millis = 86_400_000;
/** Days remembered; more begin anew. */
const daysMax = 4_096;

/** The zone of an IANA name, or what is wrong with the name. */
export function openZone(name: string): Zone | Wrong {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", { timeZone: name, timeZoneName: "longOffset" });
  } catch {
    const known = nearest(name, Intl.supportedValuesOf("timeZone"));
    return {
      wrong: `Unknown time zone: ${name}`,
      help: known === undefined ? "write an IANA name such as Europe/Paris" : `did you mean ${known}?`,
    };
  }
  return zoneOf((time) => offsetOf(format, time));
}

/** Offset in the form that the calendar writes: `GMT`, `GMT+02:00`, `GMT-00:09:21`. */
function offsetOf(format: Intl.DateTimeFormat, time: Millis): Millis {
  const text = format.formatToParts(time).find((part) => part.type === "timeZoneName")?.value ?? "";
  const match = /([+-])(\d+):(\d+)(?::(\d+))?$/.exec(text);
  if (match === null) return 0;
  const seconds = Number(match[2]) * 3_600 + Number(match[3]) * 60 + Number(match[4] ?? 0);
  return (match[1] === "-" ? -1_000 : 1_000) * seconds;
}

/** A day in UTC: its offset changes at most once, at `change` (its end when it does not). */
interface Day {
  readonly change: Millis;
  readonly before: Millis;
  readonly after: Millis;
}

function zoneOf(ask: (time: Millis) => Millis): Zone {
  const days = new Map<number, Day>();
  const dayOf = (number: number): Day => {
    const known = days.get(number);
    if (known !== undefined) return known;
    if (days.size >= daysMax) days.clear();
    const made = readDay(ask, number * day);
    days.set(number, made);
    return made;
  };
  return {
    offsetAt(time) {
      const { change, before, after } = dayOf(Math.floor(time / day));
      return time < change ? before : after;
    },
    spans(from, to) {
      const spans: Span[] = [];
      for (let number = Math.floor(from / day); number * day < to; number++) {
        const { change, before, after } = dayOf(number);
        addSpan(spans, { from: number * day, to: change, offset: before });
        if (change < (number + 1) * day) addSpan(spans, { from: change, to: (number + 1) * day, offset: after });
      }
      return spans;
    },
  };
}

/** Adds a stretch, or lengthens the last one when its offset goes on. */
function addSpan(spans: Span[], span: Span): void {
  const last = spans.at(-1);
  if (last !== undefined && last.offset === span.offset) spans[spans.length - 1] = { ...last, to: span.to };
  else if (span.from < span.to) spans.push(span);
}

/** Finds the change of a day's offset by halving. */
function readDay(ask: (time: Millis) => Millis, start: Millis): Day {
  const before = ask(start);
  const after = ask(start + day - 1);
  let low = start;
  let high = start + day;
  while (before !== after && high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (ask(middle) === before) low = middle;
    else high = middle;
  }
  return { change: high, before, after };
}
