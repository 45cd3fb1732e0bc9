/**
 * A task: one writer with its inputs, clocks, keyed states and timers. It takes decoded events one after the other,
 * steps the operators and hands alerts and records to its outlet. Synchronous and pure of I/O: tests, replay, the
 * embedded engine and Kafka all run this one path. What it needs from a store it asks its loop for.
 */
import type { Plan } from "../compile/plan.ts";
import { type Event, isLate } from "../model/event.ts";
import { fixedLookups, type LookupNeed, type Lookups } from "../model/lookup.ts";
import { fixedThresholds, type ThresholdStore } from "../model/threshold.ts";
import type { Millis } from "../model/time.ts";
import { AlertReader } from "./alert_reader.ts";
import type { Privacy } from "../privacy/privacy.ts";
import { advanceFeeds, isBehind } from "./alert_stream.ts";
import { Agenda, aheadDefault, type TimerPlace } from "./agenda.ts";
import { takeOver } from "./changeover.ts";
import type { Clock, Input } from "./clock.ts";
import { noCounts, type RuleCounts } from "./counts.ts";
import { emptyHead, type Head, inputName, readHead, writeHead } from "./head.ts";
import { KeyState } from "./keyed.ts";
import { type Layout, layOut } from "./layout.ts";
import { Ledger } from "./ledger.ts";
import type { Outlet } from "./raise.ts";
import { Scout } from "./scout.ts";
import { type Changes, ruleOf } from "./saved_state.ts";
import { Speaker } from "./speaker.ts";
import { type Seen, Stepper } from "./stepper.ts";

/** Why an event went to the late output. */
export type LateReason = "late" | "closed";

export interface TaskOutlet extends Outlet {
  readonly late: (event: Event, reason: LateReason) => void;
}

export interface TaskOptions {
  /** Wall clock of live runs; undefined in tests and replay. */
  readonly now: (() => Millis) | undefined;
  /** Thresholds that customers own; none when absent. */
  readonly thresholds?: ThresholdStore;
  /** Rows that rules look up; none when absent. */
  readonly lookups?: Lookups;
  /** Treats personal data in what leaves; tests and replay show clear values without it. */
  readonly privacy?: Privacy;
  /** Notes what changes, for checkpoints; replay and tests keep nothing. */
  readonly durable?: boolean;
  /** Event time that timers are read ahead of the watermark, in milliseconds; a minute when absent. */
  readonly ahead?: Millis;
}

/**
 * How far `fire` came: nothing is due; the budget is used up; keys that `wanted` names, or timers that `timersWanted`
 * names, must be read from the store first.
 */
export type Fired = "done" | "more" | "keys" | "timers";

export class Task {
  readonly counts: readonly RuleCounts[];
  readonly inputs: Input[] = [];
  private readonly layout: Layout;
  private readonly ledger: Ledger;
  private readonly agenda: Agenda;
  private readonly stepper: Stepper;
  private readonly scout: Scout;
  private readonly speaker: Speaker;
  private readonly reader: AlertReader;
  /** The newest event time taken. */
  private newest: Millis = -Infinity;
  private restored: Head = emptyHead;

  constructor(private readonly plan: Plan, private readonly outlet: TaskOutlet, options: TaskOptions) {
    this.counts = noCounts(plan);
    this.layout = layOut(plan, () => this.stepper.stamp);
    const { stages, keepers, formers, clocks } = this.layout;
    this.ledger = new Ledger(stages, keepers, formers, options.durable === true);
    const keeperOf = (name: string) => keepers.get(name) ?? formers.get(name);
    this.agenda = new Agenda(clocks, keeperOf, options.ahead ?? aheadDefault);
    const { layout, ledger, agenda, counts } = this;
    const { now, privacy, thresholds = fixedThresholds([]), lookups = fixedLookups({}) } = options;
    this.speaker = new Speaker(plan, outlet, { layout, ledger, agenda, counts, lookups, now, privacy });
    const seen = (seen: Seen) => this.speaker.raise(seen);
    this.stepper = new Stepper(plan, { ledger, agenda, counts, thresholds, lookups, seen });
    this.scout = new Scout(layout, this.stepper, thresholds);
    const { stepper, scout, speaker } = this;
    this.reader = new AlertReader({ layout, ledger, stepper, scout, speaker });
    this.speaker.marks = takeOver(plan.rules, new Map(), -Infinity);
  }

  /** Goes on where a checkpoint left off: before any input is opened. Throws when its format is another. */
  restore(head: string): void {
    this.restored = readHead(head);
    for (const clock of this.layout.clocks) clock.advanceTo(this.restored.clocks.get(clock.name) ?? -Infinity);
    for (const { clock, input } of this.layout.feeds) {
      input.watermark = this.restored.clocks.get(feedName(clock)) ?? -Infinity;
    }
    this.reader.taken = this.restored.alerts;
    this.newest = this.restored.newest;
    const marks = takeOver(this.plan.rules, this.restored.rules, this.newest);
    this.speaker.marks = marks;
    // A rule that is gone may come back for a while; what an edit made useless goes at once.
    this.ledger.isOver = (owner) => (marks.get(ruleOf(owner))?.gone ?? null) === null;
    this.ledger.complete = false;
    this.agenda.forgetAll();
  }

  /** Event time until which rules raise no alert because an edit made their state new, by their names. */
  get warming(): ReadonlyMap<string, Millis> {
    const until = this.plan.rules.map(({ name }) => [name, this.speaker.marks.get(name)?.quietUntil ?? null] as const);
    return new Map(until.flatMap(([name, time]) => time !== null && time >= this.newest ? [[name, time]] : []));
  }

  /** Adds a source partition. It holds the watermark until an event comes, or until it is idle or finished. */
  open(stream: string, topic: string, partition: number): Input {
    const known = this.restored.inputs.get(inputName({ stream, topic, partition }));
    const input: Input = known ?? { stream, topic, partition, watermark: -Infinity, state: "active" };
    this.inputs.push(input);
    for (const clock of this.clocksOf(stream)) clock.inputs.push(input);
    return input;
  }

  /** Takes one decoded event of an input. True when something is due: `fire` comes before the next event. */
  take(input: Input, event: Event): boolean {
    const stream = this.plan.streams.get(input.stream);
    if (stream === undefined) return false;
    const { time } = event.place;
    if (time > this.newest) this.newest = time;
    const late = isLate(event);
    if (late) this.outlet.late(event, "late");
    this.stepper.show(stream, event);
    this.layout.routes.get(input.stream)?.visit(event, this.stepper.visit);
    if (this.stepper.refused && !late) this.outlet.late(event, "closed");
    this.stepper.hide(stream);
    this.ledger.sweep();
    return this.reach(input, time - stream.lateness) || this.speaker.isBusy;
  }

  /** Moves an input's watermark on, and with it the clocks that it held back. True when something is due. */
  reach(input: Input, watermark: Millis): boolean {
    const before = input.watermark;
    if (watermark > before) input.watermark = watermark;
    let due = false;
    for (const clock of this.clocksOf(input.stream)) {
      // An input that was ahead of the clock did not hold it, unless the clock never stood anywhere: a reload made it.
      if (watermark > before && (before <= clock.watermark || clock.watermark === -Infinity)) clock.advance();
      // A late event may have asked for a time that is past.
      if (this.isDue(clock)) due = true;
    }
    return due;
  }

  /** Sets whether an input holds its clocks; letting go of it may advance them. True when something is due. */
  setState(input: Input, state: Input["state"]): boolean {
    if (input.state === state) return false;
    input.state = state;
    const advanced = this.clocksOf(input.stream).filter((clock) => clock.advance());
    return advanced.some((clock) => this.isDue(clock));
  }

  /** Advances every clock to a time whatever its inputs say: the end of a log, or a test's `advance`. */
  advanceTo(time: Millis): boolean {
    const { clocks, feeds } = this.layout;
    const advanced = clocks.filter((clock) => {
      const feed = feeds.find((one) => one.clock === clock);
      if (feed === undefined) return clock.advanceTo(time);
      // Alerts are still to come: the clock follows those of the rules that raise them.
      feed.forced = Math.max(feed.forced, time);
      return false;
    });
    return advanced.some((clock) => this.isDue(clock)) || feeds.length > 0;
  }

  /** Time went by on the monotonic clock: clocks that no input holds go on by it (runtime.md §2). */
  elapse(millis: Millis): boolean {
    const free = this.layout.clocks.filter((clock) => clock.isFree() && clock.advanceTo(clock.watermark + millis));
    return free.some((clock) => this.isDue(clock));
  }

  /** Fires at most `budget` timers in their order. No event may be taken before it says "done". */
  fire(budget: number): Fired {
    for (let left = budget;; left--) {
      if (!this.speaker.raiseWaiting() || !this.reader.takeAll()) return "keys";
      const clock = this.agenda.next();
      if (clock === undefined) {
        if (this.agenda.isBehind()) return "timers";
        if (advanceFeeds(this.layout.feeds)) continue;
        return "done";
      }
      if (left <= 0) return "more";
      if (!this.fireFirst(clock)) return "keys";
    }
  }

  /** Fires everything that is due: for a task whose memory is complete. */
  settle(): void {
    const fired = this.fire(Infinity);
    if (fired !== "done") throw new Error(`a task without a store cannot go on: it needs ${fired}`);
  }

  /** Store keys that `fire` needs next. */
  wanted(): readonly string[] {
    return this.speaker.isBusy ? [...this.speaker.waitedFor] : this.agenda.missing();
  }

  /** Which timers `fire` needs next: those due by `until`, behind `after`. */
  timersWanted(): { readonly until: Millis; readonly after: TimerPlace | undefined } {
    return this.agenda.wanted();
  }

  /** Takes timers as the store gave them; `all` says that there are no more up to `until`. */
  feed(timers: readonly TimerPlace[], until: Millis, all: boolean): void {
    this.agenda.feed(timers, until, all);
  }

  /** Memory holds every key: `missing` need not be asked. */
  get complete(): boolean {
    return this.ledger.complete;
  }

  /** Adds the store keys that an event will touch and memory lacks. */
  missing(event: Event, into: Set<string>): void {
    const stream = this.plan.streams.get(event.place.stream);
    if (stream !== undefined && !this.ledger.complete) this.scout.missing(stream, event, into);
  }

  /** Adds the rows that rules may look up for an event: by lookup and key. */
  needs(event: Event, into: Map<string, LookupNeed>): void {
    const stream = this.plan.streams.get(event.place.stream);
    if (stream !== undefined) this.scout.needs(stream, event, into);
  }

  /** Takes in a key as the store has it; undefined when the store has nothing. */
  admit(key: string, parts: ReadonlyMap<string, string> | undefined): void {
    const admitted = this.ledger.admit(key, parts);
    if (admitted !== undefined) this.agenda.admit(admitted);
  }

  /** A stateful rule said something since the last `collect`: a checkpoint should not wait long. */
  get spoke(): boolean {
    return this.speaker.spoke;
  }

  /** A signal waits for the state of its limit: no checkpoint may be taken before `fire` has raised it. */
  get isBusy(): boolean {
    return this.speaker.isBusy;
  }

  /** Keys that changed since the last `collect`. */
  get dirty(): number {
    return this.ledger.dirty;
  }

  /** Keys in memory, over all stages. */
  get keys(): number {
    return this.ledger.keys;
  }

  /** What changed since it was last asked, and the head. Only while no signal waits for its limit. */
  collect(): Changes & { readonly head: string } {
    if (this.speaker.isBusy) {
      throw new Error("a checkpoint is taken when nothing waits: call fire first");
    }
    this.speaker.spoke = false;
    const inputs = new Map(this.restored.inputs);
    for (const input of this.inputs) inputs.set(inputName(input), input);
    const clocks = new Map(this.layout.clocks.map((clock) => [clock.name, clock.watermark]));
    for (const { clock, input } of this.layout.feeds) clocks.set(feedName(clock), input.watermark);
    return {
      head: writeHead({ clocks, inputs, alerts: this.reader.taken, newest: this.newest, rules: this.speaker.marks }),
      ...this.ledger.collect(),
    };
  }

  /** The store has what was last collected. */
  saved(): void {
    this.ledger.saved();
  }

  /** Lets keys that were not used lately go until at most `most` are in memory; returns how many went. */
  evict(most: number): number {
    const gone = this.ledger.evict(most);
    if (gone > 0) this.agenda.forgetCold();
    return gone;
  }

  private clocksOf(stream: string): readonly Clock[] {
    return this.layout.clocksOf.get(stream) ?? [];
  }

  private isDue(clock: Clock): boolean {
    return clock.timers.next() <= clock.watermark || this.agenda.isBehind() || isBehind(this.layout.feeds);
  }

  /** Fires a clock's first timer; false when its key is not in memory. */
  private fireFirst({ timers }: Clock): boolean {
    const keeper = timers.firstKeeper();
    if (keeper === undefined) return true;
    const first = timers.firstKey();
    const key = first instanceof KeyState && first.kept ? first : keeper.stage.states.get(first?.text ?? "");
    if (key === undefined && !this.ledger.complete) return false;
    const due = timers.next();
    timers.shift();
    // A timer that was armed anew since is not this one.
    if (key !== undefined && key.dueOf(keeper.slot) === due) this.stepper.wake(keeper, key);
    this.ledger.sweep();
    return true;
  }
}

/** Name of the watermark of alerts as one clock reads them. */
function feedName(clock: Clock): string {
  return `alerts of ${clock.name}`;
}
