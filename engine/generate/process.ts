/** Activities at work: each knows when its next arrival comes, at rates that add up to the one asked for. */
import type { Millis } from "../model/time.ts";
import { activities } from "./activities/mod.ts";
import { Chance } from "./chance.ts";
import type { GeneratorOptions } from "./generated.ts";
import type { Activity, World } from "./stream.ts";

/** An activity with its next arrival. */
export interface Process {
  readonly arrive: (n: number, time: Millis) => void;
  readonly wait: (n: number, time: Millis) => number;
  n: number;
  /** With fractions of a millisecond, so that high rates hold. */
  at: number;
}

/** Starts the activities whose streams are wanted, at rates that add up to the one asked for. */
export function processesOf(
  { seed, start, rate }: GeneratorOptions,
  wanted: ReadonlySet<string>,
  worldOf: (rate: number) => World,
): Process[] {
  const running = Object.entries(activities).map(([name, activity]) => ({
    name,
    activity,
    events: activity.share * eventsOf(activity, wanted),
  })).filter(({ events }) => events > 0);
  const all = running.reduce((sum, { events }) => sum + events, 0);
  return running.map(({ name, activity }) => {
    const arrivals = rate * activity.share / all;
    const chance = new Chance(seed, name);
    const wait = (n: number, time: Millis) => 1_000 * chance.of(n).wait() / (arrivals * activity.rhythm(time));
    const from = start - (activity.before ?? 0);
    return { arrive: activity.begin(worldOf(arrivals)), wait, n: 0, at: from + wait(-1, from) };
  });
}

/** Wanted events that one arrival makes on average. */
function eventsOf({ yields }: Activity, wanted: ReadonlySet<string>): number {
  return Object.entries(yields).reduce((sum, [stream, events]) => sum + (wanted.has(stream) ? events : 0), 0);
}

/** The process whose next arrival comes first. */
export function soonest(processes: readonly Process[]): Process | undefined {
  let first = processes[0];
  for (const process of processes) if (first === undefined || process.at < first.at) first = process;
  return first;
}

/** Lets the next arrival happen at its time. */
export function advance(process: Process, time: Millis): void {
  const { n } = process;
  process.n++;
  process.at += process.wait(n, time);
  process.arrive(n, time);
}
