/**
 * Alerts in a Prometheus Alertmanager (API v2). Alertmanager knows an alert by its labels, so they hold what the
 * fingerprint is made of and nothing that changes within an episode but the severity.
 */
import { now } from "../engine/adapters/clock.ts";
import type { Alert } from "../engine/model/alert.ts";
import { formatTime, type Millis } from "../engine/model/time.ts";
import { halving } from "./batch/halving.ts";
import { endpointSchema, openEndpoint } from "./http/endpoint.ts";
import type { Delivery, SinkKind, Verdict } from "./sink.ts";
import { noticeOf, shown } from "./text/notice.ts";
import { duration, millisOf, textMapOf } from "./text/options.ts";

export const alertmanager: SinkKind = {
  name: "alertmanager",
  summary: "Hands alerts to a Prometheus Alertmanager",
  schema: {
    type: "object",
    additionalProperties: false,
    required: ["url"],
    properties: {
      ...endpointSchema,
      labels: { description: "Labels of every alert.", type: "object", additionalProperties: { type: "string" } },
      firing_for: { description: "How long an alert fires that nothing resolves; 1h by default.", ...duration },
    },
  },
  secondSend: "changes nothing: Alertmanager knows the alert by its labels",
  takes: "alerts",
  batchMax: 100,
  create(options, { name }) {
    const endpoint = openEndpoint(options, name);
    const labels = textMapOf(options.labels);
    const firing = millisOf(options.firing_for, 3_600_000);
    const send = (batch: readonly Delivery[]) => {
      const alerts = batch.flatMap((item) => "alert" in item ? [postable(item.alert, labels, firing)] : []);
      return endpoint.post({ path: "/api/v2/alerts", body: JSON.stringify(alerts) });
    };
    return {
      open: () => Promise.resolve(),
      async deliver(batch) {
        const verdicts = [...await halving(batch.filter((item) => "alert" in item), send)];
        return batch.map((item) => "alert" in item ? verdicts.shift() ?? refused : refused);
      },
      close: () => Promise.resolve(endpoint.close()),
    };
  },
  example: 'alertmanager: { alertmanager: { url: "${env:ALERTMANAGER_URL}" } }',
};

const refused: Verdict = { result: "rejected", reason: "this sink takes alerts, not records" };

function postable(alert: Alert, more: Readonly<Record<string, string>>, firing: Millis) {
  const { title, message, facts, runbook } = noticeOf(alert);
  const resolved = alert.status === "resolved";
  const end = resolved ? alert.event_time : formatTime(Math.max(now(), Date.parse(alert.event_time)) + firing);
  return {
    labels: labelsOf(alert, more),
    annotations: {
      summary: title,
      description: message,
      alert_id: alert.id,
      ...Object.fromEntries(facts.map(({ name, value }) => [labelName(name.toLowerCase()), value])),
      ...(runbook === undefined ? {} : { runbook_url: runbook }),
    },
    ...(resolved ? {} : { startsAt: alert.event_time }),
    endsAt: end,
  };
}

function labelsOf(alert: Alert, more: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const subject = Object.keys(alert.key).length > 0 ? alert.key : alert.entities;
  const named = Object.entries(subject).map(([name, value]) => [labelName(name), shown(value)] as const);
  return {
    ...Object.fromEntries(Object.entries(alert.labels).map(([name, value]) => [labelName(name), value])),
    ...Object.fromEntries(named),
    ...more,
    alertname: alert.rule,
    pack: alert.pack,
    severity: alert.severity,
  };
}

/** Prometheus allows letters, digits and underscores, no digit first. */
function labelName(name: string): string {
  return name.replace(/[^a-zA-Z0-9_]/g, "_").replace(/^(?=\d)/, "_");
}
