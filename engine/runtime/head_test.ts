/** What a restart knows of time: watermarks and states of inputs come back as they were, and hold what they held. */
import { expect } from "expect";
import { planOf } from "../../tests/reference/compare.ts";
import { emptyHead, type Head, readHead, writeHead } from "./head.ts";
import { Task } from "./task.ts";

Deno.test("a head is read as it was written, before the first event too", () => {
  const input = { stream: "a", topic: "a", partition: 0 };
  const head: Head = {
    clocks: new Map([["a", 5], ["a b", -Infinity]]),
    inputs: new Map([
      ["a a 0", { ...input, watermark: 7, state: "active" }],
      ["a a 1", { ...input, partition: 1, watermark: -Infinity, state: "idle" }],
      ["a a 2", { ...input, partition: 2, watermark: 9, state: "finished" }],
    ]),
    alerts: 3,
    newest: 11,
    rules: new Map([["p/r", { signature: "s", quietUntil: 4, since: null, gone: 8 }]]),
  };
  expect(readHead(writeHead(head))).toEqual(head);
  expect(readHead(writeHead(emptyHead))).toEqual(emptyHead);
});

Deno.test("a head of another format is refused", () => {
  for (const text of ['{"version":2,"clocks":[],"inputs":[]}', "{}", "null", "[]"]) {
    expect(() => readHead(text)).toThrow("is not of format 1");
  }
});

const hour = 3_600_000;
const lateness = 5_000;
const plan = planOf([{
  id: "hourly",
  kind: "threshold",
  severity: "info",
  on: "a",
  key: "a.k",
  window: { tumbling: "1h" },
  aggregate: { n: "count()" },
  when: "n >= 1",
}]);

/** A task over two partitions, and what it has said. */
function taskOf(head?: string) {
  const said: string[] = [];
  const nothing = () => {};
  const outlet = { alert: () => said.push("closed"), record: nothing, suppressed: nothing, late: nothing };
  const task = new Task(plan, outlet, { now: undefined, durable: true });
  if (head !== undefined) task.restore(head);
  const [one, other] = [task.open("a", "a", 0), task.open("a", "a", 1)];
  return { task, one, other, said };
}

/** Fires what is due, with what a checkpoint has kept. */
function settle(task: Task, kept: ReturnType<Task["collect"]>): void {
  for (let fired = task.fire(10); fired !== "done"; fired = task.fire(10)) {
    if (fired === "timers") {
      const { until } = task.timersWanted();
      const due = kept.timers.flatMap(({ id, due }) => due !== undefined && due <= until ? [{ id, due }] : []);
      task.feed(due, until, true);
    }
    for (const key of fired === "keys" ? task.wanted() : []) {
      const parts = kept.states.flatMap((state) =>
        state.key === key && state.text !== undefined ? [[state.part, state.text] as const] : []
      );
      task.admit(key, new Map(parts));
    }
  }
}

for (const state of ["idle", "finished", "active"] as const) {
  Deno.test(`a partition that was ${state} is ${state} after a restart, and holds event time only where it did`, () => {
    const before = taskOf();
    const place = { stream: "a", topic: "a", partition: 0, offset: 0, time: hour };
    before.task.take(before.one, { place, data: { t: hour, k: "k" }, change: undefined, watermark: -Infinity });
    before.task.setState(before.other, state);
    const kept = before.task.collect();

    const { task, one, other, said } = taskOf(kept.head);
    expect([one.watermark, other.watermark, other.state]).toEqual([hour - lateness, -Infinity, state]);
    settle(task, kept);
    expect(said).toEqual([]);
    task.reach(one, 2 * hour);
    settle(task, kept);
    expect(said).toEqual(state === "active" ? [] : ["closed"]);
  });
}
