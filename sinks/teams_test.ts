import adaptive from "adaptivecards";
import { expect } from "expect";
import { checkingServer } from "./compliance/checking.ts";
import { alertOf, burst, openGate, testContext, testSink } from "./compliance.ts";
import type { Delivery } from "./sink.ts";
import { teams, teamsMessage } from "./teams.ts";

/** What Microsoft's own library finds wrong with a message, and the size that Teams allows. */
function faultOf(json: unknown, text: string): string | undefined {
  if (new TextEncoder().encode(text).length > 28 * 1024) return "larger than 28 KB";
  const { type, attachments } = json as { type: string; attachments: { contentType: string; content: object }[] };
  if (type !== "message" || attachments.length !== 1) return "not a message of one attachment";
  if (attachments[0]?.contentType !== "application/vnd.microsoft.card.adaptive") return "not a card";
  const card = new adaptive.AdaptiveCard();
  const context = new adaptive.SerializationContext();
  card.parse(attachments[0].content, context);
  if (context.eventCount > 0) return context.getEventAt(0).message;
  return card.validateProperties().validationEvents[0]?.message;
}

const secret = "workflows/0f0f0f0f/triggers/manual/paths/invoke";

function trial() {
  const server = checkingServer(({ json, text }) => faultOf(json, text), () => new Response(null, { status: 202 }));
  const gate = openGate(server.address);
  const idOf = (text: string) => /"title":"Alert","value":"(\w+)"/.exec(text)?.[1] ?? "";
  return Promise.resolve({
    options: { url: `http://${gate.address}/${secret}?sig=s3cr3t-signature`, pace: "0ms" },
    context: testContext(),
    gate,
    secret,
    shown: (item: Delivery) => "alert" in item ? item.alert.id : "",
    received: () => Promise.resolve(server.taken.map(({ text }) => idOf(text))),
    remove: async () => {
      await server.stop();
      expect(server.faults).toEqual([]);
    },
  });
}

testSink(teams, trial, { network: "http" });

Deno.test("what an on-call person reads in Teams", () => {
  const { attachments: [{ content: { body, actions } }] } = JSON.parse(JSON.stringify(teamsMessage(burst)));
  expect(body.slice(0, 3).map(({ text }: { text: string }) => text)).toEqual([
    "CRITICAL",
    "Too many API errors of one merchant",
    "7.3 % of 4,210 requests of merchant m-17 failed within a minute",
  ]);
  expect(body[3].facts.map(({ title, value }: Record<string, string>) => `${title}: ${value}`)).toEqual([
    "Who: merchant_id m-17, merchant m-17",
    "Since: 02:59:00 to 03:00:00 UTC on 2026-01-05",
    "Limit: error_rate 0.0731, 46 % over 0.05",
    "Values: total 4,210, failed 308, error_rate 0.0731",
    "Events: 308, one of them at api-logs, partition 3, offset 881",
    "Held back: 12 more like this one",
    "Rule: api/error-rate",
    "Alert: 8c1f",
  ]);
  expect(actions).toEqual([{ type: "Action.OpenUrl", title: "Runbook", url: burst.runbook }]);
});

Deno.test("text of events makes no link in a card, and a card of long texts stays below the limit", () => {
  const message = "[click](https://evil) ".repeat(10_000);
  const values = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`value${i}`, "ü".repeat(100)]));
  const text = JSON.stringify(teamsMessage(alertOf(0, { message, values })));
  expect(text).not.toContain("](");
  expect(faultOf(JSON.parse(text), text)).toBe(undefined);
});

Deno.test("the check itself finds cards that are wrong", () => {
  const wrong = { type: "AdaptiveCard", version: "1.4", body: [], actions: [{ type: "Action.OpenUrl" }] };
  const attachments = [{ contentType: "application/vnd.microsoft.card.adaptive", content: wrong }];
  expect(faultOf({ type: "message", attachments }, "")).toMatch(/url/);
});
