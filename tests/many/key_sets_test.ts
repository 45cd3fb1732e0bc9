/** Which rules of the shipped packs run where, what is passed on for the others, and what a record of it holds. */
import { expect } from "expect";
import { compileProject } from "../../engine/compile.ts";
import type { Plan } from "../../engine/compile/plan.ts";
import { loadProject } from "../../engine/load.ts";
import { type Partitions, spread } from "../../engine/runtime/many/key_sets.ts";
import { readPassed, writeEvent, writeProgress } from "../../engine/runtime/many/passed.ts";
import { Passing } from "../../engine/runtime/many/passing.ts";

async function planOf(...packs: string[]): Promise<Plan> {
  const { plan, problems } = compileProject(await loadProject({ packs, contracts: "contracts", tests: false }));
  if (plan === undefined) throw new Error(JSON.stringify(problems));
  return plan;
}

function partitionsOf(counts: { readonly [stream: string]: number }): Partitions {
  return new Map(Object.entries(counts).map(([stream, count]) => [stream, new Map([[stream, count]])]));
}

/** Ids of the rules in each place. */
function placesOf(plan: Plan, partitions: Partitions): Record<string, string[]> {
  const { local, keySets } = spread(plan, partitions, "app");
  const ids = ({ rules }: Plan) => rules.map(({ text }) => text.id).sort();
  return { local: ids(local), ...Object.fromEntries(keySets.map(({ topic, plan }) => [topic, ids(plan)])) };
}

Deno.test("a rule runs where its events arrive when producers bring them together; each other key has one topic", async () => {
  const plan = await planOf("rules/fraud/advanced.yaml");
  const places = placesOf(plan, partitionsOf({ payments: 4 }));
  expect(Object.keys(places).sort()).toEqual([
    ...["app.by.customer_id", "app.by.device_id", "app.by.session_id", "local"],
  ]);
});

Deno.test("rules over alerts, and those whose alerts they take, meet in one task", async () => {
  const places = placesOf(await planOf("rules/iot"), partitionsOf({ sensor_readings: 4 }));
  expect(places["app.by.all"]).toEqual(expect.arrayContaining(["machine-failing", "sensor-anomaly"]));
});

Deno.test("a join by the key of both streams stays at home only where their topics have as many partitions", async () => {
  const plan = await planOf("rules/fraud/crossed.yaml");
  const withoutAlerts = { ...plan, rules: plan.rules.filter(({ text }) => text.id !== "active-alerts-1m") };
  const equal = placesOf(withoutAlerts, partitionsOf({ payments: 4, orders: 4 }));
  const unequal = placesOf(withoutAlerts, partitionsOf({ payments: 4, orders: 6 }));
  expect(equal.local).toContain("paid-after-cancellation");
  expect(unequal["app.by.order_id"]).toContain("paid-after-cancellation");
});

Deno.test("one record for each key set that may take an event, with the fields that its rules read and no others", async () => {
  const plan = await planOf("rules/fraud/advanced.yaml");
  const { keySets } = spread(plan, partitionsOf({ payments: 4 }), "app");
  const data = {
    ...{
      payment_id: "p",
      order_id: "o",
      customer_id: "c",
      session_id: "s",
      device_id: "d",
      amount: 5,
      currency: "EUR",
    },
    ...{ status: "failed", method: "card", provider: "x", risk_score: 1, is_flagged: false, unread: "by no rule" },
  };
  const place = { stream: "payments", topic: "payments", partition: 1, offset: 7, time: 1_000 };
  const records = new Passing(plan, keySets, 3).recordsOf({ place, data, change: undefined, watermark: 900 });
  expect(new Set(records.map(({ topic }) => topic)).size).toBe(records.length);
  const bySession = records.find(({ topic }) => topic === "app.by.session_id");
  const session = keySets.find(({ topic }) => topic === "app.by.session_id")?.streams.get("payments");
  const sent: { data: object } = JSON.parse(bySession?.value ?? "{}");
  if (session?.fields !== undefined) {
    for (const name of Object.keys(sent.data)) expect(session.fields).toContain(name);
    expect(sent.data).not.toHaveProperty("unread");
  }
  expect(bySession?.headers).toMatchObject({
    offset: "7",
    watermark: "900",
    epoch: "3",
    time: "1000",
  });
});

Deno.test("a record says again what was passed on, and what is no record says nothing", () => {
  const place = { stream: "s", topic: "t", partition: 2, offset: 41, time: 5 };
  const change = { op: "u", before: { a: 1 }, ts_ms: 3 } as const;
  const event = { place, data: { a: [1, null, { b: "é" }] }, change, watermark: -Infinity };
  const message = { topic: "app.by.a", partition: 0, offset: 9, timestamp: undefined, key: null };
  const bytes = (text: string | null) => text === null ? null : new TextEncoder().encode(text);
  const { value, headers } = writeEvent(event, 1);
  expect(readPassed({ ...message, value: bytes(value), headers })).toEqual({
    ...{ source: { stream: "s", topic: "t", partition: 2 }, next: 42, watermark: -Infinity, state: "active", epoch: 1 },
    event: { place, data: event.data, change },
  });
  const progress = { source: { stream: "s", topic: "t", partition: 0 }, next: 3, watermark: 8, state: "idle" } as const;
  const written = writeProgress(progress, 2);
  expect(readPassed({ ...message, value: null, headers: written.headers })).toEqual({
    ...progress,
    ...{ epoch: 2, event: undefined },
  });
  expect(readPassed({ ...message, value: bytes("x"), headers: {} })).toBeUndefined();
  expect(readPassed({ ...message, value: bytes("{"), headers })).toBeUndefined();
});
