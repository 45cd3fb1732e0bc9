/** What an edit does to the state of a rule (runtime.md §6): a task is saved, and one with another plan goes on from it. */
import { expect } from "expect";
import type { Fields } from "../engine/model/value.ts";
import type { Event } from "../engine/model/event.ts";
import { Task } from "../engine/runtime/task.ts";
import { planOf } from "./reference/compare.ts";

const rule: Fields = {
  id: "r",
  kind: "threshold",
  on: "a",
  key: "a.k",
  window: { sliding: "10s" },
  aggregate: { n: "count()" },
  when: "n >= 3",
  severity: "high",
};

/** What a store holds between two lives of a task. */
class Life {
  readonly said: string[] = [];
  private readonly states = new Map<string, Map<string, string>>();
  private head: string | undefined;
  private task: Task;
  private offset = 0;

  constructor(rules: readonly Fields[]) {
    this.task = this.taskOf(rules);
  }

  /** Saves, and goes on with other rules. */
  change(rules: readonly Fields[]): void {
    this.save();
    this.task = this.taskOf(rules);
  }

  /** Takes an event of key `u`, in seconds. */
  take(second: number, k = "u"): void {
    const input = this.task.inputs[0] ?? this.task.open("a", "a", 0);
    const place = { stream: "a", topic: "a", partition: 0, offset: this.offset++, time: second * 1_000 };
    const event: Event = { place, data: { t: place.time, k }, change: undefined, watermark: input.watermark };
    const wanted = new Set<string>();
    this.task.missing(event, wanted);
    this.load([...wanted]);
    this.task.take(input, event);
    for (let fired = this.task.fire(100); fired !== "done"; fired = this.task.fire(100)) {
      if (fired === "keys") this.load(this.task.wanted());
      else if (fired === "timers") this.task.feed([], this.task.timersWanted().until, true);
    }
  }

  /** Names under which the store has parts, without what is in them. */
  get owners(): readonly string[] {
    this.save();
    const parts = [...this.states.values()].flatMap((parts) => [...parts.keys()]);
    return [...new Set(parts.map((part) => part.slice(0, part.search(/[#!]/))))].sort();
  }

  private save(): void {
    const { head, states } = this.task.collect();
    this.head = head;
    for (const { key, part, text } of states) {
      const parts = this.states.get(key) ?? new Map<string, string>();
      if (text === undefined) parts.delete(part);
      else parts.set(part, text);
      if (parts.size > 0) this.states.set(key, parts);
      else this.states.delete(key);
    }
    this.task.saved();
  }

  private load(keys: readonly string[]): void {
    for (const key of keys) this.task.admit(key, this.states.get(key));
  }

  private taskOf(rules: readonly Fields[]): Task {
    const task = new Task(planOf(rules), {
      alert: ({ rule, event_time, values }) => this.said.push(`${rule} ${event_time.slice(14, 19)} ${values.n}`),
      record: () => {},
      suppressed: () => {},
      late: () => {},
    }, { now: undefined, durable: true });
    if (this.head !== undefined) task.restore(this.head);
    return task;
  }
}

Deno.test("an edit of `when` or severity keeps the state: the next event is judged by the new condition", () => {
  const life = new Life([rule]);
  for (const second of [100, 101]) life.take(second);
  life.change([{ ...rule, when: "n >= 2", severity: "info" }]);
  life.take(102);
  expect(life.said).toEqual(["r 01:42 3"]);
});

Deno.test("an edit of the window begins anew and warms for one window after the newest event", () => {
  const life = new Life([rule]);
  for (const second of [100, 101, 102]) life.take(second);
  life.change([{ ...rule, window: { sliding: "20s" } }]);
  for (const second of [103, 104, 105, 122]) life.take(second);
  expect(life.said).toEqual(["r 01:42 3"]);
  for (const second of [150, 151, 152]) life.take(second);
  expect(life.said).toEqual(["r 01:42 3", "r 02:32 3"]);
});

Deno.test("the first fixed window that begins after an edit is whole, and is judged", () => {
  const fixed: Fields = { ...rule, emit: "on_close", when: "n >= 1" };
  const life = new Life([{ ...fixed, window: { tumbling: "7s" } }]);
  life.take(95);
  life.change([{ ...fixed, window: { tumbling: "10s" } }]);
  for (const second of [98, 104, 106, 116]) life.take(second);
  expect(life.said).toEqual(["r 01:50 2"]);
});

Deno.test("with `on_edit: alert_at_once` an edited rule does not warm", () => {
  const life = new Life([rule]);
  life.take(100);
  life.change([{ ...rule, window: { sliding: "20s" }, on_edit: "alert_at_once" }]);
  for (const second of [101, 102, 103]) life.take(second);
  expect(life.said).toEqual(["r 01:43 3"]);
});

Deno.test("a rule that is added does not judge the fixed window in which it was added", () => {
  const added: Fields = { ...rule, id: "added", window: { tumbling: "10s" }, emit: "on_match", when: "n >= 1" };
  const life = new Life([rule]);
  life.take(100);
  life.change([rule, added]);
  for (const second of [105, 111]) life.take(second);
  expect(life.said).toEqual(["added 01:51 1"]);
});

Deno.test("a rule that is renamed with `was` goes on with its state, and nothing stays under the old name", () => {
  const life = new Life([rule]);
  for (const second of [100, 101]) life.take(second);
  life.change([{ ...rule, id: "renamed", was: "r" }]);
  life.take(102);
  expect(life.said).toEqual(["renamed 01:42 3"]);
  expect(life.owners).toEqual(["p/renamed"]);
});

Deno.test("a rule that is gone may come back within a day of event time; after it its state is dropped", () => {
  const other: Fields = { ...rule, id: "other", window: { sliding: "7d", resolution: "1h" }, when: "n >= 100" };
  const life = new Life([{ ...rule, window: { sliding: "7d", resolution: "1h" } }, other]);
  life.take(100);
  life.change([other]);
  life.take(101);
  expect(life.owners).toEqual(["p/other", "p/r"]);
  life.take(101 + 90_000, "v");
  life.change([other]);
  life.take(102 + 90_000);
  expect(life.owners).toEqual(["p/other"]);
});
