/**
 * Many instances over a log in memory: tasks of both stages that take turns at random, are saved and crash, and whose
 * forerunners go on passing events for a while. What leaves with checkpoints is what many instances say.
 */
import { memoryStore } from "../../engine/adapters/memory.ts";
import type { Plan } from "../../engine/compile/plan.ts";
import type { Event } from "../../engine/model/event.ts";
import { fixedThresholds, type Threshold } from "../../engine/model/threshold.ts";
import type { Millis } from "../../engine/model/time.ts";
import type { Input } from "../../engine/runtime/clock.ts";
import type { KeySet, Spread } from "../../engine/runtime/many/key_sets.ts";
import { readPassed, type SourceName } from "../../engine/runtime/many/passed.ts";
import { type Outgoing, Passing } from "../../engine/runtime/many/passing.ts";
import { bringUp, isNews, type Known, note } from "../../engine/runtime/many/taking.ts";
import { partitionName } from "../../engine/runtime/source.ts";
import type { Fence } from "../../engine/runtime/store.ts";
import { Task } from "../../engine/runtime/task.ts";

export type LogEvent = Omit<Event, "watermark">;

/** Events by source partition, each in its order. */
export type SourceLog = ReadonlyMap<string, { readonly source: SourceName; readonly events: readonly LogEvent[] }>;

/** Records by topic and partition. */
export type PassedLog = Map<string, Outgoing[]>;

export interface Surroundings {
  readonly thresholds: readonly Threshold[];
  readonly sources: SourceLog;
  readonly passed: PassedLog;
}

/** One task: its state is in a store, and dies with a crash. */
abstract class SpreadTask {
  readonly said: string[] = [];
  protected readonly inputs = new Map<string, Input>();
  protected readonly store = memoryStore();
  protected task: Task;
  protected pending: string[] = [];
  private fence: Fence = { task: "t", epoch: 0, owner: "" };
  private number = 0;

  constructor(private readonly plan: Plan, protected readonly around: Surroundings) {
    this.task = this.fresh();
  }

  /** A new owner restores what the last checkpoint holds. */
  async claim(): Promise<void> {
    const claimed = await this.store.claim("t", crypto.randomUUID(), { term: 1, steal: true });
    if (!("fence" in claimed)) throw new Error("the task is held");
    [this.fence, this.number, this.pending] = [claimed.fence, claimed.number, []];
    this.task = this.fresh();
    const [positions, head] = claimed.head?.split("\n") ?? ["[]"];
    if (head !== undefined) this.task.restore(head);
    this.begin(new Map(JSON.parse(positions ?? "[]")));
    await this.settle();
  }

  async save(): Promise<void> {
    const { head, ...changes } = this.task.collect();
    const text = `${JSON.stringify([...this.positions()])}\n${head}`;
    const checkpoint = { number: ++this.number, head: text, ...changes, outbox: [], lanes: [] };
    const saved = await this.store.save(this.fence, checkpoint);
    if (saved !== "saved") throw new Error(`the checkpoint was ${saved}`);
    this.task.saved();
    this.said.push(...this.pending);
    this.pending = [];
  }

  /** The end of the log: what it holds is finished, and event time is that of its newest event. */
  async end(newest: Millis): Promise<void> {
    for (const input of this.inputs.values()) this.task.setState(input, "finished");
    await this.settle();
    this.task.advanceTo(newest);
    await this.settle();
    await this.save();
  }

  /** Takes what comes next; false when there is nothing. */
  abstract step(): Promise<boolean>;
  protected abstract begin(positions: Known): void;
  protected abstract positions(): Known;

  protected open({ stream, topic, partition }: SourceName): Input {
    const input = this.task.open(stream, topic, partition);
    this.inputs.set(`${stream} ${topic} ${partition}`, input);
    return input;
  }

  protected async take(input: Input, event: Event): Promise<void> {
    const wanted = new Set<string>();
    if (!this.task.complete) this.task.missing(event, wanted);
    await this.load([...wanted]);
    this.task.take(input, event);
    await this.settle();
  }

  protected async settle(): Promise<void> {
    for (;;) {
      const fired = this.task.fire(3);
      if (fired === "done") return;
      if (fired === "keys") await this.load(this.task.wanted());
      if (fired === "timers") {
        const { until, after } = this.task.timersWanted();
        const page = await this.store.timers("t", until, 2, after);
        this.task.feed(page, until, page.length < 2);
      }
    }
  }

  private async load(keys: readonly string[]): Promise<void> {
    const found = await this.store.read("t", keys);
    keys.forEach((key, i) => this.task.admit(key, found[i]));
  }

  private fresh(): Task {
    return new Task(this.plan, {
      alert: ({ id, status, rule }) => this.pending.push(`${rule} ${status} ${id}`),
      record: ({ id, rule }) => this.pending.push(`${rule} record ${id}`),
      suppressed: () => {},
      late: () => {},
    }, { now: undefined, durable: true, thresholds: fixedThresholds(this.around.thresholds) });
  }
}

/** Reads one partition number of every stream, and passes on what other keys need. */
export class FirstStage extends SpreadTask {
  private readonly passing: Passing;
  private at: Known = new Map();

  constructor(whole: Plan, readonly spread: Spread, private readonly partition: number, around: Surroundings) {
    super(spread.local, around);
    this.passing = new Passing(whole, spread.keySets, 1);
  }

  /** The stream whose event is older goes first. */
  async step(): Promise<boolean> {
    const [next] = this.logs().flatMap(({ source, events }) => {
      const event = events[this.at.get(source.stream) ?? 0];
      return event === undefined ? [] : [{ source, event }];
    }).sort((a, b) => a.event.place.time - b.event.place.time);
    if (next === undefined) return false;
    const input = this.inputOf(next.source);
    const event = { ...next.event, watermark: input.watermark };
    this.send(this.passing.recordsOf(event));
    this.at.set(next.source.stream, (this.at.get(next.source.stream) ?? 0) + 1);
    await this.take(input, event);
    return true;
  }

  /** Says how far its partitions have come. */
  tell(): void {
    for (const { source, events } of this.logs()) {
      const last = events[(this.at.get(source.stream) ?? 0) - 1];
      const { watermark } = this.inputOf(source);
      const next = last === undefined ? 0 : last.place.offset + 1;
      this.send(this.passing.progressOf({ source, next, watermark, state: "active" }));
    }
  }

  /** What goes on where this one was, without knowing that another has taken over. */
  async zombie(): Promise<FirstStage> {
    const zombie = new FirstStage(this.passing["plan"], this.spread, this.partition, this.around);
    await zombie.claim();
    for (const [stream, at] of this.at) zombie.at.set(stream, at);
    for (const [name, { watermark }] of this.inputs) zombie.task.reach(zombie.inputs.get(name)!, watermark);
    await zombie.settle();
    return zombie;
  }

  protected begin(positions: Known): void {
    this.at = positions;
    for (const { source } of this.logs()) this.open(source);
  }

  protected positions(): Known {
    return this.at;
  }

  private logs() {
    return [...this.around.sources.values()].filter(({ source }) => source.partition === this.partition);
  }

  private inputOf({ stream, topic, partition }: SourceName): Input {
    return this.inputs.get(`${stream} ${topic} ${partition}`)!;
  }

  private send(records: readonly Outgoing[]): void {
    for (const record of records) {
      const name = partitionName(record);
      this.around.passed.set(name, [...this.around.passed.get(name) ?? [], record]);
    }
  }
}

/** Takes one partition of a repartition topic. */
export class SecondStage extends SpreadTask {
  private at = 0;
  private known: Known = new Map();

  constructor(private readonly keySet: KeySet, private readonly partition: number, around: Surroundings) {
    super(keySet.plan, around);
  }

  async step(): Promise<boolean> {
    const { topic } = this.keySet;
    const record = this.around.passed.get(partitionName({ topic, partition: this.partition }))?.[this.at];
    if (record === undefined) return false;
    const offset = this.at++;
    const value = record.value === null ? null : new TextEncoder().encode(record.value);
    const message = { topic, partition: this.partition, offset, timestamp: undefined, key: null, value };
    const passed = readPassed({ ...message, headers: record.headers });
    if (passed === undefined || !isNews(this.known, passed)) return true;
    const { stream, topic: from, partition } = passed.source;
    const input = this.inputs.get(`${stream} ${from} ${partition}`)!;
    if (bringUp(this.task, input, passed)) await this.settle();
    note(this.known, passed);
    if (passed.event !== undefined) await this.take(input, { ...passed.event, watermark: passed.watermark });
    return true;
  }

  protected begin(positions: Known): void {
    this.at = positions.get("here") ?? 0;
    positions.delete("here");
    this.known = positions;
    for (const { source } of this.around.sources.values()) {
      if (this.keySet.streams.has(source.stream)) this.open(source);
    }
  }

  protected positions(): Known {
    return new Map([...this.known, ["here", this.at]]);
  }
}
