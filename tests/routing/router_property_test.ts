/**
 * The router under random trees, alerts and waits: a restart at any step changes nothing, and every alert is in a notice,
 * counted as silenced, or wanted by no route.
 */
import { expect } from "expect";
import * as fc from "fast-check";
import type { Fields } from "../../engine/model/value.ts";
import { compileRoutes } from "../../engine/routing/compile.ts";
import { Router } from "../../engine/routing/router.ts";
import type { Sent } from "../../engine/routing/send.ts";
import { readySilences } from "../../engine/routing/silence.ts";
import { alertOf } from "./alert.ts";

const runs = Number(Deno.env.get("VIGIE_RUNS") ?? 300);
const start = Date.parse("2026-03-28T10:00:00Z");
const minute = 60_000;
const sinks = ["a", "b", "c"];

const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });
const conditions = [
  'alert.severity == "critical"',
  'alert.rule == "r1"',
  'alert.status == "resolved"',
  "has(alert.key.k) && alert.key.k > 1",
];

const node = fc.letrec<{ node: Fields }>((tie) => ({
  node: fc.record({
    match: optional(fc.constantFrom(...conditions)),
    sinks: optional(fc.subarray(sinks, { minLength: 1 })),
    continue: fc.boolean(),
    group_by: optional(fc.constantFrom<string[]>([], ["alert.rule"], ["alert.key.k", "alert.severity"])),
    first_notice_after: optional(fc.constantFrom("0s", "30s", "5m")),
    update_at_most_every: optional(fc.constantFrom("0s", "5m", "1h")),
    remind_every: optional(fc.constantFrom("10m", "2h")),
    mute: optional(fc.constant([{ from: "12:00", to: "13:30", timezone: "Europe/Paris" }])),
    budget: optional(fc.record({ max: fc.integer({ min: 1, max: 3 }), every: fc.constantFrom("5m", "1h") })),
    routes: fc.oneof({ maxDepth: 2 }, fc.constant<Fields[]>([]), fc.array(tie("node"), { maxLength: 3 })),
  }).map((made) =>
    Object.fromEntries(Object.entries(made).flatMap(([name, value]) => value === undefined ? [] : [[name, value]]))
  ),
})).node;

const step = fc.record({
  wait: fc.constantFrom(0, 1_000, 20_000, 4 * minute, 50 * minute),
  severity: fc.constantFrom("critical" as const, "info" as const),
  rule: fc.constantFrom("r1", "r2"),
  key: fc.integer({ min: 1, max: 3 }),
  status: fc.constantFrom("firing" as const, "resolved" as const),
  resolves: fc.boolean(),
  restarts: fc.boolean(),
});

const silence = {
  id: "s",
  match: "alert.key.k == 3",
  reason: "",
  author: "",
  starts: start + 30 * minute,
  ends: start + 90 * minute,
};

function routerOf(routes: readonly Fields[]): Router {
  const { tree } = compileRoutes({ routes, sinks, file: "vigie.yaml" });
  const router = new Router(tree);
  router.silence(readySilences([silence]));
  return router;
}

/** Alerts that sends stand for. A reminder stands for none: it repeats. */
function told(sent: readonly Sent[]): number {
  return sent.reduce((sum, { delivery }) => {
    if ("alert" in delivery) return sum + 1;
    return sum + (delivery.notice.reason === "reminder" ? 0 : delivery.notice.counts.total);
  }, 0);
}

/** Runs the steps, with a restart where `restarts` says so; returns all that was sent and how often the tree took an alert. */
function run(
  routes: readonly Fields[],
  steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[],
  restarts: boolean,
) {
  let router = routerOf(routes);
  const saved = new Map<string, string>();
  const sent: Sent[] = [];
  let now = start;
  for (const [i, { wait, severity, rule, key, status, resolves, restarts: here }] of steps.entries()) {
    now += wait;
    while (router.due <= now) sent.push(...router.wake(router.due));
    const alert = alertOf({
      id: `a${i}`,
      fingerprint: `${rule} ${key}`,
      episode: `${rule} ${key}`,
      severity,
      rule,
      status,
      key: { k: key },
    });
    sent.push(...router.take(alert, { resolves, given: [] }, now));
    for (const { key: cell, text } of router.collect()) {
      if (text === undefined) saved.delete(cell);
      else saved.set(cell, text);
    }
    if (!restarts || !here) continue;
    router = routerOf(routes);
    for (const text of saved.values()) router.restore(text);
  }
  for (let i = 0; i < 200 && router.due < Infinity; i++) sent.push(...router.wake(router.due));
  return { sent, router };
}

Deno.test("a restart at any step changes nothing of what is sent", () => {
  fc.assert(
    fc.property(fc.array(node, { minLength: 1, maxLength: 3 }), fc.array(step, { maxLength: 30 }), (routes, steps) => {
      expect(run(routes, steps, true).sent).toEqual(run(routes, steps, false).sent);
    }),
    { numRuns: runs },
  );
});

Deno.test("every alert is in one notice of the route that takes it, silenced and counted, or unrouted", () => {
  const routes = fc.array(node, { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(routes, fc.array(step, { maxLength: 30 }), (written, steps) => {
      // With one taker each, every alert is told exactly once.
      const once = JSON.parse(JSON.stringify(written).replaceAll('"continue":true', '"continue":false'));
      const { sent, router } = run(once, steps, false);
      const silenced = Object.values(router.counts.silenced).reduce((sum, count) => sum + count, 0);
      expect(told(sent) + silenced + router.counts.unrouted).toBe(steps.length);
      expect(router.counts.taken).toBe(steps.length);
    }),
    { numRuns: runs },
  );
});

Deno.test("no two sends have the same id, so that no sink takes one for a second send of another", () => {
  fc.assert(
    fc.property(fc.array(node, { minLength: 1, maxLength: 3 }), fc.array(step, { maxLength: 30 }), (written, steps) => {
      const ids = run(written, steps, true).sent.flatMap(({ delivery }) =>
        "notice" in delivery ? [delivery.notice.id] : []
      );
      expect(new Set(ids).size).toBe(ids.length);
    }),
    { numRuns: runs },
  );
});
