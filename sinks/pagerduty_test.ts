import { Ajv2020 } from "ajv/2020";
import { expect } from "expect";
import { checkingServer } from "./compliance/checking.ts";
import { alertOf, burst, delivery, openGate, testContext, testSink } from "./compliance.ts";
import { pagerduty, pagerdutyEvent } from "./pagerduty.ts";
import type { Delivery } from "./sink.ts";

const text = (most: number) => ({ type: "string", minLength: 1, maxLength: most });
const identity = {
  routing_key: { type: "string", minLength: 32, maxLength: 32 },
  event_action: { enum: ["trigger", "acknowledge", "resolve"] },
  dedup_key: text(255),
};

/** PagerDuty's reference of the Events API v2. */
const published = new Ajv2020({ strict: false }).compile({
  type: "object",
  additionalProperties: false,
  required: ["routing_key", "event_action"],
  properties: {
    ...identity,
    client: { type: "string" },
    client_url: { type: "string" },
    links: {
      type: "array",
      items: {
        type: "object",
        additionalProperties: false,
        required: ["href"],
        properties: { href: { type: "string", pattern: "^https?://" }, text: { type: "string" } },
      },
    },
    payload: {
      type: "object",
      additionalProperties: false,
      required: ["summary", "source", "severity"],
      properties: {
        summary: text(1024),
        source: text(255),
        severity: { enum: ["critical", "error", "warning", "info"] },
        timestamp: { type: "string", pattern: "^\\d{4}-\\d\\d-\\d\\dT" },
        component: { type: "string" },
        group: { type: "string" },
        class: { type: "string" },
        custom_details: { type: "object" },
      },
    },
  },
  if: { properties: { event_action: { const: "trigger" } } },
  then: { required: ["payload"] },
  else: { required: ["dedup_key"] },
});

const secret = "0123456789abcdef0123456789abcdef";

function trial() {
  const server = checkingServer(
    ({ path, json, text }) => {
      if (path !== "/v2/enqueue") return `there is no ${path}`;
      if (text.length > 512 * 1024) return "larger than 512 KB";
      return published(json) ? undefined : JSON.stringify(published.errors);
    },
    () => Response.json({ status: "success", message: "Event processed", dedup_key: "f1" }, { status: 202 }),
  );
  const gate = openGate(server.address);
  const idOf = (text: string) => /"Alert":"(\w+)"/.exec(text)?.[1] ?? "";
  return Promise.resolve({
    options: { url: `http://${gate.address}/v2/enqueue`, routing_key: secret },
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

testSink(pagerduty, trial, { network: "http" });

Deno.test("what an on-call person reads in PagerDuty", () => {
  expect(pagerdutyEvent(burst, secret)).toEqual({
    routing_key: secret,
    dedup_key: "f1",
    event_action: "trigger",
    client: "Vigie",
    payload: {
      summary: "Too many API errors of one merchant: 7.3 % of 4,210 requests of merchant m-17 failed within a minute",
      source: "merchant_id m-17, merchant m-17",
      severity: "critical",
      timestamp: "2026-01-05T03:00:00.000Z",
      component: "error-rate",
      group: "api",
      class: "threshold",
      custom_details: {
        Who: "merchant_id m-17, merchant m-17",
        Since: "02:59:00 to 03:00:00 UTC on 2026-01-05",
        Limit: "error_rate 0.0731, 46 % over 0.05",
        Values: "total 4,210, failed 308, error_rate 0.0731",
        Events: "308, one of them at api-logs, partition 3, offset 881",
        "Held back": "12 more like this one",
        Rule: "api/error-rate",
        Alert: "8c1f",
        Message: "7.3 % of 4,210 requests of merchant m-17 failed within a minute",
      },
    },
    links: [{ href: "https://runbooks.example.com/api/error-rate", text: "Runbook" }],
  });
});

Deno.test("a resolved alert resolves the incident that its firing one opened", () => {
  const opened = pagerdutyEvent(alertOf(0), secret);
  const resolved = pagerdutyEvent(alertOf(2, { status: "resolved" }), secret);
  expect(resolved).toEqual({ routing_key: secret, dedup_key: opened.dedup_key, event_action: "resolve" });
  expect(published(resolved)).toBe(true);
});

Deno.test("a routing key that PagerDuty does not know keeps the alert until the operator mends it", async () => {
  const body = { status: "invalid event", message: "Event object is invalid", errors: ["Invalid routing key"] };
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => Response.json(body, { status: 400 }),
  );
  const url = `http://127.0.0.1:${server.addr.port}/v2/enqueue`;
  const sink = pagerduty.create({ url, routing_key: secret }, testContext());
  expect(await sink.deliver([delivery(0)])).toMatchObject([{ result: "retry" }]);
  await sink.close();
  await server.shutdown();
});
