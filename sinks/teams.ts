/**
 * Alerts as Adaptive Cards in a Microsoft Teams channel, through the webhook of a workflow. The address is itself the
 * secret; a card holds 28 KB at most.
 */
import type { Alert } from "../engine/model/alert.ts";
import { alertsOnly, oneByOne, pace } from "./batch/order.ts";
import { endpointSchema, openEndpoint } from "./http/endpoint.ts";
import type { SinkKind } from "./sink.ts";
import { clip, noticeOf } from "./text/notice.ts";
import { duration, millisOf } from "./text/options.ts";

export const teams: SinkKind = {
  name: "teams",
  summary: "Posts cards to a Microsoft Teams channel",
  schema: {
    type: "object",
    additionalProperties: false,
    required: ["url"],
    properties: {
      ...endpointSchema,
      pace: { description: "Time between two cards; 1s by default.", ...duration },
    },
  },
  secondSend: "posts the card again; the delivery log keeps that to what a crash interrupted",
  takes: "alerts",
  once: true,
  batchMax: 1,
  create(options, { name }) {
    const endpoint = openEndpoint(options, name);
    const turn = pace(millisOf(options.pace, 1_000));
    const send = alertsOnly(async (alert) => {
      await turn();
      return await endpoint.post({ body: JSON.stringify(teamsMessage(alert)) });
    });
    return {
      open: () => Promise.resolve(),
      deliver: (batch) => oneByOne(batch, send),
      close: () => Promise.resolve(endpoint.close()),
    };
  },
  example: 'teams: { teams: { url: "${env:TEAMS_URL}" } }',
};

const colours: Readonly<Record<string, string>> = {
  CRITICAL: "attention",
  HIGH: "attention",
  WARNING: "warning",
  INFO: "accent",
  RESOLVED: "good",
};

/** The message that a workflow expects: one card as an attachment. */
export function teamsMessage(alert: Alert): Readonly<Record<string, unknown>> {
  return {
    type: "message",
    attachments: [{
      contentType: "application/vnd.microsoft.card.adaptive",
      contentUrl: null,
      content: cardOf(alert),
    }],
  };
}

function cardOf(alert: Alert) {
  const { badge, title, message, facts, runbook } = noticeOf(alert);
  const block = (text: string, look: Readonly<Record<string, string>>) => ({
    type: "TextBlock",
    text: unlinked(clip(text, 4_000)),
    wrap: true,
    ...look,
  });
  return {
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    type: "AdaptiveCard",
    version: "1.4",
    msteams: { width: "Full" },
    body: [
      block(badge, { color: colours[badge] ?? "default", weight: "bolder", size: "small" }),
      block(clip(title, 300), { weight: "bolder", size: "large" }),
      block(message, {}),
      { type: "FactSet", facts: facts.map(({ name, value }) => ({ title: name, value: unlinked(clip(value, 500)) })) },
    ],
    actions: runbook === undefined ? [] : [{ type: "Action.OpenUrl", title: "Runbook", url: runbook }],
  };
}

/** Cards read `[text](address)` as a link; what comes from events must not make one. */
function unlinked(text: string): string {
  return text.replaceAll("](", "]\u200b(");
}
