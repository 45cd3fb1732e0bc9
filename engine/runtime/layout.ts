/**
 * How a plan lies in a task: rules that read the same streams share a clock, rules with the same key set share a keyed
 * stage, and each rule stands in the routes of its streams. Built once; names are the same in every run, so that what
 * was saved is found again.
 */
import { alertsName, takesAlertsOf } from "../compile/alerts.ts";
import type { Plan, PlanRule } from "../compile/plan.ts";
import type { Expression } from "../conditions/expression.ts";
import { type AlertFeed, alertFeed } from "./alert_stream.ts";
import { formerName } from "./changeover.ts";
import { Clock } from "./clock.ts";
import { identify } from "./identity.ts";
import { type Keeper, KeyedStage } from "./keyed.ts";
import { limitKeeper } from "./limiter.ts";
import type { LimitOwner } from "./raise.ts";
import { partNames } from "./saved_state.ts";
import { type Entry, Route } from "./route.ts";
import { sharedTests } from "./shared_where.ts";

export interface Layout {
  readonly clocks: readonly Clock[];
  readonly clocksOf: ReadonlyMap<string, readonly Clock[]>;
  readonly routes: ReadonlyMap<string, Route>;
  readonly stages: ReadonlyMap<string, KeyedStage>;
  readonly keepers: ReadonlyMap<string, Keeper>;
  /** Keepers by the names that their rules had before they were renamed. */
  readonly formers: ReadonlyMap<string, Keeper>;
  /** What keeps the limits of a rule, by the rule's index. */
  readonly limits: readonly Limits[];
  /** Clocks of rules over alerts, those that others feed on first. */
  readonly feeds: readonly AlertFeed[];
}

/** What keeps the limit of a rule, and the limits that customers set for themselves. */
export type Limits = { readonly [Owner in LimitOwner]: Keeper | undefined };

/** Lays a plan out. `stamp` tells one event from the next. */
export function layOut(plan: Plan, stamp: () => number): Layout {
  const builder = new Builder(plan);
  const byStream = new Map<string, Entry[]>();
  const tests = sharedTests(plan, stamp);
  for (const rule of plan.rules) {
    const clock = builder.clockOf(rule);
    const keeper = builder.operatorOf(rule, clock);
    builder.limits.push({ rule: builder.limitOf(rule, clock), customer: builder.customerLimitOf(rule, clock) });
    for (const [inputIndex, input] of rule.compiled.inputs.entries()) {
      const { name } = input.stream;
      const entry = { rule, input, inputIndex, test: tests.get(input), clock, keeper };
      byStream.set(name, [...byStream.get(name) ?? [], entry]);
    }
  }
  const clocksOf = new Map(
    [...plan.streams.keys()].map((stream) => [stream, builder.clocks.filter((clock) => clock.streams.has(stream))]),
  );
  const routes = new Map([...byStream].map(([stream, entries]) => [stream, new Route(entries)]));
  const { clocks, stages, keepers, limits, feeds } = builder;
  return { clocks, clocksOf, routes, stages, keepers, formers: formersOf(keepers), limits, feeds };
}

function formersOf(keepers: ReadonlyMap<string, Keeper>): ReadonlyMap<string, Keeper> {
  const formers = new Map<string, Keeper>();
  for (const [name, keeper] of keepers) {
    const former = formerName(keeper.rule);
    if (former !== undefined) formers.set(former + name.slice(keeper.rule.name.length), keeper);
  }
  return formers;
}

/** Key expressions by stream. */
type KeySet = readonly (readonly [stream: string, parts: readonly Expression[]])[];

class Builder {
  readonly clocks: Clock[] = [];
  readonly stages = new Map<string, KeyedStage>();
  readonly keepers = new Map<string, Keeper>();
  readonly limits: Limits[] = [];
  readonly feeds: AlertFeed[] = [];

  constructor(private readonly plan: Plan) {}

  /** The clock of a rule; what feeds a rule over alerts is laid out before it, and the compiler refused circles. */
  clockOf(rule: PlanRule): Clock {
    const streams = new Set(rule.compiled.inputs.map((input) => input.stream.name));
    const sources = streams.has(alertsName) ? this.sourcesOf(rule) : [];
    const names = [...streams].sort().map((stream) =>
      stream === alertsName ? `${stream}(${sources.map((source) => source.name).join(";")})` : stream
    );
    const name = names.join(",");
    const known = this.clocks.find((clock) => clock.name === name);
    if (known !== undefined) return known;
    const clock = new Clock(name, streams);
    this.clocks.push(clock);
    if (streams.has(alertsName)) this.feeds.push(alertFeed(clock, alertsName, sources));
    return clock;
  }

  /** Clocks of the live rules whose alerts a rule over alerts may take. */
  private sourcesOf(reader: PlanRule): readonly Clock[] {
    const raisers = this.plan.rules.filter((rule) =>
      rule !== reader && rule.compiled.speaks.alerts && rule.text.status === "live" && takesAlertsOf(reader, rule)
    );
    const clocks = new Set(raisers.map((rule) => this.clockOf(rule)));
    return [...clocks].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** What keeps the state of a rule; undefined for a stateless one. */
  operatorOf(rule: PlanRule, clock: Clock): Keeper | undefined {
    const { operator, inputs } = rule.compiled;
    if (operator.codec === undefined) return undefined;
    const keys: KeySet = inputs.map((input) => [input.stream.name, input.key]);
    return this.join(`${rule.name}#${rule.signature}`, rule, operator, clock, keys);
  }

  /** What keeps a rule's limit. */
  limitOf(rule: PlanRule, clock: Clock): Keeper | undefined {
    const { limit } = rule;
    if (limit === undefined) return undefined;
    const keys: KeySet = rule.compiled.inputs.map((input) => [
      input.stream.name,
      "parts" in limit.per ? limit.per.parts.flatMap((part) => input.key[part] ?? []) : limit.per.expressions,
    ]);
    return this.join(`${rule.name}!limit`, rule, limitKeeper, clock, keys);
  }

  /** What keeps limits that customers set: they count by the rule's key. */
  customerLimitOf(rule: PlanRule, clock: Clock): Keeper | undefined {
    const { stateless, keyNames, inputs } = rule.compiled;
    if (!stateless || keyNames.length === 0) return undefined;
    const keys: KeySet = inputs.map((input) => [input.stream.name, input.key]);
    return this.join(`${rule.name}!customer`, rule, limitKeeper, clock, keys);
  }

  private join(
    name: string,
    rule: PlanRule,
    operator: Keeper["operator"],
    clock: Clock,
    keys: KeySet,
  ): Keeper {
    const stage = this.stageOf(rule, keys);
    const keeper = { name, ...partNames(name), rule, operator, clock, stage, slot: stage.keepers.length };
    stage.keepers.push(keeper);
    this.keepers.set(name, keeper);
    return keeper;
  }

  private stageOf(rule: PlanRule, keys: KeySet): KeyedStage {
    const set = keys.map(([stream, parts]) => [stream, ...parts.map((part) => meaningOf(rule, part.canonical))]);
    const name = identify(...set.sort((a, b) => String(a) < String(b) ? -1 : 1)).slice(0, 12);
    let stage = this.stages.get(name);
    if (stage === undefined) this.stages.set(name, stage = new KeyedStage(name, keys[0]?.[1].length ?? 0));
    return stage;
  }
}

/** Equal for expressions that mean the same in the packs of two rules: lists and lookups are those of a pack. */
export function meaningOf(rule: PlanRule, canonical: string): string {
  return /\b(lists|lookup)\./.test(canonical) ? `${rule.text.pack}: ${canonical}` : canonical;
}
