/**
 * Alerts as messages in a Slack channel, through an incoming webhook, in Block Kit. Slack takes one message a second a
 * channel; the address is itself the secret. Text of events can address nobody: its markup is escaped.
 */
import type { Alert } from "../engine/model/alert.ts";
import { alertsOnly, oneByOne, pace } from "./batch/order.ts";
import { endpointSchema, openEndpoint } from "./http/endpoint.ts";
import type { SinkKind } from "./sink.ts";
import { clip, type Fact, noticeOf } from "./text/notice.ts";
import { duration, millisOf } from "./text/options.ts";

export const slack: SinkKind = {
  name: "slack",
  summary: "Writes messages to a Slack channel",
  schema: {
    type: "object",
    additionalProperties: false,
    required: ["url"],
    properties: {
      ...endpointSchema,
      pace: { description: "Time between two messages; 1s by default, which is what Slack allows.", ...duration },
    },
  },
  secondSend: "writes the message again; the delivery log keeps that to what a crash interrupted",
  takes: "alerts",
  once: true,
  batchMax: 1,
  create(options, { name }) {
    const endpoint = openEndpoint(options, name);
    const turn = pace(millisOf(options.pace, 1_000));
    const send = alertsOnly(async (alert) => {
      await turn();
      return await endpoint.post({ body: JSON.stringify(slackMessage(alert)) });
    });
    return {
      open: () => Promise.resolve(),
      deliver: (batch) => oneByOne(batch, send),
      close: () => Promise.resolve(endpoint.close()),
    };
  },
  example: 'slack: { slack: { url: "${env:SLACK_URL}" } }',
};

const signs: Readonly<Record<string, string>> = {
  CRITICAL: ":red_circle:",
  HIGH: ":large_orange_circle:",
  WARNING: ":large_yellow_circle:",
  INFO: ":large_blue_circle:",
  RESOLVED: ":large_green_circle:",
};

/** The message of an alert, within Slack's limits: 150 characters of a header, 3,000 of a text, 2,000 of a field. */
export function slackMessage(alert: Alert): Readonly<Record<string, unknown>> {
  const { badge, title, message, facts, runbook } = noticeOf(alert);
  const headline = `${signs[badge] ?? ""} ${badge}: ${title}`;
  const button = {
    type: "button",
    text: { type: "plain_text", text: "Runbook" },
    url: runbook,
  };
  return {
    text: clip(escaped(`${badge}: ${title} - ${message}`), 3_000),
    blocks: [
      { type: "header", text: { type: "plain_text", text: clip(headline, 150), emoji: true } },
      { type: "section", text: { type: "mrkdwn", text: clip(escaped(message), 3_000) } },
      { type: "section", fields: facts.map(field) },
      ...(runbook === undefined || runbook.length > 3_000 ? [] : [{ type: "actions", elements: [button] }]),
    ],
  };
}

function field({ name, value }: Fact) {
  return { type: "mrkdwn", text: clip(`*${name}*\n${escaped(value)}`, 2_000) };
}

/** What Slack reads as markup of mentions and links; the rest of its markup can only decorate. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
