import { Ajv2020 } from "ajv/2020";
import { expect } from "expect";
import { monotonic } from "../engine/adapters/clock.ts";
import { checkingServer } from "./compliance/checking.ts";
import { alertOf, burst, openGate, testContext, testSink } from "./compliance.ts";
import type { Delivery } from "./sink.ts";
import { slack, slackMessage } from "./slack.ts";

const plain = (most: number) => ({
  type: "object",
  additionalProperties: false,
  required: ["type", "text"],
  properties: {
    type: { const: "plain_text" },
    text: { type: "string", minLength: 1, maxLength: most },
    emoji: { type: "boolean" },
  },
});
const mrkdwn = (most: number) => ({
  ...plain(most),
  properties: { type: { const: "mrkdwn" }, text: { type: "string", minLength: 1, maxLength: most } },
});
const block = (type: string, properties: object, required: readonly string[]) => ({
  type: "object",
  additionalProperties: false,
  required: ["type", ...required],
  properties: { type: { const: type }, block_id: { type: "string", maxLength: 255 }, ...properties },
});
const button = block("button", { text: plain(75), url: { type: "string", pattern: "^https?://", maxLength: 3000 } }, [
  "text",
]);

/** The limits of Slack's reference of blocks, for those that we use. */
const published = new Ajv2020({ strict: false }).compile({
  type: "object",
  required: ["text", "blocks"],
  properties: {
    text: { type: "string", minLength: 1, maxLength: 40_000 },
    blocks: {
      type: "array",
      minItems: 1,
      maxItems: 50,
      items: {
        oneOf: [
          block("header", { text: plain(150) }, ["text"]),
          block("section", { text: mrkdwn(3000) }, ["text"]),
          block("section", { fields: { type: "array", minItems: 1, maxItems: 10, items: mrkdwn(2000) } }, ["fields"]),
          block("actions", { elements: { type: "array", minItems: 1, maxItems: 25, items: button } }, ["elements"]),
        ],
      },
    },
  },
});

const secret = "T000/B000/XXXXXXXXXXXX";

/** The id stands in the last field of the facts. */
function idOf(json: unknown): string {
  return /\*Alert\*\\n(\w+)/.exec(JSON.stringify(json))?.[1] ?? "";
}

function trial() {
  const server = checkingServer(
    ({ json }) => published(json) ? undefined : JSON.stringify(published.errors),
    () => new Response("ok"),
  );
  const gate = openGate(server.address);
  return Promise.resolve({
    options: { url: `http://${gate.address}/services/${secret}`, pace: "0ms" },
    context: testContext(),
    gate,
    secret,
    shown: (item: Delivery) => "alert" in item ? item.alert.id : "",
    received: () => Promise.resolve(server.taken.map(({ json }) => idOf(json))),
    remove: async () => {
      await server.stop();
      expect(server.faults).toEqual([]);
    },
  });
}

testSink(slack, trial, { network: "http" });

Deno.test("what an on-call person reads in Slack", () => {
  expect(slackMessage(burst)).toEqual({
    text:
      "CRITICAL: Too many API errors of one merchant - 7.3 % of 4,210 requests of merchant m-17 failed within a minute",
    blocks: [
      {
        type: "header",
        text: { type: "plain_text", text: ":red_circle: CRITICAL: Too many API errors of one merchant", emoji: true },
      },
      {
        type: "section",
        text: { type: "mrkdwn", text: "7.3 % of 4,210 requests of merchant m-17 failed within a minute" },
      },
      {
        type: "section",
        fields: [
          "*Who*\nmerchant_id m-17, merchant m-17",
          "*Since*\n02:59:00 to 03:00:00 UTC on 2026-01-05",
          "*Limit*\nerror_rate 0.0731, 46 % over 0.05",
          "*Values*\ntotal 4,210, failed 308, error_rate 0.0731",
          "*Events*\n308, one of them at api-logs, partition 3, offset 881",
          "*Held back*\n12 more like this one",
          "*Rule*\napi/error-rate",
          "*Alert*\n8c1f",
        ].map((text) => ({ type: "mrkdwn", text })),
      },
      {
        type: "actions",
        elements: [{ type: "button", text: { type: "plain_text", text: "Runbook" }, url: burst.runbook }],
      },
    ],
  });
});

Deno.test("text of events cannot call a channel, and a runbook that is no web address is no button", () => {
  const text = JSON.stringify(
    slackMessage(alertOf(0, { message: "<!channel> & <https://evil|x>", runbook: "javascript:1" })),
  );
  expect(text).toContain("&lt;!channel&gt; &amp; &lt;https://evil|x&gt;");
  expect(text).not.toContain("button");
});

Deno.test("messages keep the pace that Slack allows", async () => {
  const { options, context, gate, remove } = await trial();
  const sink = slack.create({ ...options, pace: "80ms" }, context);
  const start = monotonic();
  for (let i = 0; i < 3; i++) await sink.deliver([{ alert: alertOf(i) }]);
  expect(monotonic() - start).toBeGreaterThan(155);
  await sink.close();
  gate.close();
  await remove();
});
