/**
 * Hop 5: admits an event to rules, finds the state of its key, steps the operator, wakes it when a timer is due. One
 * scope and one turn are refilled for every call, so that an event that only updates state allocates nothing here.
 */
import type { Plan, PlanRule } from "../compile/plan.ts";
import type { Stream } from "../model/contract.ts";
import type { Event } from "../model/event.ts";
import type { CarriedEvents, Signal, Turn } from "../model/operator.ts";
import type { Lookups } from "../model/lookup.ts";
import { aliasProperty, createScope, type Scope } from "../model/scope.ts";
import type { ThresholdStore } from "../model/threshold.ts";
import type { Millis } from "../model/time.ts";
import type { Value } from "../model/value.ts";
import type { Agenda } from "./agenda.ts";
import type { Clock } from "./clock.ts";
import type { RuleCounts } from "./counts.ts";
import { encodeKey, type Keeper, type KeyedStage, type KeyState } from "./keyed.ts";
import type { Ledger } from "./ledger.ts";
import type { Entry } from "./route.ts";
import { rowsOf } from "./rows.ts";

/** What a rule saw at a moment: enough to raise it then or later. */
export interface Seen {
  readonly rule: PlanRule;
  readonly key: readonly Value[];
  readonly signal: Signal;
  readonly events: CarriedEvents;
}

export interface StepperPorts {
  readonly ledger: Ledger;
  readonly agenda: Agenda;
  readonly counts: readonly RuleCounts[];
  readonly thresholds: ThresholdStore;
  readonly lookups: Lookups;
  readonly seen: (seen: Seen) => void;
}

export class Stepper {
  /** Number of the event at hand. */
  stamp = 0;
  /** A window refused the event at hand. */
  refused = false;
  readonly scope: Scope;
  private readonly turn: Turn & { input: number; watermark: Millis };
  /** Rows of each rule, where some rule reads one. */
  private readonly rows: ReturnType<typeof rowsOf>;
  private rule: PlanRule | undefined;
  private clock: Clock | undefined;
  private armedDue: Millis = Infinity;
  /** Parts of the key at hand; undefined while those of `woken` were not asked for. */
  private keyParts: readonly Value[] | undefined = undefined;
  private woken: KeyState | undefined;
  private alias = "";
  private data: Event["data"] | undefined;

  constructor(plan: Plan, private readonly ports: StepperPorts) {
    this.scope = createScope(plan.aliases);
    this.rows = rowsOf(plan.rules, ports.lookups, this.scope);
    const parts = () => this.parts();
    this.turn = {
      scope: this.scope,
      get key() {
        return parts();
      },
      input: 0,
      watermark: -Infinity,
      floor: () => this.clock?.floor() ?? -Infinity,
      signal: (signal) => this.signal(signal),
      wakeAt: (due) => {
        if (due < this.armedDue) this.armedDue = due;
      },
      thresholds: ports.thresholds,
      refuse: () => {
        this.refused = true;
      },
      undefinedCondition: () => {
        if (this.rule !== undefined) ports.counts[this.rule.index]!.undefinedConditions++;
      },
    };
  }

  /** Puts an event where expressions look for it. */
  show(stream: Stream, event: Event): void {
    this.stamp++;
    this.refused = false;
    this.alias = stream.alias;
    this.data = event.data;
    this.scope[aliasProperty(stream.alias)] = event.data;
    this.scope.time = event.place.time;
    this.scope.change = event.change;
  }

  /** Takes the event at hand away again. */
  hide(stream: Stream): void {
    this.scope[aliasProperty(stream.alias)] = undefined;
    this.data = undefined;
  }

  /** Puts the rows of a rule where its expressions look for them. */
  showRows(rule: PlanRule): void {
    if (this.rows !== undefined) this.scope.lookup = this.rows[rule.index]!;
  }

  /** One rule takes the event at hand, when its `where` and its key admit it. */
  readonly visit = (entry: Entry, event: Event): void => {
    this.showRows(entry.rule);
    if (entry.test !== undefined && entry.test(this.scope) !== true) return;
    const { rule, keeper } = entry;
    const counts = this.ports.counts[rule.index]!;
    const key = keeper === undefined ? undefined : this.keyAt(entry, keeper.stage);
    const parts = keeper === undefined ? this.partsOf(entry) : key && keeper.stage.parts;
    if (parts === undefined) {
      counts.missingKeys++;
      return;
    }
    counts.events++;
    this.turn.input = entry.inputIndex;
    this.begin(rule, entry.clock);
    this.keyParts = parts;
    const { operator } = rule.compiled;
    if (keeper === undefined || key === undefined) operator.step(undefined, event, this.turn);
    else this.put(keeper, key, operator.step(key.stateOf(keeper.slot), event, this.turn), key.dueOf(keeper.slot));
  };

  /** Wakes a keeper for a key whose timer has come. */
  wake(keeper: Keeper, key: KeyState): void {
    const state = key.stateOf(keeper.slot);
    const { operator, clock, rule } = keeper;
    key.setDue(keeper.slot, Infinity);
    if (state === undefined || operator.wake === undefined) return;
    this.begin(rule, clock);
    this.keyParts = undefined;
    this.woken = key;
    this.showRows(rule);
    this.put(keeper, key, operator.wake(state, clock.watermark, this.turn), Infinity);
    // An operator that decides without an event puts carried ones in its place.
    for (const input of rule.compiled.inputs) this.scope[aliasProperty(input.stream.alias)] = undefined;
  }

  private begin(rule: PlanRule, clock: Clock): void {
    this.rule = rule;
    this.clock = clock;
    this.turn.watermark = clock.watermark;
    this.armedDue = Infinity;
  }

  /** Keeps what an operator returned, and arms its timer when it asked to be woken earlier than it is to be. */
  private put(keeper: Keeper, key: KeyState, state: unknown, armed: Millis): void {
    const before = key.stateOf(keeper.slot);
    key.keep(keeper.slot, state);
    if (state === undefined) key.setDue(keeper.slot, Infinity);
    else if (this.armedDue < armed) this.ports.agenda.arm(keeper, key, this.armedDue);
    this.ports.ledger.note(key, keeper.slot, before);
  }

  /** The state of the event's key, evaluated once per stage; undefined when a part of the key is missing. */
  private keyAt(entry: Entry, stage: KeyedStage): KeyState | undefined {
    if (stage.stamp === this.stamp) return stage.current;
    stage.stamp = this.stamp;
    const parts = this.partsOf(entry);
    stage.parts = parts ?? noKey;
    stage.current = parts === undefined ? undefined : this.stateAt(stage, parts);
    return stage.current;
  }

  /** The state of a key. Throws when memory does not hold every key and this one was not loaded: a fault of the loop. */
  private stateAt(stage: KeyedStage, parts: readonly Value[]): KeyState {
    const text = encodeKey(parts);
    const known = stage.states.get(text);
    if (known !== undefined) return known;
    if (!this.ports.ledger.complete) throw new Error(`the state of a key of stage ${stage.name} was not loaded`);
    return stage.make(text);
  }

  /** Values of the key's parts; undefined when one is missing: the event does not enter the rule (language.md §2). */
  partsOf(entry: Entry): readonly Value[] | undefined {
    const { key } = entry.input;
    if (key.length === 0) return noKey;
    const first = key[0]!.evaluate(this.scope);
    if (first === undefined) return undefined;
    const parts: Value[] = [first];
    for (let i = 1; i < key.length; i++) {
      const value = key[i]!.evaluate(this.scope);
      if (value === undefined) return undefined;
      parts.push(value);
    }
    return parts;
  }

  /** The key at hand; that of a woken state is read when it is asked for, which few wake-ups do. */
  private parts(): readonly Value[] {
    return this.keyParts ??= this.woken?.parts() ?? noKey;
  }

  private signal(signal: Signal): void {
    if (this.rule === undefined) return;
    this.ports.counts[this.rule.index]!.matched++;
    const events = this.data === undefined ? noEvents : { [this.alias]: this.data };
    this.ports.seen({ rule: this.rule, key: this.parts(), signal, events });
  }
}

const noKey: readonly Value[] = [];
const noEvents: CarriedEvents = {};
