/** kpi: thresholds that customers own, found in the threshold store for every event (semantics.md 26). */
import type { Expression } from "../conditions/expression.ts";
import type { Severity } from "../model/alert.ts";
import { type Event, occasionOf } from "../model/event.ts";
import type { Operator, Turn } from "../model/operator.ts";
import { severities } from "../model/alert.ts";
import type { Threshold } from "../model/threshold.ts";
import type { CompiledRule, Kind, RuleCompiler, RuleInput } from "./kind.ts";

function kpiOperator(value: Expression, severity: Severity): Operator {
  return {
    codec: undefined,
    step(_state, event, turn) {
      const [tenant, metric] = turn.key;
      const found = turn.thresholds.find(String(tenant), String(metric));
      if (found.length === 0) return undefined;
      const actual = value.evaluate(turn.scope);
      if (typeof actual !== "number") {
        turn.undefinedCondition();
        return undefined;
      }
      for (const threshold of found) if (crosses(actual, threshold)) speak(actual, threshold, severity, event, turn);
      return undefined;
    },
  };
}

/** Both directions are strict. */
function crosses(actual: number, threshold: Threshold): boolean {
  return threshold.direction === "above" ? actual > threshold.value : actual < threshold.value;
}

function speak(actual: number, threshold: Threshold, severity: Severity, event: Event, turn: Turn): void {
  const { direction, tenant, webhook } = threshold;
  turn.signal({
    output: "alert",
    status: "firing",
    time: event.place.time,
    window: null,
    occasion: direction === "above" ? occasionOf(event.place) : [...occasionOf(event.place), direction],
    episode: undefined,
    severity: threshold.severity ?? severity,
    values: { value: actual, threshold: threshold.value },
    events: undefined,
    change: event.change,
    scopeValues: [actual, threshold.value],
    evidence: [event.place],
    evidenceTotal: 1,
    ...(webhook === undefined ? {} : { endpoint: { tenant, url: webhook } }),
    ...(threshold.limit === undefined
      ? {}
      : { limit: { ...threshold.limit, name: `${direction} ${threshold.value}` } }),
  });
}

function compile(rule: RuleCompiler): CompiledRule | undefined {
  const admitted = rule.inputs();
  const stream = admitted?.inputs[0]?.stream;
  if (admitted === undefined || stream === undefined) return undefined;
  const words = rule.vocabulary([stream]);
  const text = ["string", "number", "boolean"] as const;
  const tenant = rule.expression(["tenant"], words, text);
  const metric = rule.expression(["metric"], words, text);
  const value = rule.expression(["value"], words, ["number"]);
  if (tenant === undefined || metric === undefined || value === undefined) return undefined;
  const severity = severities.find((one) => one === rule.raw.severity) ?? "warning";
  const inputs: RuleInput[] = admitted.inputs.map((input) => ({ ...input, key: [tenant, metric] }));
  const number = { type: value.type, optional: false };
  return {
    inputs,
    keyNames: [nameOf(tenant, "tenant"), nameOf(metric, "metric")],
    operator: kpiOperator(value, severity),
    signature: [],
    horizon: 0,
    speaks: { alerts: true, records: false },
    vocabulary: { ...words, values: { value: { ...number, index: 0 }, threshold: { ...number, index: 1 } } },
    onArrival: false,
    stateless: true,
  };
}

/** A part of the key is named by the last segment of its path. */
function nameOf(expression: Expression, fallback: string): string {
  return expression.path?.[expression.path.length - 1] ?? fallback;
}

const expression = { type: "string", description: "An expression of the event." };

export const kpi: Kind = {
  name: "kpi",
  summary: "Thresholds that customers set on their own metrics.",
  properties: {
    tenant: { ...expression, description: "Who owns the threshold: an expression such as event.client_id." },
    metric: { ...expression, description: "The metric's name: an expression such as event.metric_name." },
    value: { ...expression, description: "The number to compare: an expression such as event.value." },
  },
  required: ["on", "tenant", "metric", "value"],
  refuses: ["key", "when", "criteria", "notify_resolved", "emit_to", "record"],
  example: {
    pack: `pack: example
rules:
  - id: customer-kpi
    title: A customer's metric crossed their threshold
    kind: kpi
    on: kpi_events
    tenant: event.client_id
    metric: event.metric_name
    value: event.value
    limit: { max: 1, every: 30m }
`,
    test: `pack: example
start: 2026-01-05T10:00:00Z
tests:
  - name: above the threshold alerts once in half an hour
    thresholds: [{ tenant: acme, metric: churn, above: 5 }]
    given:
      - { at: 0s, kpi_events: { client_id: acme, metric_name: churn, value: 5 } }
      - { at: 1s, kpi_events: { client_id: acme, metric_name: churn, value: 5.1 } }
      - { at: 2s, kpi_events: { client_id: acme, metric_name: churn, value: 9 } }
    expect:
      - { at: 1s, rule: customer-kpi, severity: warning, values: { value: 5.1, threshold: 5 } }
`,
  },
  compile,
};
