/**
 * sequence (semantics 23): a key has one run at a time, which begins with the first step that fits. `within` counts from
 * the first step and includes its bound. Only a run whose deadline the watermark has not reached can still take events.
 */
import type { Millis } from "../../engine/model/time.ts";
import { type Log, type LogEvent, type Moment, momentOf } from "./log.ts";
import { byKey, judge, type RuleMeaning, type Signal, type Taken, taken } from "./rule.ts";

export interface Step {
  readonly fits: (event: LogEvent) => boolean;
  /** So many events. */
  readonly times: number;
}

export interface SequenceMeaning extends RuleMeaning {
  readonly steps: readonly Step[];
  /** Must stay absent until the deadline; undefined when the last step decides. */
  readonly absent?: (event: LogEvent) => boolean;
  readonly within: Millis;
}

interface Run {
  /** What it has taken so far, the event that began it first. */
  readonly events: readonly LogEvent[];
  readonly deadline: Millis;
  /** When it began. */
  readonly moment: Moment;
}

export function sequence(log: Log, rule: SequenceMeaning): readonly Signal[] {
  return byKey(taken(log, rule)).flatMap((entries) => {
    const signals: Signal[] = [];
    let runs: readonly Run[] = [];
    let newest = -Infinity;
    for (const entry of entries) {
      const { event, clock } = entry;
      // State is there while the event's own watermark is before the key's newest event + within (semantics 12).
      const isThere = event.watermark < newest + rule.within;
      const open = isThere ? runs.filter(({ deadline }) => clock < deadline) : [];
      const changed = step(rule, open, entry);
      const kept = runs.filter((run) => !open.includes(run));
      runs = [...kept, ...changed.filter((run) => !isComplete(rule, run))];
      for (const run of changed) if (isComplete(rule, run)) signals.push(...complete(rule, entry, run));
      newest = Math.max(newest, event.time);
    }
    return [...signals, ...runs.flatMap((run) => expire(log, rule, entries[0]?.key ?? [], run))];
  });
}

/** Offers an event to the runs of its key that are open; at most one has it between its first step and its deadline. */
function step(rule: SequenceMeaning, open: readonly Run[], entry: Taken): readonly Run[] {
  const { event } = entry;
  const run = open.find(({ events, deadline }) => firstTime(events) < event.time && event.time <= deadline);
  if (run === undefined) {
    // A run keeps its first step when an earlier one arrives late: only after the deadline of all may a next one begin.
    const begins = rule.steps[0]?.fits(event) === true && open.every(({ deadline }) => event.time > deadline);
    return begins ? [...open, begin(rule, entry)] : open;
  }
  const others = open.filter((other) => other !== run);
  if (rule.absent?.(event) === true) {
    // A `not` that is broken ends the run; the event that broke it may begin the next.
    return step(rule, others, entry);
  }
  const advances = nextStep(rule, run)?.fits(event) === true && event.time >= (run.events.at(-1)?.time ?? -Infinity);
  return advances ? [...others, { ...run, events: [...run.events, event] }] : open;
}

function begin(rule: SequenceMeaning, { event, moment }: Taken): Run {
  return { events: [event], deadline: event.time + rule.within, moment };
}

function firstTime(events: readonly LogEvent[]): Millis {
  return events[0]?.time ?? Infinity;
}

/** The step that a run waits for: each stands as many times as it has `times`. */
function nextStep(rule: SequenceMeaning, run: Run): Step | undefined {
  return rule.steps.flatMap((step) => new Array<Step>(step.times).fill(step))[run.events.length];
}

function isComplete(rule: SequenceMeaning, run: Run): boolean {
  return rule.absent === undefined && nextStep(rule, run) === undefined;
}

function complete(rule: SequenceMeaning, { event, key, moment }: Taken, run: Run): readonly Signal[] {
  return say(rule, key, run, { time: event.time, said: { moment, due: -Infinity } });
}

/** A `not` alerts when the watermark reaches the deadline: a due timer fires before the next event (semantics 3). */
function expire(log: Log, rule: SequenceMeaning, key: Signal["key"], run: Run): readonly Signal[] {
  const due = run.deadline;
  const moment = momentOf(log, rule.streams, due);
  const isWaiting = rule.absent !== undefined && nextStep(rule, run) === undefined;
  if (!isWaiting || moment === undefined) return [];
  // A late first step may begin a run that is due at once.
  return say(rule, key, run, { time: due, said: { moment: Math.max(moment, run.moment), due } });
}

function say(
  rule: SequenceMeaning,
  key: Signal["key"],
  run: Run,
  { time, said }: { time: Millis; said: Signal["said"] },
): readonly Signal[] {
  // Entities may name any stream of the rule: the last event of each that the run took.
  const lasts = rule.streams.map((stream) => run.events.findLast((event) => event.stream === stream));
  const events = lasts.filter((event) => event !== undefined);
  const severity = judge(rule, events, {});
  if (severity === undefined) return [];
  const window = { start: firstTime(run.events), end: time };
  const common = { output: "alert", status: "firing", window, values: {}, events } as const;
  return [{ ...common, severity, key, time, episode: `${run.moment} ${time}`, said }];
}
