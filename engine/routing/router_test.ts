/** The router by hand: what goes to whom, when, together with what. */
import { expect } from "expect";
import { alertOf } from "../../tests/routing/alert.ts";
import { readDocument } from "../load/document.ts";
import type { Alert } from "../model/alert.ts";
import { isFields } from "../model/value.ts";
import { compileSchema } from "../load/ajv.ts";
import { compileRoutes } from "./compile.ts";
import { alertOfNotice } from "./notice.ts";
import { Router } from "./router.ts";
import type { Sent } from "./send.ts";
import { readySilences } from "./silence.ts";

const start = Date.parse("2026-01-05T10:00:00Z");
const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const facts = { resolves: true, given: [] };

function routerOf(yaml: string): Router {
  const value = readDocument(yaml, () => {});
  const routes = (Array.isArray(value) ? value : []).filter(isFields);
  const { tree, problems } = compileRoutes({ routes, sinks: ["slack", "mail", "pager"], file: "vigie.yaml" });
  expect(problems).toEqual([]);
  return new Router(tree);
}

function shown(sent: readonly Sent[]): string[] {
  return sent.map(({ sinks, delivery }) => {
    const what = "alert" in delivery
      ? delivery.alert.id
      : `${delivery.notice.reason} ${delivery.notice.counts.total}: ${
        delivery.notice.alerts.map(({ id }) => id).join(" ")
      }`;
    return `${sinks.join("+")} ${what}`;
  });
}

function firing(id: string, changes: Partial<Alert> = {}) {
  return alertOf({ id, ...changes });
}

function resolved(id: string) {
  return alertOf({ id: `${id}-end`, episode: id, fingerprint: `f-${id}`, status: "resolved" });
}

Deno.test("an alert goes to the first route that takes it, and on where that continues", () => {
  const router = routerOf(`
- { match: alert.severity == "critical", sinks: [pager], continue: true }
- match: alert.pack == "payments-fraud"
  sinks: [slack]
  routes: [{ match: alert.rule == "amount-gap", sinks: [mail] }]
`);
  const take = (changes: Partial<Alert>) => shown(router.take(firing("a", changes), facts, start));
  expect(take({ severity: "critical" })).toEqual(["pager a", "slack a"]);
  expect(take({ rule: "amount-gap" })).toEqual(["mail a"]);
  expect(take({ pack: "iot" })).toEqual([]);
  expect(take({ shadow: true })).toEqual([]);
  expect(router.counts).toMatchObject({ taken: 3, unrouted: 1 });
});

Deno.test("a sink that has the alert already is not given it a second time", () => {
  const router = routerOf(`[{ sinks: [slack, mail], continue: true }, { sinks: [mail, pager] }]`);
  expect(shown(router.take(firing("a"), { resolves: false, given: ["slack"] }, start))).toEqual(["mail a", "pager a"]);
});

Deno.test("a group waits for others, then keeps a distance between notices, and ends quietly", () => {
  const router = routerOf(`
- sinks: [slack]
  group_by: alert.rule
  first_notice_after: 30s
  update_at_most_every: 5m
`);
  expect(router.take(firing("a"), facts, start)).toEqual([]);
  expect(router.take(firing("b"), facts, start + 20 * second)).toEqual([]);
  expect(router.due).toBe(start + 30 * second);
  expect(shown(router.wake(start + 30 * second))).toEqual(["slack group 2: a b"]);
  expect(router.take(firing("c"), facts, start + minute)).toEqual([]);
  expect(router.due).toBe(start + 30 * second + 5 * minute);
  expect(shown(router.wake(router.due))).toEqual(["slack c"]);
  expect(router.wake(router.due)).toEqual([]);
  expect(router.due).toBe(Infinity);
});

Deno.test("people are reminded while an episode lasts, and told its end", () => {
  const router = routerOf(`[{ sinks: [slack], remind_every: 4h }]`);
  expect(shown(router.take(firing("a"), facts, start))).toEqual(["slack a"]);
  expect(shown(router.wake(start + 4 * hour))).toEqual(["slack reminder 1: a"]);
  expect(shown(router.wake(start + 8 * hour))).toEqual(["slack reminder 1: a"]);
  expect(shown(router.take(resolved("a"), facts, start + 9 * hour))).toEqual(["slack a-end"]);
  expect(router.wake(start + 99 * hour)).toEqual([]);
  expect(shown(router.take(firing("b"), { resolves: false, given: [] }, start))).toEqual(["slack b"]);
  expect(router.due).toBe(Infinity);
});

Deno.test("the ids of reminders differ, so that sinks do not take them for second sends", () => {
  const router = routerOf(`[{ sinks: [slack], remind_every: 4h }]`);
  router.take(firing("a"), facts, start);
  const ids = [4, 8].map((hours) => router.wake(start + hours * hour).map(({ delivery }) => delivery)[0])
    .map((delivery) => delivery !== undefined && "notice" in delivery ? delivery.notice.id : "");
  expect(new Set(ids).size).toBe(2);
});

Deno.test("what comes during a mute is one notice when it ends", () => {
  const router = routerOf(`[{ sinks: [slack], mute: [{ from: "22:00", to: "07:00", timezone: Europe/Paris }] }]`);
  const night = Date.parse("2026-01-05T22:00:00Z");
  expect(router.take(firing("a"), facts, night)).toEqual([]);
  expect(router.take(firing("b"), facts, night + hour)).toEqual([]);
  expect(router.due).toBe(Date.parse("2026-01-06T06:00:00Z"));
  expect(shown(router.wake(router.due))).toEqual(["slack mute 2: a b"]);
  expect(router.due).toBe(Infinity);
});

Deno.test("what exceeds a budget is one digest when its window ends, which counts for the next", () => {
  const router = routerOf(`[{ sinks: [slack], budget: { max: 2, every: 1h } }]`);
  const sent = Array.from({ length: 30 }, (_, i) => shown(router.take(firing(`a${i}`), facts, start + i * second)));
  expect(sent.flat()).toEqual(["slack a0", "slack a1"]);
  expect(router.due).toBe(start + hour);
  const [digest] = router.wake(start + hour);
  expect(shown([digest!])[0]).toMatch(/^slack digest 28: a2 a3 /);
  expect(digest?.delivery).toMatchObject({
    notice: {
      title: "Beyond the budget, 28 alerts: Card testing",
      counts: { total: 28, firing: 28, severities: { high: 28 }, rules: { "payments-fraud/card-testing": 28 } },
    },
  });
  expect(shown(router.take(firing("b"), facts, start + hour + 1))).toEqual(["slack b"]);
  expect(router.take(firing("c"), facts, start + hour + 2)).toEqual([]);
});

Deno.test("a silence holds from its start to its end, and the end of a silenced episode is not told", () => {
  const router = routerOf(`[{ sinks: [slack] }]`);
  const match = 'alert.rule == "card-testing"';
  const silence = { id: "s1", match, reason: "known", author: "ada", starts: start, ends: start + hour };
  router.silence(readySilences([silence]));
  expect(shown(router.take(firing("a"), facts, start - 1))).toEqual(["slack a"]);
  expect(router.take(firing("b"), facts, start)).toEqual([]);
  expect(shown(router.take(firing("c"), facts, start + hour))).toEqual(["slack c"]);
  expect(router.take(resolved("b"), facts, start + 2 * hour)).toEqual([]);
  expect(shown(router.take(resolved("a"), facts, start + 2 * hour))).toEqual(["slack a-end"]);
  expect(router.counts.silenced).toEqual({ s1: 1, "resolved after a silence": 1 });
});

Deno.test("a silence keeps reminders back, and what is told after it is told to its end", () => {
  const router = routerOf(`[{ sinks: [slack], remind_every: 1h }]`);
  const silence = { id: "s1", match: "true", reason: "", author: "", starts: start + 1, ends: start + 2 * hour };
  router.silence(readySilences([silence]));
  expect(shown(router.take(firing("a"), facts, start))).toEqual(["slack a"]);
  expect(router.take(firing("b"), facts, start + 1)).toEqual([]);
  expect(router.wake(start + hour)).toEqual([]);
  expect(shown(router.wake(start + 2 * hour))).toEqual(["slack reminder 1: a"]);
  const rise = firing("b-rise", { episode: "b", fingerprint: "f-b", severity: "critical" });
  expect(shown(router.take(rise, facts, start + 2 * hour))).toEqual(["slack b-rise"]);
  expect(shown(router.take(resolved("b"), facts, start + 2 * hour))).toEqual(["slack b-end"]);
});

Deno.test("what a route holds when it is edited away goes where it was meant to go", () => {
  const before = routerOf(`[{ sinks: [mail], match: alert.pack == "payments-fraud", first_notice_after: 1h }]`);
  before.take(firing("a"), facts, start);
  const after = routerOf(`[{ sinks: [slack] }]`);
  for (const { text } of before.collect()) after.restore(text ?? "");
  expect(shown(after.wake(start + 1))).toEqual(["mail a"]);
  expect(after.due).toBe(Infinity);
});

Deno.test("a notice is an alert that every sink can deliver, with what its alerts have in common", () => {
  const router = routerOf(`[{ sinks: [slack], group_by: alert.labels.team, first_notice_after: 1m }]`);
  router.take(firing("a", { severity: "info", labels: { team: "risk", area: "eu" } }), facts, start);
  router.take(firing("b", { rule: "velocity", message: "Nine payments", labels: { team: "risk" } }), facts, start);
  const [sent] = router.wake(start + minute);
  if (sent === undefined || !("notice" in sent.delivery)) throw new Error("a notice was expected");
  const alert = alertOfNotice(sent.delivery.notice);
  expect(alert).toMatchObject({
    kind: "notice",
    status: "firing",
    pack: "payments-fraud",
    rule: "several",
    severity: "high",
    title: "2 alerts: 2 rules",
    message: "INFO  Four attempts in three seconds\nHIGH  Nine payments",
    key: { "labels.team": "risk" },
    values: { alerts: 2, firing: 2, resolved: 0, info: 1, high: 1 },
    labels: { team: "risk" },
  });
  const schema = JSON.parse(Deno.readTextFileSync("contracts/alert.schema.json"));
  expect(compileSchema(schema, "first")(structuredClone(alert))).toBe(true);
});
