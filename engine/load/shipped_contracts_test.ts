/** The contracts that ship: each loads without a word, takes its example, and refuses it without a required field. */
import { expect } from "expect";
import { parse } from "yaml";
import type { Stream } from "../model/contract.ts";
import { createDecoder } from "../runtime/decode.ts";
import { compileSchema } from "./ajv.ts";
import { buildStream, checkStreamNames } from "./contracts.ts";
import { streamSchema } from "./stream_schema.ts";

const folder = new URL("../../contracts/", import.meta.url);
const read = (path: string) => Deno.readTextFileSync(new URL(path, folder));
const names = [...Deno.readDirSync(new URL("streams/", folder))].map(({ name }) => name.replace(".yaml", "")).sort();

function load(name: string): Stream {
  const yaml = parse(read(`streams/${name}.yaml`));
  const schemaFile = `events/${yaml.schema.split("/").at(-1)}`;
  const input = { name, yaml, file: `streams/${name}.yaml`, schema: JSON.parse(read(schemaFile)), schemaFile };
  const stream = buildStream(input, (kind, _site, facts) => {
    throw new Error(`${name}: ${kind.say(facts).message}`);
  });
  if (stream === undefined) throw new Error(`${name} was refused`);
  return stream;
}

const at = "2026-01-05T10:00:00Z";
const ms = Date.parse(at);

/** One event of each stream with its required fields only; a row, for Debezium. */
const examples: Record<string, Record<string, unknown>> = {
  payments: {
    payment_id: "p1",
    order_id: "o1",
    customer_id: "c1",
    session_id: "s1",
    amount: 20,
    currency: "EUR",
    status: "succeeded",
    method: "card",
    provider: "stripe",
    risk_score: 100,
    is_flagged: false,
    billing_country: "FR",
    ip: "203.0.113.7",
    ip_country: "FR",
    created_at: at,
  },
  orders: {
    order_id: "o1",
    customer_id: "c1",
    event_type: "created",
    subtotal: 100,
    discount: 10,
    total: 90,
    item_count: 2,
    shipping_country: "FR",
    shipping_method: "pickup",
    created_at: at,
  },
  kyc_decisions: {
    kyc_ref: "k1",
    order_id: "o1",
    customer_id: "c1",
    doc_type: "driving_licence",
    decision: "pending",
    confidence_score: 0.5,
    doc_expiration_valid: true,
    processing_time_ms: 80,
    decided_at: at,
  },
  transactions: {
    tx_id: "t1",
    user_id: "u1",
    merchant_id: "m1",
    amount: 9,
    currency: "EUR",
    country: "FR",
    timestamp: ms,
  },
  kpi_events: { client_id: "c1", metric_name: "cpu", value: 0.3, timestamp: ms / 1000 },
  sensor_readings: { sensor_id: "s1", machine_id: "m1", factory: "lyon", type: "flow", value: -1, ts: ms },
  api_logs: { log_id: "l1", merchant_id: "m1", endpoint: "/pay", status_code: 200, latency_ms: 3, timestamp: at },
  stock: { product_id: "p1", category: "toys", quantity: 4 },
  clicks: { click_id: "k1", user_id: "u1", campaign: "spring", source: "search", ts: ms },
  conversions: { conversion_id: "v1", user_id: "u1", order_id: "o1", value: 50, ts: ms },
  webhook_deliveries: {
    webhook_id: "w1",
    merchant_id: "m1",
    endpoint_id: "e1",
    event_type: "payment.succeeded",
    status: "cancelled",
    retry_count: 0,
    duration_ms: 12,
    ts: ms,
  },
  oltp_transactions: {
    transaction_id: "t1",
    merchant_id: "m1",
    customer_id: "c1",
    amount: 9,
    currency: "EUR",
    status: "pending",
    created_at: at,
  },
  pipeline_metrics: { pipeline: "etl", name: "lag", value: 3, ts: ms },
};

/** What a stream's decoder says of an event, wrapped as the format asks. */
function verdict(stream: Stream, event: Record<string, unknown>) {
  const message = stream.format === "debezium" ? { op: "c", before: null, after: event, ts_ms: ms } : event;
  const decoder = createDecoder(stream, { live: undefined, recorded: false });
  const decoded = decoder.decode(new TextEncoder().encode(JSON.stringify(message)), "topic", undefined);
  return decoded.outcome === "dead" ? `${decoded.reason}: ${decoded.detail}` : `${decoded.outcome} ${decoded.time}`;
}

Deno.test("every stream of the scenarios has a contract, with a name and an alias of its own", () => {
  expect(names).toEqual(Object.keys(examples).sort());
  const aliases = names.map((name) => load(name).alias);
  expect(aliases.sort()).toEqual(
    [
      "click",
      "conversion",
      "delivery",
      "event",
      "kyc",
      "log",
      "metric",
      "order",
      "payment",
      "reading",
      "stock",
      "tx",
      "txn",
    ],
  );
  checkStreamNames(names.map(load), (kind, _site, facts) => {
    throw new Error(kind.say(facts).message);
  });
});

Deno.test("times that the scenarios prescribe: only three streams are idle after 10s, lateness is 10s, max_future 5m", () => {
  const quick = names.map(load).filter((stream) => stream.idle === 10_000).map(({ name }) => name);
  expect(quick).toEqual(["kyc_decisions", "orders", "payments"]);
  expect(names.map(load).filter((stream) => stream.idle !== 10_000 && stream.idle !== 30_000)).toEqual([]);
  expect(new Set(names.map((name) => load(name).lateness))).toEqual(new Set([10_000]));
  expect(new Set(names.map((name) => load(name).maxFuture))).toEqual(new Set([300_000]));
});

Deno.test("personal fields are those that the scenarios list", () => {
  const personal = names.map(load).filter((stream) => Object.keys(stream.personal).length > 0);
  expect(Object.fromEntries(personal.map((stream) => [stream.name, stream.personal]))).toEqual({
    payments: { ip: "truncate", device_id: "hash", user_agent: "drop", card_masked: "mask" },
    orders: { ip: "truncate" },
    kyc_decisions: { document_ref: "hash" },
  });
});

Deno.test("topics, formats, times and keys are those that the scenarios list", () => {
  const others = names.map(load).filter(({ name, topics }) => topics[0] !== name);
  expect(Object.fromEntries(others.map(({ name, topics }) => [name, topics]))).toEqual({
    kpi_events: ["kpi-events"],
    oltp_transactions: ["oltp.transactions"],
    sensor_readings: ["factory-{factory}.{type}"],
    transactions: ["transactions-raw"],
  });
  const debezium = names.map(load).filter(({ format }) => format === "debezium");
  expect(debezium.map(({ name, time }) => [name, time])).toEqual([
    ["oltp_transactions", { from: "field", field: "created_at", unit: undefined }],
    ["stock", { from: "change", field: "ts_ms" }],
  ]);
  expect(names.map((name) => load(name).key).includes(undefined)).toBe(false);
});

for (const name of names) {
  Deno.test(`${name}: the YAML has the structure of a contract`, () => {
    const check = compileSchema(streamSchema, "all");
    check(parse(read(`streams/${name}.yaml`)));
    expect(check.errors ?? []).toEqual([]);
  });

  Deno.test(`${name}: an event with the required fields passes, with null or more fields beside them too`, () => {
    const stream = load(name);
    const example = examples[name] ?? {};
    const required = Object.entries(stream.type.fields).filter(([, field]) => !field.optional).map(([field]) => field);
    expect(Object.keys(example).sort()).toEqual(required.sort());
    const optional = Object.keys(stream.type.fields).filter((field) => !required.includes(field));
    const nulls = Object.fromEntries(optional.map((field) => [field, null]));
    for (const more of [{}, nulls, { of_another_version: { a: [1] } }]) {
      expect(verdict(stream, { ...example, ...more })).toBe(`event ${ms}`);
    }
  });

  Deno.test(`${name}: an event without one of its required fields, or with null there, is refused`, () => {
    const stream = load(name);
    for (const field of Object.keys(examples[name] ?? {})) {
      const { [field]: _, ...rest } = examples[name] ?? {};
      expect(verdict(stream, rest)).toBe(`schema: the event must have required property '${field}'`);
      expect(verdict(stream, { ...rest, [field]: null })).toContain(`schema: /${field} must be`);
    }
  });

  Deno.test(`${name}: every field is described by a sentence`, () => {
    for (const [field, { description }] of Object.entries(load(name).type.fields)) {
      expect([field, description]).toEqual([field, expect.stringMatching(/^[A-Z].{10,}\.$/)]);
    }
  });
}

for (
  const [name, field, inside, outside] of [
    ["payments", "risk_score", [0, 100], [-0.1, 100.1]],
    ["kyc_decisions", "confidence_score", [0, 1], [-0.1, 1.1]],
    ["transactions", "model_score", [0, 1, null], [-0.1, 1.1]],
    ["payments", "amount", [-5, 0, 1e15], ["5"]],
    ["payments", "status", ["pending"], ["refunded", ""]],
    ["sensor_readings", "type", ["pressure"], ["humidity"]],
    ["orders", "product_ids", [[], ["p1", "p2"], null], ["p1", [1]]],
  ] as const
) {
  Deno.test(`${name}: the contract bounds ${field} where the scenarios do, and nowhere else`, () => {
    const stream = load(name);
    for (const value of inside) expect(verdict(stream, { ...examples[name], [field]: value })).toBe(`event ${ms}`);
    for (const value of outside) expect(verdict(stream, { ...examples[name], [field]: value })).toContain("schema: /");
  });
}

Deno.test("the schemas of alerts and records are valid, and an alert admits no field beside its own", () => {
  const alert = JSON.parse(read("alert.schema.json"));
  expect(alert.additionalProperties).toBe(false);
  // All but one are always there.
  expect(Object.keys(alert.properties).sort()).toEqual([...alert.required, "approximate"].sort());
  for (const file of ["alert.schema.json", "record.schema.json"]) {
    expect(compileSchema(JSON.parse(read(file)), "all")({})).toBe(false);
  }
});
