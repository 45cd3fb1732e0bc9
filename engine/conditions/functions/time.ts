/** Timestamps and durations: both are milliseconds inside; the parts of a timestamp are those of UTC. */
import { numberType, timestampType, type Type } from "../../model/type.ts";
import type { FunctionSpec } from "../functions.ts";

const durationType: Type = { kind: "duration" };
const dayMillis = 86_400_000;

/** First and last millisecond that CEL's timestamps can hold: years 1 to 9999. */
const earliest = -62_135_596_800_000;
const latest = 253_402_300_799_999;

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** Milliseconds of an RFC 3339 text; digits beyond the millisecond are cut off; a date that does not exist is none. */
export function parseTimestamp(text: string): number | undefined {
  const match = rfc3339.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const offsetHours = Number(match[9] ?? 0);
  const offsetMinutes = Number(match[10] ?? 0);
  if (offsetHours > 23 || offsetMinutes > 59) return undefined;
  const offset = (match[8] === "-" ? -1 : 1) * (offsetHours * 60 + offsetMinutes) * 60_000;
  const millis = Number((match[7] ?? "").slice(0, 3).padEnd(3, "0"));
  return inRange(date.getTime() + ((hour * 60 + minute) * 60 + second) * 1_000 + millis - offset);
}

function inRange(time: number): number | undefined {
  return time >= earliest && time <= latest ? time : undefined;
}

/** Milliseconds of whole or fractional seconds since the epoch, rounded to the nearest. */
function fromSeconds(seconds: number): number | undefined {
  return inRange(Math.round(seconds * 1_000));
}

const unitMillis: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: dayMillis,
};

/** Milliseconds of `90s`, `1h30m`, `1.5h`, `-5m`; `d` is a day of 24 hours. */
export function parseCelDuration(text: string): number | undefined {
  const match = /^([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|ms|s|m|h|d))+)$/.exec(text);
  if (match === null) return undefined;
  let millis = 0;
  for (const [, number, unit] of (match[2] ?? "").matchAll(/(\d+\.?\d*|\.\d+)(ns|us|ms|s|m|h|d)/g)) {
    millis += Number(number) * (unitMillis[unit ?? ""] ?? 0);
  }
  return match[1] === "-" ? -millis : millis;
}

function dayOfYear(time: number): number {
  return Math.floor((time - Date.UTC(new Date(time).getUTCFullYear(), 0, 1)) / dayMillis);
}

/** A part of a timestamp in UTC. */
function part(name: string, run: (time: number) => number): FunctionSpec {
  return { form: "method", name, takes: ["timestamp"], result: numberType, partial: false, run };
}

/** A duration in whole units, towards zero. */
function whole(name: string, millis: number): FunctionSpec {
  const inline = ([duration]: readonly string[]) => `Math.trunc(${duration} / ${millis})`;
  return { form: "method", name, takes: ["duration"], result: numberType, partial: false, inline };
}

function conversion(
  name: string,
  from: Type["kind"],
  result: Type,
  how: Pick<FunctionSpec, "inline" | "run">,
): FunctionSpec {
  return { form: "function", name, takes: [from], result, partial: how.inline === undefined, ...how };
}

export const timeFunctions: readonly FunctionSpec[] = [
  conversion("timestamp", "string", timestampType, { run: parseTimestamp }),
  conversion("timestamp", "number", timestampType, { run: fromSeconds }),
  conversion("timestamp", "timestamp", timestampType, { inline: ([x]) => `${x}` }),
  conversion("duration", "string", durationType, { run: parseCelDuration }),
  conversion("duration", "duration", durationType, { inline: ([x]) => `${x}` }),
  part("getFullYear", (time) => new Date(time).getUTCFullYear()),
  part("getMonth", (time) => new Date(time).getUTCMonth()),
  part("getDate", (time) => new Date(time).getUTCDate()),
  part("getDayOfMonth", (time) => new Date(time).getUTCDate() - 1),
  part("getDayOfWeek", (time) => new Date(time).getUTCDay()),
  part("getDayOfYear", dayOfYear),
  part("getHours", (time) => new Date(time).getUTCHours()),
  part("getMinutes", (time) => new Date(time).getUTCMinutes()),
  part("getSeconds", (time) => new Date(time).getUTCSeconds()),
  part("getMilliseconds", (time) => new Date(time).getUTCMilliseconds()),
  whole("getHours", 3_600_000),
  whole("getMinutes", 60_000),
  whole("getSeconds", 1_000),
  whole("getMilliseconds", 1),
];
