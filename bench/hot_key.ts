/**
 * A hot key: 100,000 events in its sliding window, cut into parts of a 32nd of its size. Aim: a checkpoint writes no more
 * than the newest parts, and an event costs what it costs in a window of 1,000. Printed for aggregates that keep numbers
 * and for those that keep events. Alone: `deno run -A bench/hot_key.ts`.
 */
import type { Event } from "../engine/model/event.ts";
import { Task } from "../engine/runtime/task.ts";
import { planOf } from "../tests/reference/compare.ts";

const minute = 60_000;
const size = 10 * minute;
/** Parts that a window is cut into. */
const parts = 32;
/** Events between two checkpoints: those of a second at 200 a second. */
const between = 200;
const checkpoints = 100;

export interface HotKey {
  readonly aggregate: string;
  readonly inWindow: number;
  /** Saved bytes of the whole key. */
  readonly whole: number;
  /** Bytes that a checkpoint writes: mean, and most. */
  readonly mean: number;
  readonly most: number;
  /** Microseconds an event, checkpoints included. */
  readonly micros: number;
}

function eventAt(index: number, gap: number): Omit<Event, "watermark"> {
  const time = Math.floor(24 * 60 * minute + index * gap);
  const x = (Math.imul(index, 2_654_435_761) >>> 0) % 10_000 / 100;
  const data = { t: time, k: "hot", x, f: true, s: `s${index % 5_000}` };
  return { place: { stream: "a", topic: "a", partition: 0, offset: index, time }, data, change: undefined };
}

/** Fills a window of one key, then takes checkpoints while events go on coming. */
export function benchHotKey(aggregate: string, inWindow: number): HotKey {
  const window = { sliding: "10m" };
  const rule = { id: "r", severity: "info", kind: "threshold", on: "a", key: "a.k", window };
  const plan = planOf([{ ...rule, aggregate: { n: aggregate }, when: "has(a.x) && a.x < 0" }]);
  const nowhere = () => {};
  const outlet = { alert: nowhere, record: nowhere, suppressed: nowhere, late: nowhere };
  const task = new Task(plan, outlet, { now: undefined, durable: true });
  const input = task.open("a", "a", 0);
  const saved = new Map<string, number>();
  let index = 0;
  const take = (events: number) => {
    for (let i = 0; i < events; i++, index++) {
      const event = { ...eventAt(index, size / inWindow), watermark: input.watermark };
      if (task.take(input, event)) task.settle();
    }
  };
  const checkpoint = (): number => {
    let written = 0;
    for (const { part, text } of task.collect().states) {
      written += part.length + (text?.length ?? 0);
      if (text === undefined) saved.delete(part);
      else saved.set(part, part.length + text.length);
    }
    task.saved();
    return written;
  };
  take(1.1 * inWindow);
  checkpoint();
  const begun = performance.now();
  const written = Array.from({ length: checkpoints }, () => {
    take(between);
    return checkpoint();
  });
  const micros = (performance.now() - begun) * 1_000 / (checkpoints * between);
  const sum = (numbers: Iterable<number>) => [...numbers].reduce((total, number) => total + number, 0);
  return {
    ...{ aggregate, inWindow, micros },
    whole: sum(saved.values()),
    mean: sum(written) / checkpoints,
    most: Math.max(...written),
  };
}

const aggregates = [
  "count()",
  "sum(a.x)",
  "max(a.x)",
  "stddev(a.x)",
  "distinct(a.s)",
  "percentile(a.x, 95)",
  "top(a.s, 5)",
];

if (import.meta.main) {
  for (const aggregate of aggregates) {
    const few = benchHotKey(aggregate, 1_000);
    const { inWindow, whole, mean, most, micros } = benchHotKey(aggregate, 100_000);
    const kilo = (bytes: number) => `${(bytes / 1_000).toFixed(1)} kB`;
    console.log(
      `${aggregate.padEnd(20)} ${inWindow.toLocaleString("en")} events: ${kilo(whole)} in all; a checkpoint writes ` +
        `${kilo(mean)}, at most ${kilo(most)}, which is ${(most / (whole / parts)).toFixed(1)} parts of ${parts}; ` +
        `an event ${micros.toFixed(1)} µs, ${(micros / few.micros).toFixed(1)} times that of a window of 1,000`,
    );
  }
}
