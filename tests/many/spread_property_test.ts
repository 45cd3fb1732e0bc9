/**
 * One log, any number of tasks: whichever rules run where their events arrive and whichever elsewhere, however tasks
 * take turns, crash, and are survived by their forerunners, the ids of alerts and records are those of a replay. For
 * rules that speak on close or evaluate in event time; others are true to one interleaving (runtime.md §2). So are
 * sessions that late events reach: whether one may still join depends on what had connected before (semantics.md 11).
 */
import { expect } from "expect";
import * as fc from "fast-check";
import { fixedThresholds, type Threshold } from "../../engine/model/threshold.ts";
import type { Plan } from "../../engine/compile/plan.ts";
import { Lane, oldest } from "../../engine/runtime/lane.ts";
import { type Partitions, spread } from "../../engine/runtime/many/key_sets.ts";
import { partitionOf } from "../../engine/runtime/many/passing.ts";
import { type Recording, replay } from "../../engine/runtime/replay.ts";
import { runs } from "../reference/agree.ts";
import { planOf, recordingOf } from "../reference/compare.ts";
import type { RecordedFile } from "../reference/log.ts";
import { filters } from "../reference/random_filter.ts";
import { joins } from "../reference/random_join.ts";
import { kpis } from "../reference/random_kpi.ts";
import { files } from "../reference/random_log.ts";
import type { Template } from "../reference/random_rule.ts";
import { scores } from "../reference/random_score.ts";
import { absences, sequences } from "../reference/random_sequence.ts";
import { alignedOnClose, alignedRollup, sessionRollup, slidingRules } from "../reference/random_window.ts";
import { zscores } from "../reference/random_zscore.ts";
import { FirstStage, type LogEvent, type PassedLog, SecondStage, type SourceLog } from "./spread_tasks.ts";

const inEventTime = (rules: fc.Arbitrary<Template>) =>
  rules.map((template) => ({ ...template, raw: { ...template.raw, evaluate: "event_time" } }));

const rule: fc.Arbitrary<Template> = fc.oneof(
  alignedOnClose,
  alignedRollup,
  sessionRollup,
  absences,
  ...[filters, joins, kpis, scores, sequences, slidingRules, zscores].map(inEventTime),
);

const turn = fc.record({
  task: fc.nat(11),
  act: fc.constantFrom("step", "step", "step", "step", "step", "save", "crash", "tell", "zombie"),
});

interface Case {
  readonly plan: Plan;
  readonly files: readonly RecordedFile[];
  readonly thresholds: readonly Threshold[];
  readonly partitions: number;
}

/** The file without the events that are late in their own partition. */
function punctual(file: RecordedFile): RecordedFile {
  const newest = new Map<number, number>();
  const lines = file.lines.filter((line) => {
    if ("dead" in line) return true;
    const before = newest.get(line.partition) ?? -Infinity;
    newest.set(line.partition, Math.max(before, line.time));
    return line.time >= before - file.lateness;
  });
  return { ...file, lines };
}

/** Lines by the field `k`, as producers place them that know the stream's key. */
function byKey(file: RecordedFile, partitions: number): RecordedFile {
  const lines = file.lines.map((line) =>
    "dead" in line ? line : { ...line, partition: partitionOf(String(line.data.k ?? null), partitions) }
  );
  return { ...file, lines };
}

/** The plan over streams whose key is `k`. */
function keyed(plan: Plan): Plan {
  const rules = plan.rules.map((rule) => {
    const inputs = rule.compiled.inputs.map((input) => ({ ...input, stream: { ...input.stream, key: "k" } }));
    return { ...rule, compiled: { ...rule.compiled, inputs } };
  });
  return { ...plan, rules };
}

async function replayed({ plan, files, thresholds }: Case): Promise<string[]> {
  const said = new Set<string>();
  await replay(plan, files.map((file) => recordingOf(file, Infinity)), {
    alert: ({ id, status, rule }) => said.add(`${rule} ${status} ${id}`),
    record: ({ id, rule }) => said.add(`${rule} record ${id}`),
    late: () => {},
    dead: () => {},
  }, { thresholds: fixedThresholds(thresholds) });
  return [...said].sort();
}

/** Events of each source partition. */
async function sourcesOf(files: readonly RecordedFile[], partitions: number): Promise<SourceLog> {
  const sources = new Map<string, { source: LogEvent["place"]; events: LogEvent[] }>();
  for (const file of files) {
    for (let partition = 0; partition < partitions; partition++) {
      const source = { stream: file.stream, topic: file.stream, partition, offset: 0, time: 0 };
      sources.set(`${file.stream}/${partition}`, { source, events: [] });
    }
    for (const event of await eventsOf(recordingOf(file, Infinity))) {
      sources.get(`${file.stream}/${event.place.partition}`)?.events.push(event);
    }
  }
  return sources;
}

async function eventsOf({ stream, decoder, read }: Recording): Promise<readonly LogEvent[]> {
  const events: LogEvent[] = [];
  const lane = new Lane({
    ...{ stream, decoder, dead: () => {} },
    inputOf: (topic, partition) => ({ stream, topic, partition, watermark: -Infinity, state: "active" }),
  });
  lane.push(await read() ?? []);
  while (oldest([lane]) !== undefined) lane.take({ take: (_, event) => (events.push(event), false) });
  return events;
}

async function many(given: Case, turns: readonly { task: number; act: string }[]): Promise<string[]> {
  const { plan, files, thresholds, partitions } = given;
  const sources = await sourcesOf(files, partitions);
  const around = { sources, thresholds, passed: new Map() satisfies PassedLog };
  const counts: Partitions = new Map(["a", "b"].map((stream) => [stream, new Map([[stream, partitions]])]));
  const placed = spread(plan, counts, "app");
  const first = Array.from({ length: partitions }, (_, i) => new FirstStage(plan, placed, i, around));
  const second = placed.keySets.flatMap((keySet) =>
    Array.from({ length: keySet.partitions }, (_, i) => new SecondStage(keySet, i, around))
  );
  const tasks = [...first, ...second];
  for (const task of tasks) await task.claim();
  const zombies: FirstStage[] = [];
  for (const { task: number, act } of turns) {
    const task = tasks[number % tasks.length]!;
    if (act === "step") await task.step();
    else if (act === "save") await task.save();
    else if (act === "crash") await task.claim();
    else if (task instanceof FirstStage && act === "tell") task.tell();
    else if (task instanceof FirstStage) {
      zombies.push(await task.zombie());
      await task.claim();
    }
    await zombies[number % (zombies.length + 1)]?.step();
  }
  while ((await Promise.all(first.map((task) => task.step()))).includes(true));
  for (const task of first) task.tell();
  while ((await Promise.all(second.map((task) => task.step()))).includes(true));
  const times = [...sources.values()].flatMap(({ events }) => events.map(({ place }) => place.time));
  for (const task of tasks) await task.end(Math.max(...times));
  return [...new Set(tasks.flatMap(({ said }) => said))].sort();
}

Deno.test("tasks of many instances, disturbed at every turn, say what a replay says", async () => {
  const property = fc.asyncProperty(
    fc.array(rule, { minLength: 1, maxLength: 4 }),
    files,
    fc.array(turn, { maxLength: 150 }),
    fc.constantFrom(2, 3),
    fc.boolean(),
    async (templates, files, turns, partitions, isKeyed) => {
      const plan = planOf(templates.map(({ raw }, i) => ({ ...raw, id: `r${i}` })));
      const thresholds = templates.flatMap((template) => template.thresholds ?? []);
      const placed = isKeyed ? files.map((file) => byKey(file, partitions)) : files;
      const given: Case = {
        ...{ thresholds, partitions },
        plan: isKeyed ? keyed(plan) : plan,
        files: templates.some(({ meaning }) => meaning.kind === "session") ? placed.map(punctual) : placed,
      };
      expect(await many(given, turns)).toEqual(await replayed(given));
    },
  );
  await fc.assert(property, { numRuns: runs });
});
