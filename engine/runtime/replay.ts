/**
 * Runs a plan over recorded events: as fast as they parse, deterministic to the byte. Files are lanes of the merge;
 * their partitions have watermarks of their own. At the end event time advances to the newest event of any stream.
 */
import type { Plan, PlanRule } from "../compile/plan.ts";
import type { Alert, OutputRecord } from "../model/alert.ts";
import { formatTime, type Millis } from "../model/time.ts";
import { treatRefused } from "../privacy/refused.ts";
import type { Input } from "./clock.ts";
import { Lane, oldest } from "./lane.ts";
import type { Decoded, Decoder, RawMessage, RefusedLine } from "./ports.ts";
import type { RuleCounts } from "./counts.ts";
import type { Surroundings } from "./rehearsal.ts";
import { Task } from "./task.ts";

/** A recorded stream, or one partition of it: batches of its lines, and the partitions that its lines name. */
export interface Recording {
  readonly stream: string;
  readonly decoder: Decoder;
  /** Next messages in order of arrival, undefined at the end. */
  readonly read: () => Promise<readonly RawMessage[] | undefined>;
  /** Partitions that the file names in `_partition`: each holds the watermark from the start. */
  readonly partitions: readonly { readonly topic: string; readonly partition: number }[];
}

export interface ReplayOutlet {
  readonly alert: (alert: Alert, rule: PlanRule) => void;
  readonly record: (record: OutputRecord, rule: PlanRule) => void;
  readonly late: (line: RefusedLine) => void;
  readonly dead: (line: RefusedLine) => void;
}

export interface ReplayOptions extends Surroundings {
  /** Events before are passed over. */
  readonly from?: Millis;
  /** Events at or after are passed over. */
  readonly to?: Millis;
  /** Advances event time beyond the newest event. */
  readonly until?: Millis;
  /** Called after every slice of events with the number taken so far. */
  readonly progress?: (events: number) => void;
}

export interface ReplayResult {
  readonly events: number;
  readonly late: number;
  readonly dead: number;
  /** Debezium tombstones, which are no events. */
  readonly skipped: number;
  readonly rules: readonly { readonly rule: PlanRule; readonly counts: RuleCounts }[];
}

/** Events between two calls of `progress`. */
const slice = 8192;

/** Replays recordings through a plan. Recordings whose next events are equally old go in the order given. */
export async function replay(
  plan: Plan,
  recordings: readonly Recording[],
  given: ReplayOutlet,
  options: ReplayOptions = {},
): Promise<ReplayResult> {
  const outlet = covering(plan, given, options);
  const totals = { events: 0, late: 0, dead: 0, skipped: 0 };
  let current: Lane | undefined;
  const task = new Task(plan, {
    ...outlet,
    suppressed: () => {},
    late(event, reason) {
      totals.late++;
      const raw = textOf(current?.current?.value ?? null);
      outlet.late({ ...event.place, reason, time: formatTime(event.place.time), raw });
    },
  }, { now: undefined, ...surroundingsOf(options) });
  const lanes = recordings.map((recording) => laneOf(recording, task, outlet, totals, options));
  let newest = -Infinity;
  for (;;) {
    current = oldest(lanes);
    if (current === undefined) {
      if (!(await refill(task, lanes, recordings))) break;
      continue;
    }
    newest = Math.max(newest, current.peek() ?? newest);
    if (current.take(task)) task.settle();
    if (++totals.events % slice === 0) options.progress?.(totals.events);
  }
  if (task.advanceTo(Math.max(newest, options.until ?? -Infinity))) task.settle();
  options.progress?.(totals.events);
  return { ...totals, rules: plan.rules.map((rule) => ({ rule, counts: task.counts[rule.index]! })) };
}

function surroundingsOf({ thresholds, lookups, privacy }: Surroundings): Surroundings {
  return {
    ...(thresholds !== undefined && { thresholds }),
    ...(lookups !== undefined && { lookups }),
    ...(privacy !== undefined && { privacy }),
  };
}

/** What may be shown of refused messages: of every stream as its contract says. */
function covering(plan: Plan, outlet: ReplayOutlet, { privacy }: ReplayOptions): ReplayOutlet {
  if (privacy === undefined) return outlet;
  const covered = (line: RefusedLine): RefusedLine => {
    const { value } = treatRefused(privacy, plan.streams.get(line.stream), { key: null, value: line.raw });
    return { ...line, raw: value ?? "" };
  };
  return { ...outlet, late: (line) => outlet.late(covered(line)), dead: (line) => outlet.dead(covered(line)) };
}

function laneOf(
  recording: Recording,
  task: Task,
  outlet: ReplayOutlet,
  totals: { dead: number; skipped: number },
  options: ReplayOptions,
): Lane {
  const inputs = new Map<string, Input>();
  const inputOf = (topic: string, partition: number): Input => {
    const name = `${topic}/${partition}`;
    let input = inputs.get(name);
    if (input === undefined) inputs.set(name, input = task.open(recording.stream, topic, partition));
    return input;
  };
  for (const { topic, partition } of recording.partitions) inputOf(topic, partition);
  return new Lane({
    stream: recording.stream,
    decoder: recording.decoder,
    inputOf,
    span: { from: options.from ?? -Infinity, to: options.to ?? Infinity },
    dead(message, decoded) {
      if (decoded.outcome === "skipped") totals.skipped++;
      else {
        totals.dead++;
        outlet.dead(deadLine(recording.stream, message, decoded));
      }
    },
  });
}

/** Reads on for every lane that has run dry; false when all have ended. */
async function refill(task: Task, lanes: readonly Lane[], recordings: readonly Recording[]): Promise<boolean> {
  let read = false;
  for (const [i, lane] of lanes.entries()) {
    if (lane.ended || lane.peek() !== undefined) continue;
    const messages = await recordings[i]?.read();
    if (messages === undefined) finish(task, lane, lanes);
    else lane.push(messages);
    read = true;
  }
  return read;
}

/** A stream whose recordings have all ended holds no watermark any more. */
function finish(task: Task, lane: Lane, lanes: readonly Lane[]): void {
  lane.ended = true;
  const { stream } = lane.options;
  if (lanes.some(({ ended, options }) => options.stream === stream && !ended)) return;
  for (const input of task.inputs) {
    if (input.stream === stream && task.setState(input, "finished")) task.settle();
  }
}

/** The line of `--dead` for a message that is no event (semantics.md 34). */
export function deadLine(stream: string, message: RawMessage, decoded: Decoded): RefusedLine {
  return {
    stream,
    topic: decoded.topic ?? message.topic,
    partition: decoded.partition ?? message.partition,
    offset: decoded.offset ?? message.offset,
    reason: decoded.reason,
    time: null,
    raw: textOf(message.value),
  };
}

function textOf(value: Uint8Array | null): string {
  return value === null ? "null" : new TextDecoder().decode(value);
}
