/**
 * Event time from what an event carries: RFC 3339 text or a number with a unit, as whole milliseconds (semantics.md 2).
 * Written by hand because the decoder calls it for every event, and because `Date.parse` takes forms that are no
 * RFC 3339, lets the machine's time zone in, and rolls dates over that do not exist.
 */
import type { Millis } from "../model/time.ts";

/** The first and last millisecond that RFC 3339 can write: years 0000 to 9999 in UTC. */
export const firstTime: Millis = -62_167_219_200_000;
export const lastTime: Millis = 253_402_300_799_999;

const dayMillis = 86_400_000;
const minuteMillis = 60_000;
const daysOfMonth = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

export type TimeUnit = "s" | "ms" | "us" | "ns";

/** Milliseconds of a number in a unit, rounded to the nearest; NaN when it is not finite or beyond years 0000 to 9999. */
export function timeOfNumber(value: number, unit: TimeUnit): Millis {
  return withinYears(Math.round(inMillis(value, unit)));
}

/** Multiplies or divides by whole numbers only: a factor such as 0.001 is itself rounded, and the product rounds again. */
function inMillis(value: number, unit: TimeUnit): number {
  if (unit === "ms") return value;
  if (unit === "s") return value * 1_000;
  return unit === "us" ? value / 1_000 : value / 1_000_000;
}

/**
 * Milliseconds of an RFC 3339 date-time; digits beyond the millisecond are cut off. NaN when the text is none, names a
 * date or an hour that does not exist, or lies outside the years 0000 to 9999 in UTC. A second 60 is taken where a leap
 * second can stand, 23:59:60 UTC at the end of June or December, and counts as the second after it, as in POSIX.
 */
export function timeOfText(text: string): Millis {
  const length = text.length;
  if (length < 20 || text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45) return NaN;
  if (text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58 || (text.charCodeAt(10) | 32) !== 116) return NaN;
  const day = dayOfDate(two(text, 0) * 100 + two(text, 2), two(text, 5), two(text, 8));
  const hour = two(text, 11);
  const minute = two(text, 14);
  const second = two(text, 17);
  // Written so that a NaN from a character that is no digit fails too.
  if (!(hour <= 23 && minute <= 59 && second <= 60)) return NaN;
  const end = endOfFraction(text, length);
  const local = day * dayMillis + (hour * 60 + minute) * minuteMillis + second * 1_000;
  const time = local - offsetAt(text, end, length);
  if (second === 60 && !endsHalfYear(time)) return NaN;
  return withinYears(time + millisOfFraction(text, end));
}

/** The number that two digits make; NaN when one of them is no digit. */
function two(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NaN;
}

/** Days since 1970-01-01 of a date in the Gregorian calendar; NaN when there is no such date. */
function dayOfDate(year: number, month: number, day: number): number {
  if (!(month >= 1 && month <= 12 && day >= 1 && year >= 0)) return NaN;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (!(day <= (month === 2 && leap ? 29 : daysOfMonth[month] ?? 0))) return NaN;
  // Years begin in March here, so that the leap day is the last of its year and months follow one formula.
  const y = month <= 2 ? year - 1 : year;
  const m = month <= 2 ? month + 9 : month - 3;
  const leapDays = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  return y * 365 + leapDays + Math.floor((153 * m + 2) / 5) + day - 1 - 719_468;
}

/** Index behind the seconds and their fraction. */
function endOfFraction(text: string, length: number): number {
  if (text.charCodeAt(19) !== 46) return 19;
  let at = 20;
  while (at < length && isDigit(text.charCodeAt(at))) at++;
  // A point without digits is refused by the offset that is then looked for at the point.
  return at === 20 ? 19 : at;
}

/** Milliseconds of the fraction that ends at `end`; what is smaller than a millisecond is cut off. */
function millisOfFraction(text: string, end: number): Millis {
  let millis = 0;
  for (let at = 20; at < 23; at++) millis = millis * 10 + (at < end ? text.charCodeAt(at) - 48 : 0);
  return millis;
}

/** Milliseconds that local time is ahead of UTC; NaN when what stands at `at` is no offset or is followed by more. */
function offsetAt(text: string, at: number, length: number): Millis {
  const sign = text.charCodeAt(at);
  if ((sign | 32) === 122) return at + 1 === length ? 0 : NaN;
  if ((sign !== 43 && sign !== 45) || at + 6 !== length || text.charCodeAt(at + 3) !== 58) return NaN;
  const hours = two(text, at + 1);
  const minutes = two(text, at + 4);
  if (!(hours <= 23 && minutes <= 59)) return NaN;
  const millis = (hours * 60 + minutes) * minuteMillis;
  return sign === 45 ? -millis : millis;
}

/** True when a time is midnight UTC of the first of January or July: just after a possible leap second. */
function endsHalfYear(time: Millis): boolean {
  const date = new Date(time);
  return time % dayMillis === 0 && date.getUTCDate() === 1 && date.getUTCMonth() % 6 === 0;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** The time, with -0 made 0; NaN outside the years that can be written. */
function withinYears(time: Millis): Millis {
  return time >= firstTime && time <= lastTime ? time + 0 : NaN;
}
