import { expect } from "expect";
import fc from "fast-check";
import { firstTime, lastTime, timeOfNumber, timeOfText } from "./event_time.ts";

/** The same rules read slowly: a regular expression for the form, the calendar of Date for what exists. */
function naiveTime(text: string): number {
  const match = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:([Zz])|([+-])(\d\d):(\d\d))$/.exec(text);
  if (match === null) return NaN;
  const [, year, month, day, hour, minute, second] = match.map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year!, month! - 1, day!);
  const exists = date.getUTCFullYear() === year && date.getUTCMonth() === month! - 1 && date.getUTCDate() === day;
  if (!exists || hour! > 23 || minute! > 59 || second! > 60) return NaN;
  const millis = Number((match[7] ?? "").padEnd(3, "0").slice(0, 3));
  if (match[9] !== undefined && (Number(match[10]) > 23 || Number(match[11]) > 59)) return NaN;
  const offset = match[9] === undefined ? 0 : (Number(match[10]) * 60 + Number(match[11])) * 60_000;
  const whole = date.getTime() + ((hour! * 60 + minute!) * 60 + second!) * 1_000 -
    (match[9] === "-" ? -offset : offset);
  if (second === 60 && !/-(01|07)-01T00:00:00/.test(new Date(whole).toISOString())) return NaN;
  const time = whole + millis;
  return time >= Date.parse("0000-01-01T00:00:00Z") && time <= Date.parse("9999-12-31T23:59:59.999Z") ? time : NaN;
}

const digits = (least: number, most: number, width: number) =>
  fc.integer({ min: least, max: most }).map((n) => String(n).padStart(width, "0"));
const offsetText = fc.oneof(
  fc.constantFrom("Z", "z", "", "+00:00", "-00:00", "+0200", "+02"),
  fc.tuple(fc.constantFrom("+", "-"), digits(0, 25, 2), digits(0, 61, 2)).map(([sign, h, m]) => `${sign}${h}:${m}`),
);
const almostTime = fc.tuple(
  fc.oneof(digits(1960, 2040, 4), digits(0, 9999, 4)),
  digits(0, 13, 2),
  digits(0, 32, 2),
  fc.constantFrom("T", "T", "T", "t", " "),
  digits(0, 24, 2),
  digits(0, 60, 2),
  fc.oneof(digits(0, 61, 2), fc.constant("60")),
  fc.oneof(fc.constant(""), fc.stringMatching(/^\.[0-9]{0,9}$/)),
  offsetText,
).map(([y, mo, d, t, h, mi, s, f, o]) => `${y}-${mo}-${d}${t}${h}:${mi}:${s}${f}${o}`);

Deno.test("the time parser agrees with a naive one on texts that are nearly times", () => {
  fc.assert(fc.property(almostTime, (text) => expect(timeOfText(text)).toBe(naiveTime(text))), { numRuns: 20_000 });
});

Deno.test("the time parser agrees with a naive one when a character is changed, added or lost", () => {
  const change = fc.tuple(almostTime, fc.nat(35), fc.constantFrom("", "0", "9", "x", "Z", ":", "é", "-", " ", "00"));
  const damaged = change.map(([text, at, put]) => text.slice(0, at) + put + text.slice(at + 1));
  fc.assert(fc.property(damaged, (text) => expect(timeOfText(text)).toBe(naiveTime(text))), { numRuns: 20_000 });
});

Deno.test("every time that leaves the engine is read back to the same millisecond", () => {
  const any = fc.integer({ min: firstTime, max: lastTime });
  fc.assert(fc.property(any, (time) => expect(timeOfText(new Date(time).toISOString())).toBe(time)), {
    numRuns: 5_000,
  });
});

const base = Date.parse("2026-01-05T10:00:00Z");
for (
  const [name, text, time] of [
    ["Z is UTC", "2026-01-05T10:00:00Z", base],
    ["lower-case t and z mean the same", "2026-01-05t10:00:00z", base],
    ["an offset ahead of UTC is taken off", "2026-01-05T12:00:00+02:00", base],
    ["an offset behind UTC is added", "2026-01-05T04:30:00-05:30", base],
    ["an unknown offset of -00:00 is UTC", "2026-01-05T10:00:00-00:00", base],
    ["one digit of a fraction is a tenth", "2026-01-05T10:00:00.5Z", base + 500],
    ["digits beyond the millisecond are cut off, not rounded", "2026-01-05T10:00:00.1239999999Z", base + 123],
    ["times before 1970 cut off towards the past's whole second", "1969-12-31T23:59:59.0019Z", -999],
    ["29 February exists in a leap year", "2024-02-29T00:00:00Z", Date.UTC(2024, 1, 29)],
    ["29 February exists in 2000", "2000-02-29T00:00:00Z", Date.UTC(2000, 1, 29)],
    ["a leap second counts as the second that follows", "2016-12-31T23:59:60Z", Date.UTC(2017, 0, 1)],
    ["a leap second may be told in local time", "2016-12-31T18:59:60.25-05:00", Date.UTC(2017, 0, 1) + 250],
    ["year 0000 is the first", "0000-01-01T00:00:00Z", firstTime],
    ["year 9999 is the last", "9999-12-31T23:59:59.999Z", lastTime],
  ] as const
) Deno.test(`RFC 3339: ${name}`, () => expect(timeOfText(text)).toBe(time));

for (
  const [name, text] of [
    ["30 February does not exist", "2026-02-30T10:00:00Z"],
    ["29 February does not exist in 2100", "2100-02-29T10:00:00Z"],
    ["29 February does not exist in 2026", "2026-02-29T10:00:00Z"],
    ["hour 24 does not exist", "2026-01-05T24:00:00Z"],
    ["minute 60 does not exist", "2026-01-05T10:60:00Z"],
    ["second 61 does not exist", "2016-12-31T23:59:61Z"],
    ["a second 60 in the middle of a day does not exist", "2026-01-05T10:00:60Z"],
    ["month 13 does not exist", "2026-13-05T10:00:00Z"],
    ["day 0 does not exist", "2026-01-00T10:00:00Z"],
    ["a time without an offset is none", "2026-01-05T10:00:00"],
    ["a space between date and time is none", "2026-01-05 10:00:00Z"],
    ["a date alone is none", "2026-01-05"],
    ["an offset without a colon is none", "2026-01-05T10:00:00+0200"],
    ["an offset of 24 hours is none", "2026-01-05T10:00:00+24:00"],
    ["a point without digits is none", "2026-01-05T10:00:00.Z"],
    ["a comma is no decimal point", "2026-01-05T10:00:00,5Z"],
    ["text behind the offset is none", "2026-01-05T10:00:00Zulu"],
    ["blanks around it are none", " 2026-01-05T10:00:00Z"],
    ["five digits are no year", "12026-01-05T10:00:00Z"],
    ["a time before the year 0000 in UTC is none", "0000-01-01T00:00:00+01:00"],
    ["a time after the year 9999 in UTC is none", "9999-12-31T23:59:59-01:00"],
    ["the empty text is none", ""],
    ["digits of other scripts are none", "２026-01-05T10:00:00Z"],
  ] as const
) Deno.test(`RFC 3339: ${name}`, () => expect(timeOfText(text)).toBeNaN());

for (
  const [name, value, unit, time] of [
    ["seconds", 1_767_607_200, "s", 1_767_607_200_000],
    ["seconds with a fraction", 1_767_607_200.123, "s", 1_767_607_200_123],
    ["seconds are rounded to the nearest millisecond", 1_767_607_200.1236, "s", 1_767_607_200_124],
    ["milliseconds", 1_767_607_200_123, "ms", 1_767_607_200_123],
    ["milliseconds with a fraction are rounded", 1_767_607_200_123.6, "ms", 1_767_607_200_124],
    ["microseconds", 1_767_607_200_123_456, "us", 1_767_607_200_123],
    ["microseconds are rounded up from the half", 1_767_607_200_123_500, "us", 1_767_607_200_124],
    ["nanoseconds, which no double holds exactly", 1_767_607_200_123_456_789, "ns", 1_767_607_200_123],
    ["a time before 1970", -1.5, "s", -1_500],
    ["a time that rounds to zero is 0, never -0", -0.2, "ms", 0],
    ["the last millisecond of 9999", 253_402_300_799_999, "ms", lastTime],
  ] as const
) Deno.test(`numbers: ${name}`, () => expect(timeOfNumber(value, unit)).toBe(time));

for (
  const [name, value, unit] of [
    ["infinity is no time", Infinity, "s"],
    ["NaN is no time", NaN, "ms"],
    ["milliseconds taken for seconds lie beyond the year 9999", 1_767_607_200_000, "s"],
    ["a number before the year 0000 is no time", -62_167_219_200_001, "ms"],
  ] as const
) Deno.test(`numbers: ${name}`, () => expect(timeOfNumber(value, unit)).toBeNaN());
