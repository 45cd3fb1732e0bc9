/** rollup: the threshold kind's window and aggregates, written as one record per key and window when it closes. */
import { aggregateSchema, compileMeasures } from "../operators/measures_of_rule.ts";
import { windowOperator } from "../operators/mod.ts";
import { compileWindow } from "../operators/window_of_rule.ts";
import { windowSchema } from "../windows/mod.ts";
import type { CompiledRule, Judge, Kind, RuleCompiler } from "./kind.ts";

/** A rollup judges nothing: every window that an event entered is recorded. */
const always: Judge = { judge: () => "info", requires: [] };

function compile(rule: RuleCompiler): CompiledRule | undefined {
  const admitted = rule.inputs();
  const window = compileWindow(rule, "on_close");
  if (admitted === undefined || window === undefined) return undefined;
  const streams = admitted.inputs.map((input) => input.stream);
  const measures = compileMeasures(rule, ["aggregate"], streams, window.window);
  if (measures === undefined) return undefined;
  const vocabulary = rule.vocabulary(streams, { values: measures.vocabulary, builtins: ["time"] });
  return {
    ...admitted,
    operator: windowOperator({
      window: window.window,
      emit: "on_close",
      output: "record",
      measures,
      judge: always,
      recover: undefined,
      row: 1,
      resolves: false,
      carry: rule.carry(vocabulary),
    }),
    signature: [window.signature, measures.signature],
    horizon: window.horizon,
    speaks: { alerts: false, records: true },
    vocabulary,
    onArrival: false,
    stateless: false,
  };
}

export const rollup: Kind = {
  name: "rollup",
  summary: "Aggregates over a window per key, written as a record to sinks when the window closes.",
  properties: { window: windowSchema(), aggregate: aggregateSchema },
  required: ["on", "window", "aggregate", "emit_to"],
  refuses: ["when", "criteria", "severity", "limit", "notify_resolved"],
  example: {
    pack: `pack: example
rules:
  - id: currency-1m
    title: Payments a minute by currency
    kind: rollup
    on: payments
    key: payment.currency
    window: { tumbling: 1m }
    aggregate: { volume: sum(payment.amount), count: count() }
    emit_to: payment_stats
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
  - name: a minute of payments is one record
    given:
      - { at: 0s, payments: { currency: EUR, amount: 20 }, repeat: 3, every: 10s }
      - { at: 60s, advance: true }
    expect: []
    records:
      - { at: 60s, rule: currency-1m, output: payment_stats, key: { currency: EUR }, values: { volume: 60, count: 3 } }
`,
  },
  compile,
};
