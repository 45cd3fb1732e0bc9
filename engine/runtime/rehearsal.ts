/**
 * Runs a plan over events written by hand, at virtual times, through the production path: decode, task, alerts.
 * Authors' tests, the kinds' examples and the property tests all stand on it.
 */
import type { Plan } from "../compile/plan.ts";
import type { Alert, OutputRecord } from "../model/alert.ts";
import type { Stream } from "../model/contract.ts";
import { formatTime, type Millis } from "../model/time.ts";
import { type Fields, isFields, type Value } from "../model/value.ts";
import type { Input } from "./clock.ts";
import { Lane } from "./lane.ts";
import type { Decoder } from "./ports.ts";
import { type LateReason, Task, type TaskOptions } from "./task.ts";

/** One step: an event of a stream, or the watermark set to `at`. */
export type Step =
  | { readonly at: Millis; readonly stream: string; readonly data: Fields; readonly partition?: number }
  | { readonly at: Millis; readonly advance: true };

export interface Rehearsed {
  readonly alerts: readonly Alert[];
  readonly records: readonly OutputRecord[];
  readonly late: readonly { readonly stream: string; readonly offset: number; readonly reason: LateReason }[];
  /** Events that break their contract, by step. */
  readonly dead: readonly {
    readonly step: number;
    readonly stream: string;
    readonly reason: string;
    readonly detail: string;
  }[];
  readonly task: Task;
}

/** What rules find beside events; nothing where absent. */
export type Surroundings = Pick<TaskOptions, "thresholds" | "lookups" | "privacy">;

/** Runs the steps in their order. Streams that no step names are empty; the others hold the watermark from the start. */
export function rehearse(
  plan: Plan,
  steps: readonly Step[],
  decoderOf: (stream: Stream) => Decoder,
  surroundings: Surroundings = {},
): Rehearsed {
  const alerts: Alert[] = [];
  const records: OutputRecord[] = [];
  const late: { stream: string; offset: number; reason: LateReason }[] = [];
  const dead: { step: number; stream: string; reason: string; detail: string }[] = [];
  const task = new Task(plan, {
    alert: (alert) => alerts.push(alert),
    record: (record) => records.push(record),
    suppressed: () => {},
    late: (event, reason) => late.push({ stream: event.place.stream, offset: event.place.offset, reason }),
  }, { now: undefined, ...surroundings });
  const inputs = openInputs(task, plan, steps);
  const lanes = new Map<string, Lane>();
  let step = 0;
  const laneOf = (stream: Stream): Lane => {
    let lane = lanes.get(stream.name);
    if (lane === undefined) {
      lane = new Lane({
        stream: stream.name,
        decoder: decoderOf(stream),
        inputOf: (_topic, partition) =>
          inputs.get(`${stream.name}/${partition}`) ?? task.open(stream.name, "", partition),
        dead: (_message, { reason, detail }) => dead.push({ step, stream: stream.name, reason, detail }),
      });
      lanes.set(stream.name, lane);
    }
    return lane;
  };
  const offsets = new Map<string, number>();
  for (step = 0; step < steps.length; step++) {
    const given = steps[step]!;
    if ("advance" in given) {
      if (task.advanceTo(given.at)) task.settle();
    } else {
      const stream = plan.streams.get(given.stream);
      if (stream === undefined) continue;
      const offset = offsets.get(stream.name) ?? 0;
      offsets.set(stream.name, offset + 1);
      const value = new TextEncoder().encode(JSON.stringify(eventAt(stream, given.at, given.data)));
      const topic = stream.topics[0] ?? stream.name;
      const lane = laneOf(stream);
      lane.push([{ topic, partition: given.partition ?? 0, offset, timestamp: given.at, key: null, value }]);
      if (lane.peek() !== undefined && lane.take(task)) task.settle();
    }
  }
  return { alerts, records, late, dead, task };
}

function openInputs(task: Task, plan: Plan, steps: readonly Step[]): Map<string, Input> {
  const inputs = new Map<string, Input>();
  for (const step of steps) {
    if ("advance" in step) continue;
    const name = `${step.stream}/${step.partition ?? 0}`;
    const topic = plan.streams.get(step.stream)?.topics[0] ?? step.stream;
    if (!inputs.has(name)) inputs.set(name, task.open(step.stream, topic, step.partition ?? 0));
  }
  return inputs;
}

/** The event as a producer would write it at a time: the contract's time field is set unless the data has one. */
function eventAt(stream: Stream, at: Millis, data: Fields): Value {
  const { time } = stream;
  if (stream.format === "debezium") return envelopeAt(stream, at, data);
  return time.from === "field" ? withTime(stream, at, data) : data;
}

function withTime(stream: Stream, at: Millis, row: Fields): Fields {
  const { time } = stream;
  if (time.from !== "field" || Object.hasOwn(row, time.field)) return row;
  return { ...row, [time.field]: timeValue(at, time.unit) };
}

function timeValue(at: Millis, unit: "s" | "ms" | "us" | "ns" | undefined): Value {
  if (unit === undefined) return formatTime(at);
  return { s: at / 1_000, ms: at, us: at * 1_000, ns: at * 1_000_000 }[unit];
}

/** A Debezium envelope: `{op, before, after}` with the times that the contract may read. */
function envelopeAt(stream: Stream, at: Millis, data: Fields): Fields {
  const row = (side: Value | undefined) => (isFields(side) ? withTime(stream, at, side) : null);
  return {
    op: data.op ?? "c",
    before: row(data.before),
    after: row(data.after),
    ts_ms: data.ts_ms ?? at,
    source: isFields(data.source) ? data.source : { ts_ms: at },
  };
}
