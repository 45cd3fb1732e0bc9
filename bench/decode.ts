/**
 * What decoding costs an event, by stage, as ratios to JSON.parse of the same texts in the same run.
 * `deno run -A bench/decode.ts`
 */
import { compileSchema } from "../engine/load/ajv.ts";
import { buildStream } from "../engine/load/contracts.ts";
import { createDecoder } from "../engine/runtime/decode.ts";
import { textOf } from "../engine/runtime/decode/text.ts";
import { timeOfText } from "../engine/runtime/event_time.ts";

const count = 2_000;
const rounds = 100;

/** A payment of about 470 bytes, as the generator writes it. */
function payment(i: number): Record<string, unknown> {
  return {
    payment_id: `pay_${1e9 + i}`,
    order_id: `ord_${1e7 + i}`,
    customer_id: `cus_${1e4 + (i % 997)}`,
    session_id: `ses_${1e6 + i}`,
    amount: (i * 37 % 90_000) / 100,
    currency: "EUR",
    status: "succeeded",
    method: "card",
    provider: "stripe",
    risk_score: i % 101,
    is_flagged: i % 50 === 0,
    billing_country: "FR",
    ip: `203.0.113.${i % 256}`,
    ip_country: "FR",
    card_ref: `card_${i % 1_009}`,
    card_masked: "453201******1234",
    device_id: `dev_${i % 503}`,
    user_agent: "Mozilla/5.0 (X11; Linux)",
    processing_ms: 100 + (i % 900),
    fraud_label: false,
    created_at: new Date(1767607200000 + i * 137).toISOString(),
  };
}

function stream() {
  const schemaFile = "contracts/events/payment.schema.json";
  const schema = JSON.parse(Deno.readTextFileSync(new URL(`../${schemaFile}`, import.meta.url)));
  const yaml = { stream: "payments", alias: "payment", time: "created_at", key: "order_id" };
  const built = buildStream({ name: "payments", yaml, file: "payments.yaml", schema, schemaFile }, () => {});
  if (built === undefined) throw new Error("the contract of payments was refused");
  return built;
}

/** Nanoseconds per call: the best of several rounds, because the machine has other work too. */
function measure(work: (i: number) => unknown): number {
  let best = Infinity;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    for (let i = 0; i < count; i++) work(i);
    best = Math.min(best, performance.now() - start);
  }
  return best / count * 1e6;
}

const events = Array.from({ length: count }, (_, i) => payment(i));
const texts = events.map((event) => JSON.stringify(event));
const bytes = texts.map((text) => new TextEncoder().encode(text));
const place = (i: number) => ({ _topic: "payments", _partition: i % 6, _offset: i, _timestamp: 1767607200000 + i });
const recorded = events.map((event, i) => new TextEncoder().encode(JSON.stringify({ ...place(i), ...event })));
const contract = stream();
const satisfies = compileSchema(contract.schema, "first");
const live = createDecoder(contract, { live: { now: () => 1767607200000 }, recorded: false });
const plain = createDecoder(contract, { live: undefined, recorded: true });

const stages: readonly (readonly [string, (i: number) => unknown])[] = [
  ["JSON.parse", (i) => JSON.parse(texts[i] ?? "")],
  ["text of bytes", (i) => textOf(bytes[i] ?? new Uint8Array())],
  ["schema", (i) => satisfies(events[i])],
  ["time", (i) => timeOfText(String(events[i]?.created_at))],
  ["decode, live", (i) => live.decode(bytes[i] ?? null, "payments", undefined)],
  ["decode, file", (i) => plain.decode(bytes[i] ?? null, "payments", undefined)],
  ["decode, file with places", (i) => plain.decode(recorded[i] ?? null, "payments", undefined)],
];

console.log(`${bytes[0]?.length} bytes an event`);
let baseline = NaN;
for (const [name, work] of stages) {
  const nanos = measure(work);
  if (Number.isNaN(baseline)) baseline = nanos;
  console.log(`${name.padEnd(26)}${nanos.toFixed(0).padStart(6)} ns ${(nanos / baseline).toFixed(2).padStart(6)}`);
}
