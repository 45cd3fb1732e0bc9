/** Hop 6: signals into alerts and records. Runs only when a rule has something to say, so it may take its time. */
import type { PlanRule, Speech } from "../compile/plan.ts";
import type { Alert, CriterionResult, OutputRecord } from "../model/alert.ts";
import type { Place } from "../model/event.ts";
import type { CarriedEvents, Signal } from "../model/operator.ts";
import { aliasProperty, createScope, type Scope } from "../model/scope.ts";
import type { Endpoint } from "../model/threshold.ts";
import { formatTime, type Millis } from "../model/time.ts";
import { type Fields, isFields, type Value } from "../model/value.ts";
import type { Lookups } from "../model/lookup.ts";
import type { Privacy } from "../privacy/privacy.ts";
import type { RulePersonal } from "../privacy/trace.ts";
import { identify } from "./identity.ts";
import { holdEpisode, limitDue, type LimitState, pass, releaseEpisode } from "./limiter.ts";
import { rowsOf } from "./rows.ts";

/** Where alerts and records go, and what became of those that do not. */
export interface Outlet {
  /** `endpoint` is a customer's who is told beside the rule's own sinks. */
  readonly alert: (alert: Alert, rule: PlanRule, endpoint?: Endpoint) => void;
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
  /** Treats what leaves; undefined where clear values may be shown. */
  readonly privacy: Privacy | undefined;
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
    const { pack, id: ruleId } = rule.text;
    const { personal } = rule;
    const { privacy } = this.options;
    // Ids are made of clear values, or nobody could tell two keys apart of which nothing is shown.
    const idOf = (...parts: readonly Value[]) =>
      personal?.idField === undefined || privacy === undefined ? identify(...parts) : privacy.identify(parts, identify);
    const id = idOf(pack, ruleId, [...keyParts], [...signal.occasion]);
    if (signal.output === "record") {
      this.record(rule, id, this.said(rule, keyParts, signal, events), signal);
      return true;
    }
    const episode = signal.episode === undefined ? id : idOf(pack, ruleId, [...keyParts], [...signal.episode]);
    const suppressed = this.admit(rule, keyParts, signal, episode);
    if (suppressed === "unknown") return false;
    if (suppressed === undefined) this.outlet.suppressed(rule);
    else {
      const about = rule.compiled.keyNames.length === 0 ? this.entities(rule.speech) : keyOf(rule, keyParts);
      const fingerprint = idOf(pack, ruleId, about);
      const named = {
        id: signal.status === "firing" ? id : idOf(episode, "resolved"),
        episode,
        suppressed,
        fingerprint,
      };
      const alert = this.alert(rule, named, this.said(rule, keyParts, signal, events), signal);
      this.outlet.alert(privacy === undefined ? alert : privacy.alert(alert), rule, signal.endpoint);
    }
    return true;
  }

  /**
   * What is said of a signal, over events as they may leave. Criteria are decided on clear values before, which `matched`
   * keeps for the message.
   */
  private said(rule: PlanRule, keyParts: readonly Value[], signal: Signal, events: CarriedEvents): Said {
    const { speech, personal } = rule;
    const { privacy } = this.options;
    const criteria = signal.criteria ?? (signal.output === "alert" ? this.criteria(speech) : []);
    if (personal === undefined || privacy === undefined) {
      const key = keyOf(rule, keyParts);
      return { key, entities: this.entities(speech), criteria, values: signal.values, events };
    }
    const shown = this.covered(rule, personal, privacy, signal, events);
    return {
      key: keyOf(rule, privacy.keyParts(personal, keyParts)),
      entities: this.entities(speech),
      criteria: privacy.criteria(personal, criteria),
      values: privacy.values(personal, signal.values),
      events: shown,
    };
  }

  /** Fills the scope with what may be shown, and returns the events of it. */
  private covered(
    { compiled, lookups }: PlanRule,
    personal: RulePersonal,
    privacy: Privacy,
    signal: Signal,
    events: CarriedEvents,
  ): CarriedEvents {
    // Rows are found by clear values, and while these are in the scope.
    const rows = Object.fromEntries(lookups.map(({ name }) => [name, this.scope.lookup[name]]));
    const shown = privacy.events(personal, events);
    this.show(signal, shown);
    this.scope.lookup = rows;
    this.scope.change = privacy.change(personal, signal.change);
    const names = Object.entries(compiled.vocabulary.values);
    const values = [...signal.scopeValues];
    for (const [name, { index }] of names) {
      const value = values[index];
      if (value !== undefined) values[index] = privacy.values(personal, { [name]: value })[name];
    }
    this.scope.values = values;
    return shown;
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
        const value = attempt(() => expression.evaluate(this.scope));
        if (value === undefined) continue;
        entities[name] = value;
        break;
      }
    }
    return entities;
  }

  private alert(
    rule: PlanRule,
    named: { id: string; episode: string; suppressed: number; fingerprint: string },
    { key, entities, criteria, values, events }: Said,
    signal: Signal,
  ): Alert {
    const { text, speech } = rule;
    const time = formatTime(signal.time);
    const { id, episode, suppressed, fingerprint } = named;
    return {
      id,
      fingerprint,
      episode,
      status: signal.status,
      pack: text.pack,
      rule: text.id,
      revision: rule.revision,
      kind: text.kind,
      severity: signal.severity,
      title: text.title,
      message: this.message(rule),
      key,
      entities,
      criteria,
      values,
      ...(signal.approximate === undefined ? {} : { approximate: signal.approximate }),
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

  private message({ speech, text, personal }: PlanRule): string {
    const render = () => speech.message?.render(this.scope) ?? text.title;
    return personal === undefined ? render() : attempt(render) ?? text.title;
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

  private record(rule: PlanRule, id: string, said: Said, signal: Signal): void {
    const own = rule.speech.record === undefined ? undefined : Object.fromEntries(
      rule.speech.record.map(({ name, expression }) => [name, attempt(() => expression.evaluate(this.scope)) ?? null]),
    );
    const { privacy } = this.options;
    const values = signal.extends === true ? { ...said.values, ...own } : own ?? said.values;
    for (const output of rule.speech.outputs) {
      const record: OutputRecord = {
        id,
        output,
        pack: rule.text.pack,
        rule: rule.text.id,
        key: said.key,
        entities: said.entities,
        window: windowOf(signal),
        event_time: formatTime(signal.time),
        values,
        ...(signal.approximate === undefined ? {} : { approximate: signal.approximate }),
      };
      this.outlet.record(privacy === undefined ? record : privacy.record(record), rule);
    }
  }
}

/** The parts of an alert or a record that show what events held. */
interface Said {
  readonly key: Fields;
  readonly entities: Fields;
  readonly criteria: readonly CriterionResult[];
  readonly values: Fields;
  readonly events: CarriedEvents;
}

function keyOf({ compiled }: PlanRule, parts: readonly Value[]): Fields {
  return Object.fromEntries(compiled.keyNames.map((name, i) => [name, parts[i] ?? null]));
}

/** Code is compiled for the types of a contract; over a field that is dropped it may fail, and then has no value. */
function attempt<T>(evaluate: () => T): T | undefined {
  try {
    return evaluate();
  } catch {
    return undefined;
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
