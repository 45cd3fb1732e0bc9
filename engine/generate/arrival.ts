/**
 * How events arrive: in disorder, some too late, some undecodable. Events of planted cases keep to the disorder, and are
 * never late or undecodable, so that their labels stay true: of rules that judge on arrival up to a disorder of 2 s, of
 * rules that speak on close up to the lateness of their streams.
 */
import type { Millis } from "../model/time.ts";
import { Chance } from "./chance.ts";
import type { GeneratedEvent } from "./generated.ts";
import { createTimeQueue, type Due } from "./queue.ts";

export interface ArrivalOptions {
  readonly seed: number;
  /** An event arrives up to so long after it happened. */
  readonly disorder: Millis;
  /** Share of events, from 0 to 1, that arrive after their stream's lateness. */
  readonly late: number;
  /** Share of events, from 0 to 1, that nobody can decode. */
  readonly bad: number;
}

export interface Arrival {
  /** Takes events that happened before `until`; gives those that have arrived before it, in order of arrival. */
  readonly pass: (events: readonly GeneratedEvent[], until: Millis) => readonly GeneratedEvent[];
  /** What is still under way. */
  readonly rest: () => readonly GeneratedEvent[];
}

/** Later than the lateness of every shipped contract, which is 10 s. */
const lateAtLeast: Millis = 15_000;
const lateAtMost: Millis = 90_000;

/** What takes the place of an undecodable event. */
const spoiled: readonly [(value: string) => string, ...((value: string) => string)[]] = [
  (value) => value.slice(0, value.length >> 1),
  (value) => `${value.slice(0, 20)} and so on`,
  () => "[1, 2, 3]",
  () => `{"unexpected": true}`,
];

/** Arrival in the order in which events happen costs nothing. */
export function createArrival({ seed, disorder, late, bad }: ArrivalOptions): Arrival {
  const chance = new Chance(seed, "arrival");
  const under = createTimeQueue<Due & { readonly event: GeneratedEvent }>();
  let count = 0;

  function spoil(event: GeneratedEvent): GeneratedEvent {
    return event.planted || !chance.is(bad) ? event : { ...event, value: chance.pick(spoiled)(event.value) };
  }

  function delayOf(event: GeneratedEvent): Millis {
    const delay = chance.below(disorder + 1);
    return event.planted || !chance.is(late) ? delay : disorder + chance.between(lateAtLeast, lateAtMost);
  }

  function arrived(until: Millis): readonly GeneratedEvent[] {
    const events: GeneratedEvent[] = [];
    while (under.due() < until) {
      const next = under.take();
      if (next !== undefined) events.push(next.event);
    }
    return events;
  }

  return {
    pass(events, until) {
      if (disorder === 0 && late === 0 && bad === 0) return events;
      for (const event of events) {
        chance.of(count++);
        under.add({ time: event.at + delayOf(event), order: 0, event: spoil(event) });
      }
      return arrived(until);
    },
    rest: () => arrived(Infinity),
  };
}
