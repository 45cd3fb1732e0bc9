/** Random joins of the two streams. */
import * as fc from "fast-check";
import type { LogEvent } from "./log.ts";
import { second } from "./random_log.ts";
import { common, field, type Template } from "./random_rule.ts";
import type { Condition } from "./rule.ts";

/** A condition over the values of both sides; no value where either has none. */
function both(means: (a: number, b: number) => boolean): Condition {
  return ({ events }) => {
    const [a, b] = ["a", "b"].map((stream) => events.find((event) => event.stream === stream)?.data.x);
    return typeof a === "number" && typeof b === "number" ? means(a, b) : undefined;
  };
}

const conditions = [
  { cel: "a.x + b.x >= 2", means: both((a, b) => a + b >= 2) },
  { cel: "math.abs(a.x - b.x) / a.x > 0.05", means: both((a, b) => a !== 0 && Math.abs(a - b) / a > 0.05) },
  { cel: "a.s == b.s || true", means: () => true },
];

const wheres = [
  { yaml: {}, means: () => true },
  { yaml: { where: "a.f" }, means: (event: LogEvent) => event.data.f === true },
];

export const joins: fc.Arbitrary<Template> = fc.record({
  common: common(["a", "b"], true),
  left: fc.constantFrom(...wheres),
  within: fc.constantFrom(2, 5, 12),
  order: fc.constantFrom("any" as const, "left_first" as const, "right_first" as const),
  match: fc.constantFrom("latest" as const, "first" as const, "all" as const),
  condition: fc.constantFrom(...conditions),
  records: fc.integer({ min: 0, max: 4 }).map((dice) => dice === 0),
}).map(({ common, left, within, order, match, condition, records }): Template => {
  const { on: _on, where: _where, limit, notify_resolved: _resolved, ...raw } = common.raw;
  const { limit: limitMeaning, ...meaning } = common.meaning;
  // Which of several matches of one event a limit lets pass is nowhere said.
  const limited = limit !== undefined && match !== "all" && !records;
  const entities = { x: "a.x", y: "b.x" };
  return {
    raw: {
      ...raw,
      kind: "join",
      left: { on: "a", ...left.yaml },
      right: { on: "b" },
      key: { left: "a.k", right: "b.k" },
      within: `${within}s`,
      order,
      match,
      when: condition.cel,
      severity: "high",
      entities,
      ...(limited && { limit }),
      ...(records && { emit_to: "out", record: { x: "a.x", y: "b.x" } }),
    },
    meaning: {
      kind: "join",
      rule: {
        ...meaning,
        key: { k: field("k") },
        where: (event) => event.stream === "b" || left.means(event),
        left: (event) => event.stream === "a",
        right: (event) => event.stream === "b",
        within: within * second,
        order,
        match,
        when: condition.means,
        severity: "high",
        notifyResolved: false,
        entities: { x: field("x", "a"), y: field("x", "b") },
        output: records ? "record" : "alert",
        ...(limited && limitMeaning && { limit: limitMeaning }),
        ...(records && { record: { x: field("x", "a"), y: field("x", "b") } }),
      },
    },
  };
});
