import { expect } from "expect";
import { createArrival } from "./arrival.ts";
import { cases } from "./cases/mod.ts";
import { createGenerator, type GeneratedEvent, type Label, streamNames } from "./mod.ts";
import { plant } from "./planting.ts";
import { createTimeQueue } from "./queue.ts";
import { officeRhythm, shoppingRhythm, steady } from "./rhythm.ts";
import { streamKinds } from "./mod.ts";
import { Chance } from "./chance.ts";

const start = Date.parse("2026-01-05T10:00:00Z");
const minute = 60_000;

/** What one world gives in so many milliseconds, asked for in steps. */
function made(
  streams: readonly string[],
  { seed = 1, rate = 50, millis = 2 * minute, step = 1_000, from = start } = {},
) {
  const generator = createGenerator({ streams, seed, start: from, rate });
  const events: GeneratedEvent[] = [];
  const labels: Label[] = [];
  for (let at = step; at < millis + step; at += step) {
    events.push(...generator.next(from + Math.min(at, millis)));
    labels.push(...generator.labels());
  }
  return { events, labels };
}

const rows = (events: readonly GeneratedEvent[], stream: string) =>
  events.filter((event) => event.stream === stream).map(({ value }) => JSON.parse(value));

Deno.test("the same seed gives the same events and labels, however time is cut", () => {
  const one = made(streamNames, { step: 1_000 });
  const other = made(streamNames, { step: 37 });
  expect(other).toEqual(one);
  expect(made(streamNames, { step: 2 * minute })).toEqual(one);
  expect(made(streamNames, { seed: 2 }).events).not.toEqual(one.events);
});

Deno.test("known bytes come out on every machine: this line changes only when the generator does", async () => {
  const text = made(streamNames, { millis: 20_000 }).events.map(({ value }) => value).join("\n");
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  expect(Array.from(new Uint8Array(digest).subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("")).toBe(
    "743c091d292e5f4e",
  );
});

Deno.test("events come in the order in which they happen, and none before the beginning", () => {
  const { events } = made(streamNames);
  expect(events.length).toBeGreaterThan(1_000);
  expect(events[0]?.at).toBeGreaterThanOrEqual(start);
  expect(events.every(({ at }, i) => at >= (events[i - 1]?.at ?? start))).toBe(true);
});

Deno.test("the rate is kept on average: an hour of the steady streams, a week of the others", () => {
  const { events } = made(["sensor_readings"], { rate: 20, millis: 60 * minute, step: minute });
  expect(events.filter(({ planted }) => !planted).length / 3_600).toBeCloseTo(20, 0);
  for (const rhythm of [officeRhythm, shoppingRhythm, steady]) {
    let sum = 0;
    for (let at = 0; at < 7 * 1_440; at++) sum += rhythm(start + at * minute);
    expect(sum / (7 * 1_440)).toBeGreaterThan(0.97);
    expect(sum / (7 * 1_440)).toBeLessThan(1.03);
  }
});

Deno.test("a payment is of an order that exists, and amounts to its total", () => {
  const { events } = made(["orders", "payments", "kyc_decisions"], { millis: 10 * minute });
  const ordinary = events.filter(({ planted }) => !planted);
  const created = new Map(
    rows(ordinary, "orders").filter((o) => o.event_type === "created").map((o) => [o.order_id, o]),
  );
  const known = rows(ordinary, "payments").filter((payment) => created.has(payment.order_id));
  expect(known.length).toBeGreaterThan(2_000);
  for (const payment of known) {
    const order = created.get(payment.order_id);
    expect([payment.amount, payment.customer_id, payment.ip]).toEqual([order.total, order.customer_id, order.ip]);
    expect(payment.created_at > order.created_at).toBe(true);
  }
  // All but those that were ordered in the minute before the beginning.
  expect(known.length / rows(ordinary, "payments").length).toBeGreaterThan(0.9);
  const checks = rows(ordinary, "kyc_decisions").filter((kyc) => created.has(kyc.order_id));
  expect(checks.length).toBeGreaterThan(500);
  for (const kyc of checks) expect(kyc.customer_id).toBe(created.get(kyc.order_id).customer_id);
});

Deno.test("a conversion follows a click of its user and is of an order", () => {
  const { events } = made(["orders", "clicks", "conversions"], { rate: 20, millis: 60 * minute, step: minute });
  const conversions = events.filter(({ stream, planted }) => stream === "conversions" && !planted);
  const clicks = new Map<string, number>();
  let followed = 0;
  for (const event of events) {
    if (event.stream === "clicks") clicks.set(event.key, event.time);
    if (event.stream === "conversions" && clicks.has(event.key)) followed++;
  }
  const totals = new Map(rows(events, "orders").map((order) => [order.order_id, order.total]));
  for (const conversion of rows(conversions, "conversions")) {
    if (totals.has(conversion.order_id)) expect(conversion.value).toBe(totals.get(conversion.order_id));
  }
  expect(followed / conversions.length).toBeGreaterThan(0.7);
});

Deno.test("a few customers buy much more than most", () => {
  const counts = new Map<string, number>();
  for (
    const { customer_id } of rows(
      made(["payments"], { rate: 20, millis: 60 * minute, step: minute }).events,
      "payments",
    )
  ) {
    counts.set(customer_id, (counts.get(customer_id) ?? 0) + 1);
  }
  const sorted = [...counts.values()].sort((a, b) => b - a);
  expect(sorted[0]).toBeGreaterThan(5 * (sorted[sorted.length >> 1] ?? Infinity));
});

Deno.test("a webhook that failed is tried again after 1, 2, 4, 8 and 16 minutes, and given up at the last", () => {
  const { events } = made(["webhook_deliveries"], { rate: 20, millis: 60 * minute, step: minute });
  const attempts = new Map<string, { ts: number; status: string; retry_count: number }[]>();
  for (const row of rows(events.filter(({ planted }) => !planted), "webhook_deliveries")) {
    attempts.set(row.webhook_id, [...attempts.get(row.webhook_id) ?? [], row]);
  }
  const retried = [...attempts.values()].filter(({ length }) => length > 1);
  expect(retried.length).toBeGreaterThan(100);
  for (const series of retried) {
    series.forEach((attempt, i) => expect(attempt.retry_count).toBe(i));
    const waits = series.slice(1).map(({ ts }, i) => (ts - (series[i]?.ts ?? 0)) / minute);
    expect(waits).toEqual([1, 2, 4, 8, 16].slice(0, waits.length));
    expect(series.slice(0, -1).every(({ status }) => status === "failed")).toBe(true);
    expect(series[5]?.status).not.toBe("failed");
  }
});

Deno.test("a change of a table knows the row before it", () => {
  const { events } = made(["stock", "oltp_transactions"], { millis: 10 * minute });
  const left = new Map<string, unknown>();
  for (const { value, planted, key } of events) {
    const change = JSON.parse(value);
    if (!planted && left.has(key)) expect(change.before).toEqual(left.get(key));
    if (!planted) left.set(key, change.after);
  }
  expect(rows(events, "oltp_transactions").some(({ op }) => op === "d")).toBe(true);
});

Deno.test("a world that begins later repeats no id of an order", () => {
  const early = new Set(rows(made(["orders"]).events, "orders").map(({ order_id }) => order_id));
  const late = rows(made(["orders"], { from: start + 5_000 }).events, "orders");
  expect(late.filter(({ order_id }) => early.has(order_id))).toEqual([]);
});

Deno.test("cases of several kinds are complete within two seconds of the beginning", () => {
  const { labels } = made(streamNames, { millis: 2_000, step: 50 });
  expect(new Set(labels.filter(({ fires }) => fires).map(({ rule }) => rule)).size).toBeGreaterThan(5);
});

Deno.test("a case is planted only where all its streams are wanted", () => {
  const { labels } = made(["payments"], { millis: 10 * minute });
  const streams = labels.flatMap(({ events }) => events.map(({ stream }) => stream));
  expect(new Set(streams)).toEqual(new Set(["payments"]));
  expect(labels.some(({ rule }) => rule === "fraud-crossed/amount-gap")).toBe(false);
});

Deno.test("cases come back every hour, under other names", () => {
  const { labels } = made(["kpi_events", "orders"], { rate: 1, millis: 3 * 60 * minute, step: minute });
  const totals = labels.filter(({ says }) => says === "a total of 3,000.01");
  expect(totals.length).toBe(3);
  expect(new Set(totals.map(({ events }) => events[0]?.id)).size).toBe(3);
});

Deno.test("a case plants nothing that another names, and whole milliseconds only", () => {
  const ids = new Map<string, string>();
  cases.forEach((one, index) => {
    const planted = plant(one, streamKinds, one.begin(start), `t${index}`);
    for (const { time } of planted.events) expect(Number.isInteger(time)).toBe(true);
    for (const { stream, id } of planted.label.events) {
      const owner = ids.get(`${stream}:${id}`);
      if (stream !== "kpi_events") expect([undefined, `${one.rule} ${index}`]).toContain(owner);
      ids.set(`${stream}:${id}`, `${one.rule} ${index}`);
    }
  });
});

Deno.test("an unknown stream, no stream and a rate of nothing are refused", () => {
  const options = { seed: 1, start, rate: 1 };
  expect(() => createGenerator({ ...options, streams: ["payment"] })).toThrow('there is no stream "payment"');
  expect(() => createGenerator({ ...options, streams: [] })).toThrow("no stream was named");
  expect(() => createGenerator({ ...options, streams: ["orders"], rate: 0 })).toThrow("the rate must be more than 0");
});

Deno.test("disorder moves no event further than it says, late ones come after their time, planted ones stay good", () => {
  const { events } = made(["payments"], { millis: 10 * minute });
  const arrival = createArrival({ seed: 1, disorder: 5_000, late: 0.01, bad: 0.02 });
  const arrived: GeneratedEvent[] = [];
  for (let until = start; until < start + 10 * minute; until += 500) {
    const since = events.filter(({ at }) => at >= until && at < until + 500);
    arrived.push(...arrival.pass(since, until + 500));
  }
  arrived.push(...arrival.rest());
  expect(arrived.length).toBe(events.length);
  let newest = 0;
  const lags = arrived.map(({ at }) => Math.max(0, (newest = Math.max(newest, at)) - at));
  expect(lags.filter((lag) => lag > 0).length).toBeGreaterThan(events.length / 4);
  const late = arrived.filter((_, i) => (lags[i] ?? 0) > 5_000);
  expect(late.length / events.length).toBeGreaterThan(0.004);
  expect(late.length / events.length).toBeLessThan(0.02);
  expect(late.some(({ planted }) => planted)).toBe(false);
  const sent = new Set(events.map(({ value }) => value));
  const bad = arrived.filter(({ value }) => !sent.has(value));
  expect(bad.length / events.length).toBeGreaterThan(0.01);
  expect(bad.some(({ planted }) => planted)).toBe(false);
});

Deno.test("the queue gives what is due first, and what is due at one time in the order in which it came", () => {
  const queue = createTimeQueue();
  const chance = new Chance(7, "queue");
  const added: { time: number; order: number }[] = [];
  const taken: { time: number; order: number }[] = [];
  let now = 0;
  for (let order = 0; order < 3_000; order++) {
    const time = now + chance.of(order).below(2_000);
    added.push({ time, order });
    queue.add({ time, order: -1 });
    if (order % 3 !== 0) continue;
    now = queue.due();
    taken.push(queue.take() ?? { time: 0, order: 0 });
  }
  for (let next = queue.take(); next !== undefined; next = queue.take()) taken.push(next);
  expect(taken).toEqual(added.toSorted((a, b) => a.time - b.time || a.order - b.order));
});
