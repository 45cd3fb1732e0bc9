/**
 * Hop 4: looks ahead at an event that will be stepped and names the keys that it will touch and memory lacks, so that a
 * whole slice of events costs one round trip to the store.
 */
import type { Limit } from "../compile/plan.ts";
import type { Stream } from "../model/contract.ts";
import type { Event } from "../model/event.ts";
import type { LookupNeed } from "../model/lookup.ts";
import type { Turn } from "../model/operator.ts";
import type { ThresholdStore } from "../model/threshold.ts";
import type { Value } from "../model/value.ts";
import { encodeKey, type KeyedStage } from "./keyed.ts";
import type { Layout } from "./layout.ts";
import type { Entry } from "./route.ts";
import { addNeeds } from "./rows.ts";
import { storeKey } from "./saved_state.ts";
import type { Stepper } from "./stepper.ts";

export class Scout {
  private into = new Set<string>();
  /** Limits that the rule at hand would ask while it is tried. */
  private readonly asked = { rule: false, customer: false };
  private readonly trial: { -readonly [Name in keyof Turn]: Turn[Name] };

  constructor(private readonly layout: Layout, private readonly stepper: Stepper, thresholds: ThresholdStore) {
    this.trial = {
      scope: stepper.scope,
      key: [],
      input: 0,
      watermark: -Infinity,
      floor: () => -Infinity,
      signal: (signal) => {
        if (signal.output === "alert") this.asked[signal.limit === undefined ? "rule" : "customer"] = true;
      },
      wakeAt: () => {},
      thresholds,
      refuse: () => {},
      undefinedCondition: () => {},
    };
  }

  /** Adds the store keys that an event of a stream will touch and memory lacks. */
  missing(stream: Stream, event: Event, into: Set<string>): void {
    this.into = into;
    this.stepper.show(stream, event);
    this.layout.routes.get(stream.name)?.visit(event, this.look);
    this.stepper.hide(stream);
  }

  /** Adds the rows that rules may look up for an event of a stream. */
  needs(stream: Stream, event: Event, into: Map<string, LookupNeed>): void {
    this.stepper.show(stream, event);
    this.layout.routes.get(stream.name)?.visit(event, ({ rule }) => addNeeds(rule, this.stepper.scope, into));
    this.stepper.hide(stream);
  }

  private readonly look = (entry: Entry, event: Event): void => {
    this.stepper.showRows(entry.rule);
    if (entry.test !== undefined && entry.test(this.stepper.scope) !== true) return;
    const parts = this.stepper.partsOf(entry);
    if (parts === undefined) return;
    if (entry.keeper !== undefined) this.want(entry.keeper.stage, parts);
    const limits = this.layout.limits[entry.rule.index]!;
    if (limits.rule === undefined && limits.customer === undefined) return;
    if (entry.keeper === undefined) this.tryOut(entry, event, parts);
    else this.asked.rule = limits.rule?.stage !== entry.keeper.stage;
    const per = this.asked.rule ? this.perOf(entry.rule.limit, parts) : undefined;
    if (limits.rule !== undefined && per !== undefined) this.want(limits.rule.stage, per);
    if (limits.customer !== undefined && this.asked.customer) this.want(limits.customer.stage, parts);
  };

  /** Steps a stateless rule, which keeps nothing, to see whether it has an alert to raise. */
  private tryOut(entry: Entry, event: Event, key: readonly Value[]): void {
    this.asked.rule = false;
    this.asked.customer = false;
    this.trial.key = key;
    this.trial.input = entry.inputIndex;
    entry.rule.compiled.operator.step(undefined, event, this.trial);
  }

  private perOf(limit: Limit | undefined, key: readonly Value[]): readonly Value[] | undefined {
    if (limit === undefined) return undefined;
    const { per } = limit;
    const values = "parts" in per
      ? per.parts.map((part) => key[part])
      : per.expressions.map((expression) => expression.evaluate(this.stepper.scope));
    const known = values.filter((value) => value !== undefined);
    return known.length === values.length ? known : undefined;
  }

  private want(stage: KeyedStage, parts: readonly Value[]): void {
    const text = encodeKey(parts);
    if (!stage.states.has(text)) this.into.add(storeKey(stage, text));
  }
}
