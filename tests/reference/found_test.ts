/** Cases in which random runs found the engine wrong: each is kept here with what a careful reader computes by hand. */
import { expect } from "expect";
import type { Fields } from "../../engine/model/value.ts";
import { engineOutcome } from "./compare.ts";
import type { Line, RecordedFile } from "./log.ts";
import { second } from "./random_log.ts";
import { lateness, type StreamName } from "./streams.ts";

/** A file of one partition: seconds, and fields beside the key `u`. */
function file(stream: StreamName, ...events: readonly (readonly [number, Fields])[]): RecordedFile {
  const lines = events.map(([at, data]): Line => ({ partition: 0, time: at * second, data: { k: "u", ...data } }));
  return { stream, lateness: lateness[stream], lines };
}

/** What the engine says of a rule: status, second and what is asked for, in the order in which it is said. */
async function said(rule: Fields, files: readonly RecordedFile[], show: "entities" | "values" = "values") {
  const drive = { batch: Infinity, restoreEvery: 0 };
  const { said } = await engineOutcome([{ id: "r", on: "a", key: "a.k", severity: "high", ...rule }], files, drive);
  return said.map(({ status, time, [show]: shown }) => [status, time / second, shown]);
}

const pairs = {
  kind: "threshold",
  window: { tumbling: "4s" },
  emit: "on_match",
  aggregate: { n: "count()" },
  when: "n >= 2",
  notify_resolved: true,
};

Deno.test("a window that closes after a later one spoke does not resolve it", async () => {
  const of = [file("a", [20, {}], [17, {}], [20, {}])];
  expect(await said(pairs, of)).toEqual([["firing", 20, { n: 2 }]]);
});

Deno.test("an empty window resolves with the entities of the event that spoke", async () => {
  const of = [file("a", [14, {}], [15, {}], [12, { x: 7 }], [40, {}])];
  const rule = { ...pairs, entities: { x: "a.x" }, when: "n >= 3" };
  expect(await said(rule, of, "entities")).toEqual([["firing", 12, { x: 7 }], ["resolved", 20, { x: 7 }]]);
});

Deno.test("the last value of a sliding window is gone when its event has left", async () => {
  const rule = { kind: "threshold", window: { sliding: "3s" }, aggregate: { n: "count()", last: "last(a.x)" } };
  const of = [file("a", [20, { x: 1 }], [32, {}], [32, {}])];
  expect(await said({ ...rule, when: "n >= 2" }, of)).toEqual([["firing", 32, { n: 2 }]]);
});

Deno.test("an event that fits no step does not keep a sequence waiting", async () => {
  const steps = [{ on: "a", where: "a.f" }, { on: "b", where: "b.f" }];
  const rule = { kind: "sequence", steps, key: { a: "a.k", b: "b.k" }, within: "3s" };
  const b = file("b", [25, {}], [20, { f: true }]);
  // The watermark of b is 23 when its second event comes: more than 3 s after the key's newest event that fits a step.
  const files = (fits: boolean) => [file("a", [17.5, { f: true }], [24, { f: fits }], [30, {}]), b];
  expect(await said(rule, files(false))).toEqual([]);
  expect(await said(rule, files(true))).toEqual([["firing", 20, {}]]);
});

Deno.test("a value far behind the newest is judged by itself where smoothing has forgotten its time", async () => {
  const baseline = { window: "20s", resolution: "1s", min_samples: 2 };
  const rule = { kind: "zscore", value: "a.x", smooth: "6s", baseline, levels: { warning: 2 } };
  const of = [file("a", [20, { x: 0 }], [20, { x: -2 }], [6, { x: 5 }], [20, { x: 0 }])];
  const [first, ...others] = await said(rule, of);
  expect(others).toEqual([]);
  // Means of the values so far: 0 and −1, so mean −0.5 and deviation √0.5.
  expect(first).toMatchObject(["firing", 6, { value: 5, mean: -0.5 }]);
});
