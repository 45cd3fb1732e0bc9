/** threshold: aggregates over a window per key, judged by a condition. */
import { aggregateSchema, compileMeasures } from "../operators/measures_of_rule.ts";
import { windowOperator } from "../operators/mod.ts";
import { compileWindow } from "../operators/window_of_rule.ts";
import { windowSchema } from "../windows/mod.ts";
import type { CompiledRule, Kind, RuleCompiler } from "./kind.ts";

function compile(rule: RuleCompiler): CompiledRule | undefined {
  const admitted = rule.inputs();
  const window = compileWindow(rule);
  if (admitted === undefined || window === undefined) return undefined;
  const streams = admitted.inputs.map((input) => input.stream);
  const measures = compileMeasures(rule, ["aggregate"], streams, window.window);
  if (measures === undefined) return undefined;
  const vocabulary = rule.vocabulary(streams, { values: measures.vocabulary, builtins: ["time"] });
  const judge = rule.judge(vocabulary, { required: true });
  const recover = rule.raw.recover === undefined ? undefined : rule.condition(["recover"], vocabulary);
  if (judge === undefined || (rule.raw.recover !== undefined && recover === undefined)) return undefined;
  return {
    ...admitted,
    operator: windowOperator({
      window: window.window,
      emit: window.emit,
      output: "alert",
      measures,
      judge,
      recover,
      row: typeof rule.raw.for === "number" ? rule.raw.for : 1,
      resolves: rule.raw.notify_resolved === true,
      carry: rule.carry(vocabulary),
    }),
    signature: [window.signature, measures.signature],
    horizon: window.horizon,
    warmUp: window.warmUp,
    speaks: { alerts: true, records: false },
    vocabulary,
    onArrival: window.emit === "on_match",
    stateless: false,
  };
}

export const threshold: Kind = {
  name: "threshold",
  summary: "Aggregates over a window per key: alerts when a condition on them holds.",
  properties: {
    window: windowSchema(),
    aggregate: aggregateSchema,
    emit: {
      enum: ["on_match", "on_close"],
      description: "Speak at the event that makes `when` true, or when the watermark passes the window's end. " +
        "Default: on_match for sliding and session, on_close for tumbling and hopping.",
    },
    for: { type: "integer", minimum: 1, description: "Alert from this many windows in a row on (tumbling, hopping)." },
    recover: {
      $ref: "#/$defs/condition",
      description: "Ends an episode later than `when` turning false would.",
    },
  },
  required: ["on", "window", "aggregate"],
  refuses: ["emit_to", "record"],
  example: {
    pack: `pack: example
defaults: { severity: high }
rules:
  - id: psp-error-rate
    title: A provider fails too often
    kind: threshold
    on: payments
    key: payment.provider
    window: { tumbling: 5m }
    aggregate:
      total: count()
      failed: count(payment.status == "failed")
      error_rate: failed / total
    when: error_rate > 0.20 && total >= 4
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
  - name: two of four payments failed in one window
    given:
      - { at: 0s, payments: { provider: stripe, status: failed }, repeat: 2, every: 1s }
      - { at: 10s, payments: { provider: stripe, status: succeeded }, repeat: 2, every: 1s }
      - { at: 5m, advance: true }
    expect:
      - { at: 5m, rule: psp-error-rate, key: { provider: stripe }, values: { total: 4, failed: 2, error_rate: 0.5 } }
`,
  },
  compile,
};
