/**
 * Times at which nobody is to be told: stretches of the wall clock of a time zone. A stretch that begins in an hour which
 * clocks skip begins with the next one; an hour that clocks repeat is muted both times.
 */
import type { Millis } from "../model/time.ts";
import { isFields, type Value } from "../model/value.ts";
import { openZone, type Zone } from "../windows/cut/zone.ts";

export interface Mute {
  /** Days on which it begins: 0 is Sunday; empty for every day. */
  readonly days: readonly number[];
  /** From local midnight of such a day, in milliseconds; `to` may lie in the next day. */
  readonly from: Millis;
  readonly to: Millis;
  readonly zone: Zone;
}

export const dayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;

const day: Millis = 86_400_000;

/** What is wrong with a mute, and the way out. */
export interface MuteFault {
  readonly key: "from" | "to" | "timezone";
  readonly wrong: string;
  readonly help: string;
}

/** Reads a mute whose structure is sound: `{ days: [sat], from: "22:00", to: "07:00", timezone: Europe/Paris }`. */
export function readMute(raw: Value): Mute | MuteFault {
  const written = isFields(raw) ? raw : {};
  const zone = openZone(String(written.timezone));
  if ("wrong" in zone) return { key: "timezone", wrong: zone.wrong, help: zone.help ?? "write an IANA name" };
  const from = timeOfDay(written.from ?? "00:00");
  const to = timeOfDay(written.to ?? "24:00");
  const help = 'write hours and minutes in quotes, such as "22:00"';
  if (from === undefined) return { key: "from", wrong: `No time of day: ${JSON.stringify(written.from)}`, help };
  if (to === undefined) return { key: "to", wrong: `No time of day: ${JSON.stringify(written.to)}`, help };
  const days = (Array.isArray(written.days) ? written.days : []).map((name) =>
    dayNames.findIndex((one) => one === name)
  );
  return { days, from, to: to > from ? to : to + day, zone };
}

function timeOfDay(value: Value): Millis | undefined {
  const match = /^([01]\d|2[0-4]):([0-5]\d)$/.exec(String(value));
  if (match === null) return undefined;
  const time = Number(match[1]) * 3_600_000 + Number(match[2]) * 60_000;
  return time <= day ? time : undefined;
}

/** Mutes that never end within this time are refused: nobody would ever be told. */
const longest: Millis = 8 * day;

/** The moment at which all mutes are over; undefined when none holds now, Infinity when they never end. */
export function mutedUntil(mutes: readonly Mute[], now: Millis): Millis | undefined {
  let time = now;
  for (let end = endOf(mutes, time); end !== undefined; end = endOf(mutes, time)) {
    if (end - now > longest) return Infinity;
    time = end;
  }
  return time === now ? undefined : time;
}

/** End of a stretch that holds at a time, or of the zone's present offset: the time after it is asked anew. */
function endOf(mutes: readonly Mute[], time: Millis): Millis | undefined {
  for (const { days, from, to, zone } of mutes) {
    const [span] = zone.spans(time, time + 1).filter((one) => one.to > time);
    const offset = span?.offset ?? zone.offsetAt(time);
    const local = time + offset;
    const today = Math.floor(local / day) * day;
    for (const start of [today, today - day]) {
      const begins = days.length === 0 || days.includes(new Date(start).getUTCDay());
      if (begins && start + from <= local && local < start + to) {
        return Math.min(start + to - offset, span?.to ?? Infinity);
      }
    }
  }
  return undefined;
}
