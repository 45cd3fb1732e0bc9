/**
 * What a key costs: bytes of saved state for each kind of rule, and what an event costs in a sliding window of 100,000
 * events against one of 100, in order and out of order, and in one of buckets with 5,000 different values against 100
 * (aim: a ratio near 1). Alone: `deno run -A bench/state.ts`.
 */
import type { Event } from "../engine/model/event.ts";
import type { Fields } from "../engine/model/value.ts";
import { Task } from "../engine/runtime/task.ts";
import { planOf } from "../tests/reference/compare.ts";
import type { StreamName } from "../tests/reference/streams.ts";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** State of one kind, saved. */
export interface StateBench {
  readonly rule: string;
  readonly bytesPerKey: number;
}

/** Microseconds an event in windows of few and of many events, or of few and of many different values. */
export interface WindowBench {
  readonly aggregate: string;
  readonly how: string;
  readonly few: number;
  readonly many: number;
}

interface Load {
  readonly rule: string;
  readonly raw: Fields;
  /** Distance of a key's events, and how long they go on. */
  readonly every: number;
  readonly over: number;
}

const ofA = { on: "a", key: "a.k" };
const twoKeys = { a: "a.k", b: "b.k" };
const score = { kind: "zscore", ...ofA, value: "a.x", levels: { warning: 5 } };
const day5m = { window: "24h", resolution: "5m" };
const monitor = {
  ...score,
  transform: "sqrt",
  smooth: "1h",
  method: { ewma: { half_life: "14d" } },
  baseline: { window: "28d", resolution: "1d", min_samples: 24 },
  seasonality: { period: "24h", slots: 12 },
  extremes: { margin: 0.05 },
};
const counted = { aggregate: { n: "count()", s: "sum(a.x)" }, when: "n < 0" };
const feature = { window: { sliding: "1h" }, value: "count()" };

/** One rule of each kind, with the traffic of a busy customer. */
const loads: readonly Load[] = [
  {
    rule: "tumbling 5m",
    raw: { kind: "threshold", ...ofA, window: { tumbling: "5m" }, ...counted },
    every: second,
    over: hour,
  },
  {
    rule: "hopping 1h every 5m",
    raw: { kind: "threshold", ...ofA, window: { hopping: "1h", every: "5m" }, ...counted },
    every: 10 * second,
    over: 2 * hour,
  },
  {
    rule: "sliding 5m, 60 events",
    raw: { kind: "threshold", ...ofA, window: { sliding: "5m" }, ...counted },
    every: 5 * second,
    over: hour,
  },
  {
    rule: "sliding 24h in buckets of 5m",
    raw: { kind: "threshold", ...ofA, window: { sliding: "24h", resolution: "5m" }, ...counted },
    every: minute,
    over: 2 * day,
  },
  {
    rule: "session 30m",
    raw: { kind: "threshold", ...ofA, window: { session: "30m" }, ...counted },
    every: minute,
    over: hour,
  },
  {
    rule: "join within 1h",
    raw: {
      kind: "join",
      left: { on: "a" },
      right: { on: "b" },
      key: { left: "a.k", right: "b.k" },
      within: "1h",
      when: "a.x < b.x",
    },
    every: 10 * minute,
    over: 5 * hour,
  },
  {
    rule: "sequence within 30m",
    raw: { kind: "sequence", steps: [{ on: "a" }, { not: { on: "b" } }], key: twoKeys, within: "30m" },
    every: 5 * minute,
    over: 5 * hour,
  },
  { rule: "absence for 10m", raw: { kind: "absence", ...ofA, for: "10m" }, every: minute, over: hour },
  {
    rule: "score, two features over 1h",
    raw: {
      kind: "score",
      ...ofA,
      features: { n: feature, mean: { ...feature, value: "avg(a.x)" } },
      points: { many: { when: "n > 10", add: 1 } },
      decisions: { allow: true },
    },
    every: minute,
    over: 3 * hour,
  },
  { rule: "zscore standard 24h / 5m", raw: { ...score, baseline: day5m }, every: 5 * minute, over: 2 * day },
  {
    rule: "zscore robust 24h / 5m",
    raw: { ...score, method: "robust", baseline: day5m },
    every: 5 * minute,
    over: 2 * day,
  },
  { rule: "zscore quiet monitor", raw: monitor, every: 5 * minute, over: 60 * day },
];

/** A number in [0, 1) that an index fixes. */
function chance(index: number): number {
  return (Math.imul(index, 2_654_435_761) >>> 0) / 2 ** 32;
}

function eventAt(
  stream: StreamName,
  key: number,
  index: number,
  time: number,
  texts = 5_000,
): Omit<Event, "watermark"> {
  const x = Math.round(chance(index * 7 + key) * 10_000) / 100;
  const data = { t: time, k: `customer-${key}`, x, f: true, s: `s${Math.floor(chance(index * 3) * texts)}` };
  return { place: { stream, topic: stream, partition: 0, offset: index, time }, data, change: undefined };
}

function taskOf(raw: Fields): Task {
  const nowhere = () => {};
  const outlet = { alert: nowhere, record: nowhere, suppressed: nowhere, late: nowhere };
  return new Task(planOf([{ id: "r", severity: "info", ...raw }]), outlet, { now: undefined, durable: true });
}

const keys = 20;

/** Saved bytes a key of each rule: names and texts of all its parts. */
export function benchState(): readonly StateBench[] {
  return loads.map(({ rule, raw, every, over }) => {
    const task = taskOf(raw);
    const streams: readonly StreamName[] = JSON.stringify(raw).includes('"b') ? ["a", "b"] : ["a"];
    const inputs = streams.map((stream) => ({ stream, input: task.open(stream, stream, 0) }));
    for (let i = 0; i * every < over; i++) {
      for (let key = 0; key < keys; key++) {
        const { stream, input } = inputs[i % inputs.length]!;
        const event = eventAt(stream, key, i, day + i * every);
        if (task.take(input, { ...event, watermark: input.watermark })) task.settle();
      }
    }
    const states = task.collect().states.filter(({ text }) => text !== undefined);
    const bytes = states.reduce((sum, { part, text = "" }) => sum + part.length + text.length, 0);
    return { rule, bytesPerKey: Math.round(bytes / keys) };
  });
}

const aggregates = [
  "count()",
  "sum(a.x)",
  "max(a.x)",
  "stddev(a.x)",
  "first(a.x)",
  "distinct(a.s)",
  "percentile(a.x, 95)",
  "top(a.s, 5)",
];

/** A window of one key, and what comes into it. */
interface Traffic {
  readonly aggregate: string;
  readonly window: Fields;
  readonly size: number;
  /** Events in the window once it has filled. */
  readonly inWindow: number;
  readonly disorder: number;
  /** Different texts among the events. */
  readonly texts: number;
}

/** Microseconds an event, after the window has filled; the median of five runs of 10,000. */
function microsPerEvent({ aggregate, window, size, inWindow, disorder, texts }: Traffic): number {
  const raw = { kind: "threshold", ...ofA, window, aggregate: { n: aggregate }, when: "has(a.x) && a.x < 0" };
  const task = taskOf(raw);
  const input = task.open("a", "a", 0);
  const gap = size / inWindow;
  const times: number[] = [];
  let index = 0;
  const run = (events: number): number => {
    const start = performance.now();
    for (let i = 0; i < events; i++, index++) {
      const time = Math.round(day + index * gap - chance(index) * disorder);
      if (task.take(input, { ...eventAt("a", 0, index, time, texts), watermark: input.watermark })) task.settle();
    }
    return (performance.now() - start) * 1_000 / events;
  };
  run(Math.max(20_000, inWindow * 1.1));
  for (let i = 0; i < 5; i++) times.push(run(10_000));
  return times.sort((a, b) => a - b)[2] ?? NaN;
}

/** Each aggregate in a window of 100 and of 100,000 events. */
export function benchWindows(): readonly WindowBench[] {
  return aggregates.flatMap((aggregate) =>
    [{ how: "in order", disorder: 0 }, { how: "4 s out of order", disorder: 4 * second }].map(({ how, disorder }) => {
      const traffic = { aggregate, window: { sliding: "10m" }, size: 10 * minute, disorder, texts: 5_000 };
      const few = microsPerEvent({ ...traffic, inWindow: 100 });
      return { aggregate, how, few, many: microsPerEvent({ ...traffic, inWindow: 100_000 }) };
    })
  );
}

/** A day in buckets of five minutes, with 100 and with 5,000 different values. */
export function benchBuckets(): readonly WindowBench[] {
  return ["distinct(a.s)", "top(a.s, 5)", "percentile(a.x, 95)"].map((aggregate) => {
    const window = { sliding: "24h", resolution: "5m" };
    const traffic = { aggregate, window, size: day, inWindow: 20_000, disorder: 0 };
    const few = microsPerEvent({ ...traffic, texts: 100 });
    return { aggregate, how: "24h in buckets", few, many: microsPerEvent({ ...traffic, texts: 5_000 }) };
  });
}

if (import.meta.main) {
  for (const { rule, bytesPerKey } of benchState()) console.log(`${rule.padEnd(32)} ${bytesPerKey} bytes a key`);
  for (const { aggregate, how, few, many } of [...benchWindows(), ...benchBuckets()]) {
    const ratio = (many / few).toFixed(2);
    console.log(
      `${aggregate.padEnd(22)} ${how.padEnd(18)} ${few.toFixed(1)} µs, ${many.toFixed(1)} µs  ratio ${ratio}`,
    );
  }
}
