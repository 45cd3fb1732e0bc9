/**
 * score: weighted evidence to a decision (semantics.md 27). Every event is one decision: it counts in its own features,
 * points add up, the first decision that holds wins; a record of each, an alert of those that `alert_on` names.
 */
import type { Condition, Expression, Vocabulary } from "../conditions/expression.ts";
import type { Stream } from "../model/contract.ts";
import { type Event, occasionOf } from "../model/event.ts";
import type { Operator, Turn } from "../model/operator.ts";
import { nearest } from "../model/problem.ts";
import { kindProblems } from "../model/problems/kinds.ts";
import type { Scope } from "../model/scope.ts";
import { numberType } from "../model/type.ts";
import { isFields, type Value } from "../model/value.ts";
import { compileFeatures, type Features } from "../operators/features.ts";
import type { CompiledRule, Judge, Kind, RuleCompiler } from "./kind.ts";

interface Points {
  readonly name: string;
  readonly when: Condition;
  readonly add: Expression;
}

interface Decision {
  readonly name: string;
  readonly holds: Condition;
}

interface ScoreRule {
  readonly features: Features;
  readonly points: readonly Points[];
  readonly decisions: readonly Decision[];
  readonly alertOn: ReadonlySet<string>;
  readonly records: boolean;
  readonly judge: Judge;
}

/** A point that added, as the alert shows it. */
interface Reason {
  readonly points: Points;
  readonly added: number;
}

function scoreOperator(rule: ScoreRule): Operator {
  return {
    ...rule.features.keeper,
    step(given, event, turn) {
      const state = rule.features.keeper.step(given, event, turn);
      const reasons = addPoints(rule, turn);
      turn.scope.decision = decisionOf(rule, turn);
      if (rule.records) record(rule, reasons, event, turn);
      if (rule.alertOn.has(turn.scope.decision)) alert(rule, reasons, event, turn);
      return state;
    },
  };
}

/** Adds the points whose condition holds to `scope.score`; those without a value add nothing. */
function addPoints(rule: ScoreRule, { scope, undefinedCondition }: Turn): Reason[] {
  const reasons: Reason[] = [];
  let score = 0;
  for (const points of rule.points) {
    const holds = points.when.test(scope);
    if (holds === undefined) undefinedCondition();
    const added = holds === true ? points.add.evaluate(scope) : 0;
    if (typeof added !== "number" || added === 0) continue;
    score += added;
    reasons.push({ points, added });
  }
  scope.score = score;
  return reasons;
}

function decisionOf(rule: ScoreRule, { scope, undefinedCondition }: Turn): string {
  for (const { name, holds } of rule.decisions) {
    const held = holds.test(scope);
    if (held === true) return name;
    if (held === undefined) undefinedCondition();
  }
  return "";
}

function record(rule: ScoreRule, reasons: readonly Reason[], event: Event, turn: Turn): void {
  const { scope } = turn;
  turn.signal({
    ...saying(rule, event, turn),
    output: "record",
    severity: "info",
    extends: true,
    values: {
      score: scope.score,
      ...rule.features.fields(),
      decision: scope.decision === "" ? null : scope.decision,
      reasons: reasons.map(({ points }) => points.name),
    },
  });
}

function alert(rule: ScoreRule, reasons: readonly Reason[], event: Event, turn: Turn): void {
  const { scope } = turn;
  const severity = rule.judge.judge(scope, turn.undefinedCondition);
  if (severity === undefined) return;
  turn.signal({
    ...saying(rule, event, turn),
    output: "alert",
    severity,
    values: { score: scope.score, ...rule.features.fields() },
    criteria: reasons.map(({ points }) => describe(points, scope)),
  });
}

function describe({ name, when }: Points, scope: Scope) {
  const values = Object.fromEntries(when.reads.map((read) => [read.path.join("."), read.evaluate(scope) ?? null]));
  return { name, matched: true, expression: when.source, values };
}

function saying(rule: ScoreRule, event: Event, turn: Turn) {
  return {
    status: "firing" as const,
    time: event.place.time,
    window: null,
    occasion: occasionOf(event.place),
    episode: undefined,
    events: undefined,
    change: event.change,
    ...rule.features.mark(),
    scopeValues: rule.features.values(),
    score: turn.scope.score,
    decision: turn.scope.decision,
    evidence: [event.place],
    evidenceTotal: 1,
  };
}

function compile(rule: RuleCompiler): CompiledRule | undefined {
  const admitted = rule.inputs();
  if (admitted === undefined) return undefined;
  const streams = admitted.inputs.map((input) => input.stream);
  const features = compileFeatures(rule, streams);
  if (features === undefined) return undefined;
  const points = compilePoints(rule, streams, features);
  const scored = rule.vocabulary(streams, { values: features.vocabulary, builtins: ["time", "score"] });
  const decisions = compileDecisions(rule, scored);
  const vocabulary: Vocabulary = { ...scored, builtins: [...scored.builtins, "decision"] };
  const alertOn = compileAlertOn(rule, decisions ?? []);
  const judge = rule.judge(vocabulary, { required: false, graded: alertOn.size > 0 });
  if (points === undefined || decisions === undefined || judge === undefined) return undefined;
  const records = rule.raw.emit_to !== undefined;
  return {
    ...admitted,
    operator: scoreOperator({ features, points, decisions, alertOn, records, judge }),
    signature: [features.signature],
    horizon: features.horizon,
    speaks: { alerts: alertOn.size > 0, records },
    vocabulary,
    onArrival: true,
    stateless: false,
  };
}

function compilePoints(
  rule: RuleCompiler,
  streams: readonly Stream[],
  features: Features,
): readonly Points[] | undefined {
  const raw = rule.raw.points;
  if (!isFields(raw)) return [];
  const vocabulary = rule.vocabulary(streams, { values: features.vocabulary, builtins: ["time"] });
  const points = Object.keys(raw).map((name) => {
    const when = rule.condition(["points", name, "when"], vocabulary);
    const add = rule.expression(["points", name, "add"], vocabulary, [numberType.kind]);
    return when === undefined || add === undefined ? undefined : { name, when, add };
  });
  const sound = points.filter((one) => one !== undefined);
  return sound.length === points.length ? sound : undefined;
}

function compileDecisions(rule: RuleCompiler, vocabulary: Vocabulary): readonly Decision[] | undefined {
  const raw = rule.raw.decisions;
  if (!isFields(raw)) return [];
  const decisions = Object.keys(raw).map((name) => {
    const holds = rule.condition(["decisions", name], vocabulary);
    return holds === undefined ? undefined : { name, holds };
  });
  const sound = decisions.filter((one) => one !== undefined);
  const last = sound[sound.length - 1];
  if (sound.length < decisions.length) return undefined;
  if (last !== undefined && last.holds.constant !== true) {
    rule.report(kindProblems.openDecisions, ["decisions", last.name], { last: last.name }, "key");
  }
  return sound;
}

function compileAlertOn(rule: RuleCompiler, decisions: readonly Decision[]): ReadonlySet<string> {
  const raw: Value = rule.raw.alert_on ?? [];
  const names = (Array.isArray(raw) ? raw : [raw]).map(String);
  const known = decisions.map((decision) => decision.name);
  for (const [i, decision] of names.entries()) {
    if (known.includes(decision) || known.length === 0) continue;
    const path = Array.isArray(raw) ? ["alert_on", i] : ["alert_on"];
    rule.report(kindProblems.unknownDecision, path, { decision, nearest: nearest(decision, known), known });
  }
  return new Set(names);
}

export const score: Kind = {
  name: "score",
  summary: "Weighted evidence to a decision: a record of every event, alerts of the decisions that matter.",
  properties: {
    features: {
      type: "object",
      description: "Name → expression, or `{ window, value }` with an aggregate over a sliding window.",
      additionalProperties: {
        anyOf: [{ type: ["string", "number", "boolean"] }, {
          type: "object",
          required: ["value"],
          additionalProperties: false,
          properties: { window: { type: "object" }, value: { type: ["string", "number", "boolean", "object"] } },
        }],
      },
    },
    points: {
      type: "object",
      description: "Name → what adds to the score, and how much.",
      additionalProperties: {
        type: "object",
        required: ["when", "add"],
        additionalProperties: false,
        properties: { when: { $ref: "#/$defs/condition" }, add: { type: ["number", "string"] } },
      },
    },
    decisions: {
      type: "object",
      minProperties: 1,
      description: "Name → condition, in order: the first that holds wins.",
      additionalProperties: { $ref: "#/$defs/condition" },
    },
    alert_on: {
      anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }],
      description: "Decisions that alert.",
    },
  },
  required: ["on", "key", "points", "decisions"],
  refuses: ["notify_resolved"],
  example: {
    pack: `pack: example
defaults: { severity: critical }
rules:
  - id: transaction-score
    title: A transaction scored too high
    kind: score
    on: transactions
    key: tx.user_id
    features:
      tx_count_1h: { window: { sliding: 1h }, value: count() }
    points:
      velocity: { when: tx_count_1h > 2, add: 30 }
      large: { when: tx.amount > 1000, add: 40 }
    decisions: { block: score >= 60, allow: true }
    emit_to: transactions_scored
    alert_on: block
`,
    test: `pack: example
start: 2026-01-05T10:00:00Z
defaults:
  transactions: { tx_id: t, merchant_id: m, currency: EUR, country: FR }
tests:
  - name: the third, large transaction is blocked
    given:
      - { at: 0s, transactions: { user_id: u1, amount: 10 }, repeat: 2, every: 1s }
      - { at: 5s, transactions: { user_id: u1, amount: 2000 } }
    expect:
      - { at: 5s, rule: transaction-score, values: { score: 70, tx_count_1h: 3 } }
    records:
      - { at: 0s, values: { score: 0, decision: allow, reasons: [] } }
      - { at: 1s, values: { score: 0, decision: allow } }
      - { at: 5s, values: { score: 70, decision: block, reasons: [velocity, large] } }
`,
  },
  compile,
};
