/** How busy the hours of a week are, and the short rushes between them. A pure function of the time, the mean being 1. */
import type { Millis } from "../model/time.ts";
import { scatter } from "./chance.ts";

/** How many times its mean rate something happens at a time. */
export type Rhythm = (time: Millis) => number;

const second = 1_000;
const minute = 60_000;
const hour = 3_600_000;
const day = 24 * hour;

/** Weight of each hour of a day in UTC, and of each day from Monday to Sunday. */
interface Week {
  readonly hours: readonly number[];
  readonly days: readonly number[];
}

/** People buy in the evening and on Sundays, and sleep at night. */
const shopping: Week = {
  hours: [5, 3, 2, 2, 2, 3, 5, 8, 11, 13, 14, 15, 16, 15, 14, 14, 15, 17, 20, 23, 24, 21, 15, 9],
  days: [10, 10, 10, 10, 11, 13, 14],
};

/** Systems of companies follow office hours and run on, less, for the rest. */
const office: Week = {
  hours: [6, 6, 5, 5, 6, 7, 9, 12, 16, 18, 18, 17, 15, 17, 18, 18, 17, 15, 12, 10, 9, 8, 7, 6],
  days: [12, 12, 12, 12, 11, 7, 6],
};

/** One minute in fifty is a rush of people: an offer, a film that ends, a newsletter. */
const rushEvery = 50;
const rushFactor = 2.5;

/** Machines report all the time. */
export const steady: Rhythm = () => 1;

export const shoppingRhythm: Rhythm = rhythmOf(shopping, true);
export const officeRhythm: Rhythm = rhythmOf(office, false);

function rhythmOf({ hours, days }: Week, rushes: boolean): Rhythm {
  const mean = (average(hours) * average(days)) * (rushes ? 1 + (rushFactor - 1) / rushEvery : 1);
  const last = { second: NaN, factor: 1 };
  // The factor is that of the second's beginning, so that most arrivals find it already worked out.
  return (time) => {
    const now = Math.floor(time / second);
    if (now !== last.second) {
      last.second = now;
      last.factor = busyness(now * second, hours, days) * (rushes && isRush(now * second) ? rushFactor : 1) / mean;
    }
    return last.factor;
  };
}

/** Between two hours the weight changes in a straight line. */
function busyness(time: Millis, hours: readonly number[], days: readonly number[]): number {
  const ofDay = (time % day + day) % day / hour;
  const from = hours[Math.floor(ofDay)] ?? 1;
  const to = hours[(Math.floor(ofDay) + 1) % 24] ?? 1;
  // The epoch was a Thursday, the fourth day of the week.
  const weekday = ((Math.floor(time / day) + 3) % 7 + 7) % 7;
  return (from + (to - from) * (ofDay % 1)) * (days[weekday] ?? 1);
}

function isRush(time: Millis): boolean {
  return (scatter(Math.floor(time / minute)) >>> 0) % rushEvery === 0;
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
