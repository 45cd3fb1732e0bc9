/**
 * Runs the activities and the planted cases of the streams that are wanted, and hands their events over in the order in
 * which they happen. Where the caller cuts time changes nothing: the next arrival of each activity is always known.
 */
import type { Millis } from "../model/time.ts";
import type { Fields } from "../model/value.ts";
import { cases } from "./cases/mod.ts";
import type { GeneratedEvent, Generator, GeneratorOptions, Label } from "./generated.ts";
import { plant, type Planted, plantRound, roundEvery } from "./planting.ts";
import { advance, processesOf, soonest } from "./process.ts";
import { createTimeQueue, type Due } from "./queue.ts";
import type { Maker, Spell, StreamKind, World } from "./stream.ts";

type Kinds = { readonly [stream: string]: StreamKind };

/** An event of an activity to come, made when it is due. Times in the queue count from the beginning. */
interface ToMake extends Due {
  readonly stream: string;
  readonly make: Maker;
  readonly n: number;
}

/** An event of a planted case. */
interface ToTell extends Due {
  readonly stream: string;
  readonly data: Fields;
  readonly of: Unfinished;
}

/** A planted case with the number of its events that are still to come. */
interface Unfinished {
  readonly label: Label;
  left: number;
}

/** See `createGenerator`, which has checked the options. */
export function runWorld(options: GeneratorOptions, kinds: Kinds): Generator {
  const { seed, start } = options;
  const tag = tagOf(start);
  const wanted = new Set(options.streams);
  const coming = createTimeQueue<ToMake | ToTell>();
  const spells: { spell: Spell; from: Millis; to: Millis }[] = [];
  const planted = cases.filter((one) => plant(one, kinds, start, "0").events.every(({ stream }) => wanted.has(stream)));
  let out: GeneratedEvent[] = [];
  let labels: Label[] = [];
  let round = 0;

  const tell = (stream: string, data: Fields, time: Millis, isPlanted: boolean) => {
    const kind = kinds[stream];
    if (kind === undefined) return;
    out.push({
      stream,
      topic: kind.topic(data),
      key: kind.key(data),
      time: kind.time === undefined ? time : kind.time(data),
      at: time,
      value: JSON.stringify(data),
      planted: isPlanted,
    });
  };

  const worldOf = (rate: number): World => ({
    seed,
    rate,
    tag,
    wants: (stream) => wanted.has(stream),
    now: (stream, make, n, time) => {
      if (time >= start && wanted.has(stream)) tell(stream, make(n, time), time, false);
    },
    later: (stream, make, n, time) => {
      if (time >= start && wanted.has(stream)) coming.add({ time: time - start, order: 0, stream, make, n });
    },
    holds: (spell, time) => spells.some((one) => one.spell === spell && one.from <= time && time < one.to),
  });

  function sow({ events, spells: cast, label }: Planted): void {
    const of = { label, left: events.length };
    for (const { stream, data, time } of events) coming.add({ time: time - start, order: 0, stream, data, of });
    spells.push(...cast);
  }

  function happen(next: ToMake | ToTell): void {
    const time = start + next.time;
    if ("make" in next) return tell(next.stream, next.make(next.n, time), time, false);
    tell(next.stream, next.data, time, true);
    if (--next.of.left === 0) labels.push(next.of.label);
  }

  const processes = processesOf(options, wanted, worldOf);

  /** The next thing to happen before `until`; false when there is none. What is due beats what arrives. */
  function step(until: Millis): boolean {
    const process = soonest(processes);
    const arrival = process === undefined ? Infinity : Math.floor(process.at);
    const roundAt = start + round * roundEvery;
    const due = start + coming.due();
    if (Math.min(arrival, due, roundAt) >= until) return false;
    if (roundAt <= due && roundAt <= arrival) plantRound(planted, kinds, options, tag, round++).forEach(sow);
    else if (due <= arrival) {
      const next = coming.take();
      if (next !== undefined) happen(next);
    } else if (process !== undefined) advance(process, arrival);
    return true;
  }

  return {
    next(until) {
      while (step(until));
      const given = out;
      out = [];
      return given;
    },
    labels() {
      const given = labels;
      labels = [];
      return given;
    },
  };
}

/** A short word for a beginning. */
function tagOf(start: Millis): string {
  return `${Math.floor(start / 1_000).toString(36)}_`;
}
