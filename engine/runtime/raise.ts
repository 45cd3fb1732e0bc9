/** Hop 6: signals into alerts and records. Runs only when a rule has something to say, so it may take its time. */
import type { PlanRule, Speech } from "../compile/plan.ts";
import type { Alert, CriterionResult, OutputRecord } from "../model/alert.ts";
import type { Place } from "../model/event.ts";
import type { CarriedEvents, Signal } from "../model/operator.ts";
import { aliasProperty, createScope, type Scope } from "../model/scope.ts";
import { formatTime, type Millis } from "../model/time.ts";
import { type Fields, isFields, type Value } from "../model/value.ts";
import type { Lookups } from "../model/lookup.ts";
import { identify } from "./identity.ts";
import { holdEpisode, limitDue, type LimitState, pass, releaseEpisode } from "./limiter.ts";
import { rowsOf } from "./rows.ts";

/** Where alerts and records go, and what became of those that do not. */
export interface Outlet {
  readonly alert: (alert: Alert, rule: PlanRule) => void;
  readonly record: (record: OutputRecord, rule: PlanRule) => void;
  readonly suppressed: (rule: PlanRule) => void;
}

/** Which limit of a rule counts: its own, or those that customers set for themselves. */
export type LimitOwner = "rule" | "customer";

/**
 * Finds the state of a rule's limit, which is about to change and need not be looked at before `due`; undefined while it
 * is not in memory.
 */
export type FindLimit = (
  rule: PlanRule,
  owner: LimitOwner,
  per: readonly Value[],
  due: Millis,
) => LimitState | undefined;

export interface RaiseOptions {
  readonly aliases: readonly string[];
  readonly rules: readonly PlanRule[];
  readonly lookups: Lookups;
  /** Wall clock for `detected_at`; undefined in tests and replay, where it is the event time (semantics.md 29). */
  readonly now: (() => Millis) | undefined;
}

/** Turns the signals of all rules of a task into alerts and records. */
export class Raiser {
  private readonly scope: Scope;
  private readonly rows: ReturnType<typeof rowsOf>;

  constructor(
    private readonly outlet: Outlet,
    private readonly limitOf: FindLimit,
    private readonly options: RaiseOptions,
  ) {
    this.scope = createScope(options.aliases);
    this.rows = rowsOf(options.rules, options.lookups, this.scope);
  }

  /**
   * Raises one signal of a rule for a key; `event` holds the event being stepped, by alias. Returns false, having done
   * nothing, when the state of the rule's limit is not in memory.
   */
  raise(rule: PlanRule, keyParts: readonly Value[], signal: Signal, event: CarriedEvents): boolean {
    const events = signal.events ?? event;
    this.show(signal, events);
    if (this.rows !== undefined) this.scope.lookup = this.rows[rule.index]!;
    const key = Object.fromEntries(rule.compiled.keyNames.map((name, i) => [name, keyParts[i] ?? null]));
    const entities = this.entities(rule.speech);
    if (signal.output === "record") {
      this.record(rule, keyParts, key, entities, signal);
      return true;
    }
    const id = identify(rule.text.pack, rule.text.id, [...keyParts], [...signal.occasion]);
    const episode = signal.episode === undefined
      ? id
      : identify(rule.text.pack, rule.text.id, [...keyParts], [...signal.episode]);
    const suppressed = this.admit(rule, keyParts, signal, episode);
    if (suppressed === "unknown") return false;
    if (suppressed === undefined) this.outlet.suppressed(rule);
    else {
      const named = { id: signal.status === "firing" ? id : identify(episode, "resolved"), episode, suppressed };
      this.outlet.alert(this.alert(rule, named, { key, entities, events }, signal), rule);
    }
    return true;
  }

  /** Puts the signal's events where expressions look for them. */
  private show(signal: Signal, events: CarriedEvents): void {
    for (const alias of this.options.aliases) this.scope[aliasProperty(alias)] = events[alias];
    this.scope.time = signal.time;
    this.scope.change = signal.change;
    this.scope.values = signal.scopeValues;
    this.scope.score = signal.score ?? 0;
    this.scope.decision = signal.decision ?? "";
  }

  /** Alerts held back since the last one, undefined when this one is, `unknown` while the limit's state is not at hand. */
  private admit(
    rule: PlanRule,
    key: readonly Value[],
    signal: Signal,
    episode: string,
  ): number | undefined | "unknown" {
    const limit = signal.limit ?? rule.limit;
    const owner = signal.limit === undefined ? "rule" : "customer";
    const per = owner === "customer" ? key : this.per(rule, key);
    if (limit === undefined || per === undefined) return 0;
    const state = this.limitOf(rule, owner, per, limitDue(signal.time, limit.every));
    if (state === undefined) return "unknown";
    if (signal.status === "resolved") return releaseEpisode(state, episode) ? undefined : 0;
    const suppressed = pass(state, signal.limit?.name ?? "", limit, signal.time);
    const begins = signal.episode === undefined && rule.text.raw.notify_resolved === true;
    if (suppressed !== undefined || begins) holdEpisode(state, episode, suppressed === undefined);
    return suppressed;
  }

  /** What the limit counts by; undefined when a part has no value, which passes. */
  private per(rule: PlanRule, key: readonly Value[]): readonly Value[] | undefined {
    const per = rule.limit?.per;
    if (per === undefined) return key;
    const values = "parts" in per
      ? per.parts.map((part) => key[part])
      : per.expressions.map((expression) => expression.evaluate(this.scope));
    const known = values.filter((value) => value !== undefined);
    return known.length === values.length ? known : undefined;
  }

  private entities(speech: Speech): Fields {
    const entities: Record<string, Value> = {};
    for (const { name, expressions } of speech.entities) {
      for (const expression of expressions) {
        const value = expression.evaluate(this.scope);
        if (value === undefined) continue;
        entities[name] = value;
        break;
      }
    }
    return entities;
  }

  private alert(
    rule: PlanRule,
    { id, episode, suppressed }: { id: string; episode: string; suppressed: number },
    { key, entities, events }: { key: Fields; entities: Fields; events: CarriedEvents },
    signal: Signal,
  ): Alert {
    const { text, speech } = rule;
    const time = formatTime(signal.time);
    const criteria = signal.criteria ?? this.criteria(speech);
    return {
      id,
      fingerprint: identify(text.pack, text.id, rule.compiled.keyNames.length === 0 ? entities : key),
      episode,
      status: signal.status,
      pack: text.pack,
      rule: text.id,
      revision: rule.revision,
      kind: text.kind,
      severity: signal.severity,
      title: text.title,
      message: speech.message?.render(this.scope) ?? text.title,
      key,
      entities,
      criteria,
      values: signal.values,
      window: windowOf(signal),
      event_time: time,
      detected_at: this.options.now === undefined ? time : formatTime(this.options.now()),
      evidence: signal.evidence.map(describePlace),
      evidence_total: signal.evidenceTotal,
      context: contextOf(speech, events),
      suppressed,
      shadow: text.status === "shadow",
      labels: speech.labels,
      runbook: speech.runbook ?? null,
    };
  }

  /** Evaluates the rule's criteria again, this time with the values they read. */
  private criteria(speech: Speech): CriterionResult[] {
    let matched = 0;
    const results = speech.criteria.map(({ name, condition }) => {
      const met = condition.test(this.scope) === true;
      if (met) matched++;
      const values = Object.fromEntries(
        condition.reads.map((read) => [read.path.join("."), read.evaluate(this.scope) ?? null]),
      );
      return { name, matched: met, expression: condition.source, values };
    });
    this.scope.matched = matched;
    return results;
  }

  private record(rule: PlanRule, keyParts: readonly Value[], key: Fields, entities: Fields, signal: Signal): void {
    const own = rule.speech.record === undefined ? undefined : Object.fromEntries(
      rule.speech.record.map(({ name, expression }) => [name, expression.evaluate(this.scope) ?? null]),
    );
    const { pack, id } = rule.text;
    const values = signal.extends === true ? { ...signal.values, ...own } : own ?? signal.values;
    for (const output of rule.speech.outputs) {
      this.outlet.record({
        id: identify(pack, id, [...keyParts], [...signal.occasion]),
        output,
        pack,
        rule: id,
        key,
        entities,
        window: windowOf(signal),
        event_time: formatTime(signal.time),
        values,
      }, rule);
    }
  }
}

function windowOf(signal: Signal): Alert["window"] {
  if (signal.window === null) return null;
  return { start: formatTime(signal.window.start), end: formatTime(signal.window.end) };
}

function describePlace({ stream, topic, partition, offset, time }: Place): Alert["evidence"][number] {
  return { stream, topic, partition, offset, time: formatTime(time) };
}

function contextOf(speech: Speech, events: CarriedEvents): Fields {
  const { context } = speech;
  if (context === undefined) return {};
  const shown: Record<string, Value> = {};
  for (const [alias, data] of Object.entries(events)) {
    if (data === undefined) continue;
    const fields = context === "event"
      ? Object.entries(data)
      : Object.entries(data).filter(([name]) => context.includes(name));
    if (isFields(data)) shown[alias] = Object.fromEntries(fields);
  }
  return shown;
}
