/** What an engine is doing, as plain values: for status pages, metrics and readiness. */
import type { Millis } from "../../model/time.ts";
import { formatTime } from "../../model/time.ts";
import type { RuleCounts } from "../counts.ts";
import type { DeliveryLane } from "../settle.ts";
import type { Run } from "./run.ts";

export interface EngineStatus {
  readonly role: "active" | "standby";
  /** Why the engine cannot do its work now; empty when it can. */
  readonly troubles: readonly string[];
  /** Number of the last checkpoint. */
  readonly checkpoint: number;
  /** Milliseconds since the last checkpoint was taken. */
  readonly checkpointAge: Millis;
  readonly partitions: readonly PartitionStatus[];
  readonly rules: readonly RuleStatus[];
  readonly sinks: readonly SinkStatus[];
  readonly keys: number;
  readonly dirty: number;
  readonly late: number;
  /** What was not delivered because it is of event times before `--quiet-before`. */
  readonly quiet: number;
}

export interface PartitionStatus {
  readonly stream: string;
  readonly topic: string;
  readonly partition: number;
  /** First offset that was not handled. */
  readonly position: number;
  /** Messages known to be there and not handled. */
  readonly lag: number;
  /** Least watermark of its inputs, in milliseconds; null before the first event. */
  readonly watermark: Millis | null;
  readonly state: "active" | "idle" | "finished";
  readonly held: boolean;
  readonly events: number;
  readonly dead: number;
  readonly skipped: number;
  /** Messages that were deleted before they were read. */
  readonly lost: number;
}

export interface RuleStatus extends RuleCounts {
  readonly rule: string;
  readonly revision: string;
  readonly status: string;
  /** RFC 3339: event time until which it raises no alert because an edit made its state new; null when it may. */
  readonly warming: string | null;
}

export interface SinkStatus {
  readonly sink: string;
  /** Undelivered entries. */
  readonly waiting: number;
  readonly delivered: number;
  readonly rejected: number;
  /** So full that no further event is taken. */
  readonly full: boolean;
  readonly failing: string | null;
}

const standby: EngineStatus = {
  role: "standby",
  troubles: [],
  checkpoint: 0,
  checkpointAge: 0,
  partitions: [],
  rules: [],
  sinks: [],
  keys: 0,
  dirty: 0,
  late: 0,
  quiet: 0,
};

/** The status of a life; of an engine that stands by where there is none. */
export function statusOf(run: Run | undefined): EngineStatus {
  if (run === undefined) return standby;
  const { warming } = run.task;
  return {
    role: "active",
    troubles: troublesOf(run),
    checkpoint: run.number,
    checkpointAge: Math.round(run.options.time.monotonic() - run.since.collected),
    partitions: run.feeds.map(partitionOf),
    rules: run.setup.plan.rules.map((rule) => ({
      rule: rule.name,
      revision: rule.revision,
      status: rule.text.status,
      warming: timeOf(warming.get(rule.name)),
      ...run.task.counts[rule.index]!,
    })),
    sinks: summed([...run.lanes.values()].map(laneOf), ({ sink }) => sink),
    keys: run.task.keys,
    dirty: run.task.dirty,
    late: run.counts.late,
    quiet: run.counts.quiet,
  };
}

/** The status of an instance that runs many tasks: its partitions side by side, its rules and sinks summed up. */
export function statusOfAll(runs: readonly (Run | undefined)[]): EngineStatus {
  const all = runs.filter((run) => run !== undefined).map(statusOf);
  const sum = (pick: (status: EngineStatus) => number) => all.reduce((total, status) => total + pick(status), 0);
  return {
    role: all.length > 0 ? "active" : "standby",
    troubles: [...new Set(all.flatMap(({ troubles }) => troubles))],
    checkpoint: Math.max(0, ...all.map(({ checkpoint }) => checkpoint)),
    checkpointAge: Math.max(0, ...all.map(({ checkpointAge }) => checkpointAge)),
    partitions: all.flatMap(({ partitions }) => partitions),
    rules: summed(all.flatMap(({ rules }) => rules), ({ rule }) => rule),
    sinks: summed(all.flatMap(({ sinks }) => sinks), ({ sink }) => sink),
    keys: sum(({ keys }) => keys),
    dirty: sum(({ dirty }) => dirty),
    late: sum(({ late }) => late),
    quiet: sum(({ quiet }) => quiet),
  };
}

/** One of each name, its numbers added up; what is no number is that of the last for which it says anything. */
function summed<T extends object>(all: readonly T[], nameOf: (one: T) => string): readonly T[] {
  return [...Map.groupBy(all, nameOf).values()].flatMap((same) =>
    same.slice(1).reduce<T[]>(([sum], one) => {
      if (sum === undefined) return [one];
      const next = { ...sum };
      for (const name in one) add(next, name, one[name]);
      return [next];
    }, same.slice(0, 1))
  );
}

function add<T extends object, Name extends keyof T>(sum: T, name: Name, value: T[Name]): void {
  const before: unknown = sum[name];
  if (typeof before === "number" && typeof value === "number") Object.assign(sum, { [name]: before + value });
  else if (value !== null && value !== false) sum[name] = value;
}

function laneOf(lane: DeliveryLane): SinkStatus {
  return {
    sink: lane.family,
    waiting: lane.size,
    delivered: lane.delivered,
    rejected: lane.rejected,
    full: lane.isFull,
    failing: lane.failing ?? null,
  };
}

function timeOf(time: Millis | undefined): string | null {
  return time === undefined ? null : formatTime(time);
}

function troublesOf(run: Run): string[] {
  return [
    ...(run.isReading ? [] : ["the source is not open"]),
    ...(run.storeTrouble === undefined ? [] : [`the store does not answer: ${run.storeTrouble}`]),
    ...(run.lease.isValid ? [] : ["the claim of the task is older than its term"]),
    ...[...run.lanes.values()].filter((lane) => lane.isFull).map((lane) =>
      `the sink "${lane.name}" is full: ${lane.size} alerts wait${
        lane.failing === undefined ? "" : `, ${lane.failing}`
      }`
    ),
  ];
}

function partitionOf(feed: Run["feeds"][number]): PartitionStatus {
  const inputs = [...feed.inputs];
  const watermark = Math.min(...inputs.map((input) => input.watermark));
  const states = new Set(inputs.map(({ state }) => state));
  return {
    ...feed.partition,
    position: feed.position,
    lag: Math.max(0, Math.min(feed.end, feed.stopAt) - feed.position),
    watermark: Number.isFinite(watermark) ? watermark : null,
    state: states.has("active") ? "active" : states.has("idle") ? "idle" : "finished",
    held: feed.isHeld,
    ...feed.counts,
  };
}
