/**
 * Hop 4: looks ahead at an event that will be stepped and names the keys that it will touch and memory lacks, so that a
 * whole slice of events costs one round trip to the store.
 */
import type { Limit } from "../compile/plan.ts";
import type { Stream } from "../model/contract.ts";
import type { Event } from "../model/event.ts";
import type { Turn } from "../model/operator.ts";
import type { ThresholdStore } from "../model/threshold.ts";
import type { Value } from "../model/value.ts";
import { encodeKey, type KeyedStage } from "./keyed.ts";
import type { Layout } from "./layout.ts";
import type { Entry } from "./route.ts";
import { storeKey } from "./saved_state.ts";
import type { Stepper } from "./stepper.ts";

export class Scout {
  private into = new Set<string>();
  /** A stateless operator has spoken while it was tried. */
  private spoke = false;
  private readonly trial: { -readonly [Name in keyof Turn]: Turn[Name] };

  constructor(private readonly layout: Layout, private readonly stepper: Stepper, thresholds: ThresholdStore) {
    this.trial = {
      scope: stepper.scope,
      key: [],
      input: 0,
      watermark: -Infinity,
      floor: () => -Infinity,
      signal: (signal) => {
        if (signal.output === "alert") this.spoke = true;
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

  private readonly look = (entry: Entry, event: Event): void => {
    if (entry.test !== undefined && entry.test(this.stepper.scope) !== true) return;
    const parts = this.stepper.partsOf(entry);
    if (parts === undefined) return;
    if (entry.keeper !== undefined) this.want(entry.keeper.stage, parts);
    const limit = this.layout.limits[entry.rule.index];
    if (limit === undefined || limit.stage === entry.keeper?.stage) return;
    if (entry.keeper === undefined && !this.speaks(entry, event, parts)) return;
    const per = this.perOf(entry.rule.limit, parts);
    if (per !== undefined) this.want(limit.stage, per);
  };

  /** Whether a stateless rule has an alert to raise: it keeps nothing, so it can be tried. */
  private speaks(entry: Entry, event: Event, key: readonly Value[]): boolean {
    this.spoke = false;
    this.trial.key = key;
    this.trial.input = entry.inputIndex;
    entry.rule.compiled.operator.step(undefined, event, this.trial);
    return this.spoke;
  }

  private perOf(limit: Limit | undefined, key: readonly Value[]): readonly Value[] | undefined {
    if (limit === undefined) return key;
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
