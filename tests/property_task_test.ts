/**
 * A task that is saved, crashes, is restored, loses its cold keys and fires its timers one by one says what an
 * undisturbed one says, to the byte: for random rules of every kind, several at once, over random logs.
 */
import { expect } from "expect";
import * as fc from "fast-check";
import { runs } from "./reference/agree.ts";
import { planOf, recordingOf } from "./reference/compare.ts";
import { disturbed, undisturbed } from "./reference/disturbed.ts";
import { filters } from "./reference/random_filter.ts";
import { joins } from "./reference/random_join.ts";
import { kpis } from "./reference/random_kpi.ts";
import { files } from "./reference/random_log.ts";
import type { Template } from "./reference/random_rule.ts";
import { scores } from "./reference/random_score.ts";
import { absences, sequences } from "./reference/random_sequence.ts";
import {
  alignedOnClose,
  alignedOnMatch,
  alignedRollup,
  sessionRollup,
  sessions,
  slidingRules,
} from "./reference/random_window.ts";
import { zscores } from "./reference/random_zscore.ts";

const rule: fc.Arbitrary<Template> = fc.oneof(
  filters,
  joins,
  kpis,
  scores,
  absences,
  sequences,
  alignedOnClose,
  alignedOnMatch,
  alignedRollup,
  sessionRollup,
  sessions,
  slidingRules,
  zscores,
);

const disturbance = fc.record({
  saveEvery: fc.constantFrom(1, 2, 3, 7),
  crashEvery: fc.constantFrom(1, 2, 5, 1_000),
  keys: fc.constantFrom(0, 1, 1_000),
  budget: fc.constantFrom(1, 2, Infinity),
  page: fc.constantFrom(1, 2, 1_000),
  ahead: fc.constantFrom(0, 1_000, 60_000),
});

/** Rules over the alerts of the others: on close, at an event, and one over both. */
const overAlerts = [
  {
    id: "counted",
    kind: "rollup",
    on: "alerts",
    key: "alert.rule",
    window: { tumbling: "5s" },
    aggregate: { n: "count()", worst: 'count(alert.severity == "critical")' },
    emit_to: "out",
  },
  {
    id: "often",
    kind: "threshold",
    on: "alerts",
    where: 'alert.rule != "often" && alert.rule != "beside"',
    window: { sliding: "8s" },
    aggregate: { n: "count()" },
    when: "n >= 2",
    severity: { critical: "n >= 4", high: "true" },
    limit: { max: 2, every: "10s" },
  },
  {
    id: "beside",
    kind: "threshold",
    on: ["alerts", "b"],
    where: { alerts: 'alert.rule == "often"', b: "b.f" },
    window: { tumbling: "10s" },
    aggregate: { n: "count(alert)", all: "count()" },
    when: "n >= 1 && all >= 2",
    severity: "info",
  },
];

Deno.test("a task that is disturbed at every turn says what an undisturbed one says", async () => {
  const property = fc.asyncProperty(
    fc.array(rule, { minLength: 1, maxLength: 4 }),
    files,
    disturbance,
    async (templates, files, disturbance) => {
      const plan = planOf([...templates.map(({ raw }, i) => ({ ...raw, id: `r${i}` })), ...overAlerts]);
      const thresholds = templates.flatMap((template) => template.thresholds ?? []);
      const recordings = () => files.map((file) => recordingOf(file, Infinity));
      const wanted = await undisturbed(plan, recordings(), thresholds);
      expect(await disturbed(plan, recordings(), thresholds, disturbance)).toEqual(wanted);
    },
  );
  await fc.assert(property, { numRuns: runs });
});
