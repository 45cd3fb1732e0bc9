/**
 * filter: one event decides. Stateless: nothing is kept between events, so its alerts may leave at once and are known
 * by the place of their event (semantics.md 32).
 */
import { occasionOf } from "../model/event.ts";
import type { Operator } from "../model/operator.ts";
import type { CompiledRule, Judge, Kind, RuleCompiler } from "./kind.ts";

/** Speaks for every event that the judge finds guilty. */
function filterOperator(judge: Judge, output: "alert" | "record"): Operator {
  return {
    codec: undefined,
    step(_state, event, turn) {
      const severity = judge.judge(turn.scope, turn.undefinedCondition);
      if (severity === undefined) return undefined;
      turn.signal({
        output,
        status: "firing",
        time: event.place.time,
        window: null,
        occasion: occasionOf(event.place),
        episode: undefined,
        severity,
        values: {},
        events: undefined,
        change: event.change,
        scopeValues: [],
        evidence: [event.place],
        evidenceTotal: 1,
      });
      return undefined;
    },
  };
}

function compile(rule: RuleCompiler): CompiledRule | undefined {
  const admitted = rule.inputs();
  if (admitted === undefined) return undefined;
  const vocabulary = rule.vocabulary(admitted.inputs.map((input) => input.stream), { builtins: ["time"] });
  const judge = rule.judge(vocabulary, { required: rule.raw.record === undefined });
  if (judge === undefined) return undefined;
  const records = rule.raw.emit_to !== undefined;
  return {
    ...admitted,
    operator: filterOperator(judge, records ? "record" : "alert"),
    signature: [],
    horizon: 0,
    speaks: { alerts: !records, records },
    vocabulary,
    requires: judge.requires,
    onArrival: false,
    stateless: true,
  };
}

export const filter: Kind = {
  name: "filter",
  summary: "One event decides: alerts for every event that meets a condition.",
  properties: {},
  required: ["on"],
  refuses: ["notify_resolved"],
  example: {
    pack: `pack: example
defaults: { severity: warning }
rules:
  - id: high-amount
    title: A payment above 1,500 EUR
    kind: filter
    on: payments
    when: payment.amount > 1500 && payment.currency == "EUR"
    entities: { payment: payment.payment_id }
`,
    test: `pack: example
start: 2026-01-05T10:00:00Z
defaults:
  payments:
    payment_id: p
    order_id: o
    customer_id: c
    session_id: s
    amount: 20
    currency: EUR
    status: succeeded
    method: card
    provider: stripe
    risk_score: 10
    is_flagged: false
    billing_country: FR
    ip: 192.0.2.1
    ip_country: FR
tests:
  - name: only the amount above the limit alerts
    given:
      - { at: 0s, payments: { payment_id: p1, amount: 1500 } }
      - { at: 1s, payments: { payment_id: p2, amount: 1500.01 } }
    expect:
      - { at: 1s, rule: high-amount, severity: warning, entities: { payment: p2 } }
`,
  },
  compile,
};
