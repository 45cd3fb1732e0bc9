/** Alerts, records and a context for tests of sinks. */
import type { Alert, OutputRecord } from "../../engine/model/alert.ts";
import type { Delivery, SinkContext, SinkKind } from "../sink.ts";

/** An alert for even numbers, a record for odd ones. */
export function delivery(number: number): Delivery {
  return number % 2 === 0 ? { alert: alertOf(number) } : { record: recordOf(number) };
}

/** The nth delivery that the sink takes. */
export function acceptable(kind: SinkKind, number: number): Delivery {
  return delivery(kind.takes === "alerts" ? number * 2 : number);
}

export function recordOf(number: number): OutputRecord {
  return {
    id: `r${number}`,
    output: "payment_stats",
    pack: "payments",
    rule: "currency-1m",
    key: { currency: "EUR" },
    entities: {},
    window: { start: "2026-01-05T10:00:00.000Z", end: "2026-01-05T10:01:00.000Z" },
    event_time: "2026-01-05T10:01:00.000Z",
    values: { volume: number, "ünï": '\u2028 \u0000 " \n' },
  };
}

export function alertOf(number: number, changes: Partial<Alert> = {}): Alert {
  return {
    id: `a${number}`,
    fingerprint: "f1",
    episode: `a${number}`,
    status: "firing",
    pack: "payments",
    rule: "direct-fraud",
    revision: "1",
    kind: "filter",
    severity: "high",
    title: "A payment looks like fraud",
    message: "Payment p1 \u001b[31m of 20 EUR",
    key: {},
    entities: { payment: `p${number}` },
    criteria: [],
    values: {},
    window: null,
    event_time: "2026-01-05T10:00:00.000Z",
    detected_at: "2026-01-05T10:00:00.100Z",
    evidence: [],
    evidence_total: 0,
    context: {},
    suppressed: 0,
    shadow: false,
    labels: {},
    runbook: null,
    ...changes,
  };
}

/** What an on-call person reads at night: a threshold that was passed, with everything that an alert can say. */
export const burst: Alert = alertOf(1, {
  id: "8c1f",
  rule: "error-rate",
  pack: "api",
  kind: "threshold",
  severity: "critical",
  title: "Too many API errors of one merchant",
  message: "7.3 % of 4,210 requests of merchant m-17 failed within a minute",
  key: { merchant_id: "m-17" },
  entities: { merchant: "m-17" },
  criteria: [{
    name: "condition",
    matched: true,
    expression: "error_rate > 0.05",
    values: { error_rate: 0.0731 },
  }],
  values: { total: 4210, failed: 308, error_rate: 0.0731 },
  window: { start: "2026-01-05T02:59:00.000Z", end: "2026-01-05T03:00:00.000Z" },
  event_time: "2026-01-05T03:00:00.000Z",
  detected_at: "2026-01-05T03:00:01.250Z",
  evidence: [{ stream: "api_logs", topic: "api-logs", partition: 3, offset: 881, time: "2026-01-05T02:59:58.000Z" }],
  evidence_total: 308,
  suppressed: 12,
  labels: { team: "platform" },
  runbook: "https://runbooks.example.com/api/error-rate",
});

/** The item as JSON made it, which is what most receivers hold. */
export function contentOf(item: Delivery): unknown {
  return JSON.parse(JSON.stringify("alert" in item ? item.alert : item.record));
}

/** A context without brokers, on a quiet output. */
export function testContext(changes: Partial<SinkContext> = {}): SinkContext {
  return {
    name: "trial",
    kafka: undefined,
    topics: { create: true, retention: 604_800_000 },
    baseDirectory: ".",
    instance: "i1",
    output: { isTerminal: false, write: () => {} },
    ...changes,
  };
}
