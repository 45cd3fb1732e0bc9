/** Alerts as events of PagerDuty (Events API v2): an incident opens with a firing alert and ends with its resolved one. */
import type { Alert, Severity } from "../engine/model/alert.ts";
import { alertsOnly, inOrder } from "./batch/order.ts";
import type { Answer } from "./http/client.ts";
import { endpointSchema, openEndpoint } from "./http/endpoint.ts";
import type { SinkKind, Verdict } from "./sink.ts";
import { clip, noticeOf } from "./text/notice.ts";
import { text } from "./text/options.ts";

export const pagerduty: SinkKind = {
  name: "pagerduty",
  summary: "Opens and resolves incidents in PagerDuty",
  schema: {
    type: "object",
    additionalProperties: false,
    required: ["routing_key"],
    properties: {
      ...endpointSchema,
      url: { description: "Address of the Events API; PagerDuty's own when absent.", ...text },
      routing_key: { description: "Integration key of the service, 32 characters.", ...text },
    },
  },
  secondSend: "adds to the same incident: `dedup_key` is the alert's fingerprint",
  takes: "alerts",
  batchMax: 50,
  create(options, { name }) {
    const key = String(options.routing_key);
    const address = { url: "https://events.pagerduty.com/v2/enqueue", ...options };
    const endpoint = openEndpoint(address, name, { secrets: [key], connections: 4 });
    const send = alertsOnly((alert) =>
      endpoint.post({ body: JSON.stringify(pagerdutyEvent(alert, key)), judge: wrongKey })
    );
    return {
      open: () => Promise.resolve(),
      deliver: (batch) => inOrder(batch, send),
      close: () => Promise.resolve(endpoint.close()),
    };
  },
  example: 'pager: { pagerduty: { routing_key: "${env:PAGERDUTY_KEY}" } }',
};

/** PagerDuty tells a wrong key only by the words of a 400; the operator can mend it, so the alert is kept. */
function wrongKey(answer: Answer, reason: string): Verdict | undefined {
  if (answer.status !== 400 || !/routing.?key/i.test(answer.text)) return undefined;
  return { result: "retry", after: undefined, reason };
}

const levels: Record<Severity, string> = { critical: "critical", high: "error", warning: "warning", info: "info" };

/** The event of an alert, within PagerDuty's limits: 1,024 characters of a summary, 512 KB in all. */
export function pagerdutyEvent(alert: Alert, routingKey: string): Readonly<Record<string, unknown>> {
  const { title, message, facts, runbook } = noticeOf(alert);
  const event = { routing_key: routingKey, dedup_key: clip(alert.fingerprint, 255) };
  if (alert.status === "resolved") return { ...event, event_action: "resolve" };
  const details = Object.fromEntries(facts.map(({ name, value }) => [name, clip(value, 4_000)]));
  return {
    ...event,
    event_action: "trigger",
    client: "Vigie",
    payload: {
      summary: clip(message === title ? title : `${title}: ${message}`, 1_024),
      source: clip(facts.find(({ name }) => name === "Who")?.value ?? alert.pack, 255),
      severity: levels[alert.severity],
      timestamp: alert.event_time,
      component: alert.rule,
      group: alert.pack,
      class: alert.kind,
      custom_details: { ...details, Message: clip(message, 16_000) },
    },
    links: runbook === undefined ? [] : [{ href: runbook, text: "Runbook" }],
  };
}
