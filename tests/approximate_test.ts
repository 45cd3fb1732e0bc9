/** What is not exact says so: aggregates over more different values than they keep (semantics.md 15). */
import { expect } from "expect";
import type { Alert, OutputRecord } from "../engine/model/alert.ts";
import type { Fields } from "../engine/model/value.ts";
import { replay } from "../engine/runtime/replay.ts";
import { planOf, recordingOf } from "./reference/compare.ts";
import type { Line } from "./reference/log.ts";

const start = Date.parse("2026-01-05T10:00:00Z");
const lateness = 5_000;

/** The last that a rule says of so many events of one key within a minute, each with values of its own. */
async function lastSaid(rule: Fields, events: number): Promise<Alert | OutputRecord | undefined> {
  const found: (Alert | OutputRecord)[] = [];
  const line = (i: number, time: number): Line => ({ partition: 0, time, data: { k: "k", x: i, s: `s${i}` } });
  const lines = Array.from({ length: events }, (_, i) => line(i, start + Math.floor((i * 60_000) / events)));
  lines.push({ partition: 0, time: start + 7_200_000, data: { k: "other" } });
  await replay(planOf([{ id: "r", on: "a", key: "a.k", ...rule, ...whenOf(rule, events) }]), [
    recordingOf({ stream: "a", lateness, lines }, 1_000),
  ], {
    alert: (alert) => found.push(alert),
    record: (record) => found.push(record),
    late: () => {},
    dead: () => {},
  });
  return found.findLast(({ key }) => key.k === "k");
}

function whenOf({ kind }: Fields, events: number): Fields {
  if (kind === "threshold") return { when: `n >= ${events}` };
  return kind === "score" ? { points: { many: { when: `n >= ${events}`, add: 50 } } } : {};
}

const aggregate = { n: "count()", users: "distinct(a.s)", p50: "percentile(a.x, 50)" };
const threshold = { kind: "threshold", aggregate };

/** Rules that speak when their last event has come. */
const rules: Readonly<Record<string, Fields>> = {
  "a tumbling window": { ...threshold, window: { tumbling: "5m" } },
  "a session": { ...threshold, window: { session: "10m" } },
  "a sliding window of buckets": { ...threshold, window: { sliding: "5m", resolution: "1m" } },
  "a rollup": { kind: "rollup", aggregate, window: { tumbling: "5m" }, emit_to: "out" },
  "a score": {
    kind: "score",
    features: Object.fromEntries(
      Object.entries(aggregate).map(([name, value]) => [name, { window: { sliding: "5m", resolution: "1m" }, value }]),
    ),
    decisions: { block: "score >= 50", allow: true },
    emit_to: "out",
    alert_on: "block",
  },
};

for (const [name, rule] of Object.entries(rules)) {
  Deno.test(`${name} names the values that are approximate, and none while all are exact`, async () => {
    const [exact, some, all] = [await lastSaid(rule, 1_010), await lastSaid(rule, 1_100), await lastSaid(rule, 11_000)];
    expect(exact?.values).toMatchObject({ n: 1_010, users: 1_010 });
    expect([exact, some, all].map((said) => said?.approximate)).toEqual([undefined, ["p50"], ["users", "p50"]]);
  });
}

Deno.test("a sliding window without resolution holds every event, and is exact", async () => {
  const said = await lastSaid({ ...threshold, window: { sliding: "5m" } }, 11_000);
  expect(said?.values).toEqual({ n: 11_000, users: 11_000, p50: 5_499 });
  expect(said?.approximate).toBeUndefined();
});
