/**
 * A task: one writer with its inputs, clocks, keyed states and timers. It takes decoded events one after the other,
 * steps the operators and hands alerts and records to its outlet. Synchronous and pure of I/O: tests, replay, the
 * embedded engine and Kafka all run this one path.
 */
import type { Plan, PlanRule } from "../compile/plan.ts";
import type { Stream } from "../model/contract.ts";
import { type Event, isLate } from "../model/event.ts";
import type { CarriedEvents, Signal, Turn } from "../model/operator.ts";
import { aliasProperty, createScope, type Scope } from "../model/scope.ts";
import { fixedThresholds, type ThresholdStore } from "../model/threshold.ts";
import type { Millis } from "../model/time.ts";
import type { Value } from "../model/value.ts";
import { Clock, type Input } from "./clock.ts";
import { KeyedStage, type KeyState } from "./keyed.ts";
import { type Outlet, Raiser } from "./raise.ts";
import { type Entry, Route } from "./route.ts";

/** Why an event went to the late output. */
export type LateReason = "late" | "closed";

export interface TaskOutlet extends Outlet {
  readonly late: (event: Event, reason: LateReason) => void;
}

/** What a task counted of one rule. */
export interface RuleCounts {
  /** Events that `where` and key admitted. */
  events: number;
  /** Signals: times that the rule's condition held and had something to say. */
  matched: number;
  alerts: number;
  records: number;
  suppressed: number;
  /** Conditions that had no value. */
  undefinedConditions: number;
  /** Events without a value for the rule's key. */
  missingKeys: number;
}

export interface TaskOptions {
  /** Wall clock of live runs; undefined in tests and replay. */
  readonly now: (() => Millis) | undefined;
  /** Thresholds that customers own; none when absent. */
  readonly thresholds?: ThresholdStore;
}

export class Task {
  readonly counts: readonly RuleCounts[];
  readonly inputs: Input[] = [];
  private readonly clocks: Clock[] = [];
  private readonly clocksOf = new Map<string, Clock[]>();
  private readonly routes = new Map<string, Route>();
  /** One entry of each rule by its index: what its timers need. */
  private readonly entryOf: Entry[] = [];
  private readonly scope: Scope;
  private readonly raiser: Raiser;
  private readonly turn: { -readonly [Name in keyof Turn]: Turn[Name] };
  private stepping: PlanRule | undefined;
  private clock: Clock | undefined;
  private armedDue = Infinity;
  private events: CarriedEvents = {};
  private refused = false;

  constructor(private readonly plan: Plan, private readonly outlet: TaskOutlet, options: TaskOptions) {
    this.counts = plan.rules.map(() => ({
      events: 0,
      matched: 0,
      alerts: 0,
      records: 0,
      suppressed: 0,
      undefinedConditions: 0,
      missingKeys: 0,
    }));
    this.scope = createScope(plan.aliases);
    this.raiser = new Raiser(this.counting(outlet), { aliases: plan.aliases, now: options.now });
    this.turn = {
      scope: this.scope,
      key: [],
      input: 0,
      watermark: -Infinity,
      floor: () => this.clock?.floor() ?? -Infinity,
      signal: (signal) => this.raise(signal),
      wakeAt: (due) => {
        if (due < this.armedDue) this.armedDue = due;
      },
      thresholds: options.thresholds ?? fixedThresholds([]),
      refuse: () => {
        this.refused = true;
      },
      undefinedCondition: () => {
        if (this.stepping !== undefined) this.counts[this.stepping.index]!.undefinedConditions++;
      },
    };
    this.build();
  }

  /** Adds a source partition. It holds the watermark until an event comes, or until it is idle or finished. */
  open(stream: string, topic: string, partition: number): Input {
    const input: Input = { stream, topic, partition, watermark: -Infinity, state: "active" };
    this.inputs.push(input);
    for (const clock of this.clocksOf.get(stream) ?? []) clock.inputs.push(input);
    return input;
  }

  /** Takes one decoded event of an input; timers that become due fire before it returns. */
  take(input: Input, event: Event): void {
    const stream = this.plan.streams.get(input.stream);
    if (stream === undefined) return;
    this.refused = false;
    if (isLate(event)) this.outlet.late(event, "late");
    this.show(stream, event);
    this.routes.get(input.stream)?.visit(event, this.visit);
    if (this.refused && !isLate(event)) this.outlet.late(event, "closed");
    this.scope[aliasProperty(stream.alias)] = undefined;
    this.reach(input, event.place.time - stream.lateness);
  }

  /** Moves an input's watermark on, and with it the clocks that it held back. */
  reach(input: Input, watermark: Millis): void {
    if (watermark <= input.watermark) return;
    const before = input.watermark;
    input.watermark = watermark;
    for (const clock of this.clocksOf.get(input.stream) ?? []) {
      if (before <= clock.watermark && clock.advance()) this.fire(clock);
    }
  }

  /** Sets whether an input holds its clocks; letting go of it may advance them. */
  setState(input: Input, state: Input["state"]): void {
    if (input.state === state) return;
    input.state = state;
    for (const clock of this.clocksOf.get(input.stream) ?? []) if (clock.advance()) this.fire(clock);
  }

  /** Advances every clock to a time whatever its inputs say: the end of a log, or a test's `advance`. */
  advanceTo(time: Millis): void {
    for (const clock of this.clocks) if (clock.advanceTo(time)) this.fire(clock);
  }

  /** Keys that are kept, over all stages. */
  get keys(): number {
    return this.stages.reduce((sum, stage) => sum + stage.states.size, 0);
  }

  private readonly stages: KeyedStage[] = [];

  /** Groups rules into clocks by their streams, and into stages by their keys. */
  private build(): void {
    const byStream = new Map<string, Entry[]>();
    const stages = this.stagesByKey();
    for (const rule of this.plan.rules) {
      const clock = this.clockOf(rule);
      const stage = rule.compiled.operator.codec === undefined ? undefined : stages.get(keySet(rule));
      const slot = stage?.rules.indexOf(rule) ?? 0;
      for (const [inputIndex, input] of rule.compiled.inputs.entries()) {
        const entry = { rule, input, inputIndex, test: input.where?.test, clock, stage, slot };
        this.entryOf[rule.index] = entry;
        byStream.set(input.stream.name, [...byStream.get(input.stream.name) ?? [], entry]);
      }
    }
    for (const [stream, entries] of byStream) this.routes.set(stream, new Route(entries));
    for (const stream of this.plan.streams.keys()) {
      this.clocksOf.set(stream, this.clocks.filter((clock) => clock.streams.has(stream)));
    }
  }

  private stagesByKey(): Map<string, KeyedStage> {
    const byKey = new Map<string, PlanRule[]>();
    for (const rule of this.plan.rules) {
      if (rule.compiled.operator.codec === undefined) continue;
      const name = keySet(rule);
      byKey.set(name, [...byKey.get(name) ?? [], rule]);
    }
    const stages = new Map([...byKey].map(([name, rules]) => [name, new KeyedStage(rules)]));
    this.stages.push(...stages.values());
    return stages;
  }

  private clockOf(rule: PlanRule): Clock {
    const names = new Set(rule.compiled.inputs.map((input) => input.stream.name));
    const known = this.clocks.find((clock) => clock.streams.size === names.size && clock.streams.isSubsetOf(names));
    if (known !== undefined) return known;
    const clock = new Clock(names);
    this.clocks.push(clock);
    return clock;
  }

  private show(stream: Stream, event: Event): void {
    this.scope[aliasProperty(stream.alias)] = event.data;
    this.scope.time = event.place.time;
    this.scope.change = event.change;
    this.events = { [stream.alias]: event.data };
  }

  /** Hop 5 for one rule: admits the event, finds the key's state, steps the operator. */
  private readonly visit = (entry: Entry, event: Event): void => {
    const { rule, stage } = entry;
    if (entry.test !== undefined && entry.test(this.scope) !== true) return;
    const counts = this.counts[rule.index]!;
    const key = this.keyOf(entry);
    if (key === undefined) {
      counts.missingKeys++;
      return;
    }
    counts.events++;
    this.stepping = rule;
    this.turn.key = key;
    this.turn.input = entry.inputIndex;
    this.turn.watermark = entry.clock.watermark;
    this.clock = entry.clock;
    const { operator } = rule.compiled;
    if (stage === undefined) {
      operator.step(undefined, event, this.turn);
      return;
    }
    const state = stage.at(key);
    this.armedDue = Infinity;
    state.slots[entry.slot] = operator.step(state.slots[entry.slot], event, this.turn);
    if (this.armedDue < state.armed[entry.slot]!) this.arm(entry, state, this.armedDue);
    if (state.slots[entry.slot] === undefined) stage.release(state);
  };

  private arm(entry: Pick<Entry, "rule" | "clock" | "slot">, key: KeyState, due: Millis): void {
    key.armed[entry.slot] = due;
    entry.clock.timers.add(due, { rule: entry.rule.index, key });
  }

  /** Values of the key's parts; undefined when one is missing: the event does not enter the rule (language.md §2). */
  private keyOf(entry: Entry): readonly Value[] | undefined {
    const { key } = entry.input;
    if (key.length === 0) return noKey;
    const parts: Value[] = [];
    for (let i = 0; i < key.length; i++) {
      const value = key[i]!.evaluate(this.scope);
      if (value === undefined) return undefined;
      parts.push(value);
    }
    return parts;
  }

  /** Fires every timer that a clock has reached, in the order (due, rule, key hash). */
  private fire(clock: Clock): void {
    const { timers } = clock;
    for (let due = timers.next(); due <= clock.watermark; due = timers.next()) {
      for (const { rule, key } of timers.take()) {
        const entry = this.entryOf[rule];
        if (entry?.stage !== undefined && key.armed[entry.slot] === due) this.wake(entry, entry.stage, key, clock);
      }
    }
  }

  private wake(entry: Entry, stage: KeyedStage, key: KeyState, clock: Clock): void {
    const { operator } = entry.rule.compiled;
    const state = key.slots[entry.slot];
    key.armed[entry.slot] = Infinity;
    if (state === undefined || operator.wake === undefined) return;
    this.stepping = entry.rule;
    this.turn.key = key.parts;
    this.turn.watermark = clock.watermark;
    this.clock = clock;
    this.armedDue = Infinity;
    this.events = {};
    key.slots[entry.slot] = operator.wake(state, clock.watermark, this.turn);
    for (const input of entry.rule.compiled.inputs) this.scope[aliasProperty(input.stream.alias)] = undefined;
    if (this.armedDue !== Infinity) this.arm(entry, key, this.armedDue);
    if (key.slots[entry.slot] === undefined) stage.release(key);
  }

  private raise(signal: Signal): void {
    const rule = this.stepping;
    if (rule === undefined) return;
    this.counts[rule.index]!.matched++;
    this.raiser.raise(rule, this.turn.key, signal, this.events);
  }

  private counting(outlet: Outlet): Outlet {
    return {
      alert: (alert, rule) => {
        this.counts[rule.index]!.alerts++;
        outlet.alert(alert, rule);
      },
      record: (record, rule) => {
        this.counts[rule.index]!.records++;
        outlet.record(record, rule);
      },
      suppressed: (rule) => {
        this.counts[rule.index]!.suppressed++;
        outlet.suppressed(rule);
      },
    };
  }
}

const noKey: readonly Value[] = [];

/** Equal for rules that share a keyed stage: the same key expressions for the same streams. */
function keySet(rule: PlanRule): string {
  return JSON.stringify(
    rule.compiled.inputs.map((input) => [input.stream.name, input.key.map((part) => part.canonical)]).sort(),
  );
}
