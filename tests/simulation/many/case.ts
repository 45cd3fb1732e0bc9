/**
 * A case of many instances: rules whose alerts no interleaving decides, a log whose partition counts may differ, two or
 * three instances, and disturbances of the first seconds. All of it comes from a seed, and is plain data.
 */
import * as fc from "fast-check";
import type { Plan } from "../../../engine/compile/plan.ts";
import { fixedThresholds, type ThresholdStore } from "../../../engine/model/threshold.ts";
import type { Millis } from "../../../engine/model/time.ts";
import { partitionOf } from "../../../engine/runtime/many/passing.ts";
import { planOf } from "../../reference/compare.ts";
import { filters } from "../../reference/random_filter.ts";
import { joins } from "../../reference/random_join.ts";
import { kpis } from "../../reference/random_kpi.ts";
import type { Template } from "../../reference/random_rule.ts";
import { scores } from "../../reference/random_score.ts";
import { absences, sequences } from "../../reference/random_sequence.ts";
import { lateness } from "../../reference/streams.ts";
import * as windows from "../../reference/random_window.ts";
import { zscores } from "../../reference/random_zscore.ts";
import { Chance } from "../chance.ts";
import { logOf, type Message, type Partition } from "../log.ts";

/** What befalls an instance, or all of them, and when. */
export interface Disturbance {
  readonly at: Millis;
  readonly is: "crash" | "freeze" | "stop" | "rebalance" | "join";
  readonly millis: Millis;
}

export interface Case {
  readonly seed: number;
  readonly templates: readonly Template[];
  readonly log: readonly Partition[];
  /** Whether producers place events by `k`, and contracts say so. */
  readonly isKeyed: boolean;
  readonly instances: number;
  readonly disturbances: readonly Disturbance[];
  /** Chance that a request is lost on its way, or its answer, or that it arrives late; 0 once it is calm. */
  readonly trouble: number;
  readonly calmAt: Millis;
  /** Instances that start before run without end, and are then stopped for others that drain the log. */
  readonly liveMillis: Millis;
  readonly settings: {
    readonly every: Millis;
    readonly maxDirty: number;
    readonly maxKeys: number;
    readonly term: Millis;
    readonly batch: number;
    readonly overlap: number;
    readonly latency: Millis;
  };
}

const inEventTime = (rules: fc.Arbitrary<Template>) =>
  rules.map((template) => ({ ...template, raw: { ...template.raw, evaluate: "event_time" } }));

const rules: fc.Arbitrary<Template> = fc.oneof(
  windows.alignedOnClose,
  windows.alignedRollup,
  windows.sessionRollup,
  absences,
  ...[filters, joins, kpis, scores, sequences, windows.slidingRules, zscores].map(inEventTime),
);

/** The case of a seed: always the same. */
export function caseOf(seed: number): Case {
  const chance = new Chance(seed).fork("many");
  const numbers = { seed: chance.whole(0, 2 ** 31 - 1), numRuns: chance.whole(1, 4) };
  const templates = fc.sample(rules, numbers);
  const [isKeyed, calmAt] = [chance.is(0.5), 3_000];
  const disturbances = Array.from({ length: chance.whole(0, 6) }, (): Disturbance => ({
    at: chance.next() * chance.next() * calmAt,
    is: chance.of(["crash", "crash", "freeze", "stop", "rebalance", "join"]),
    millis: chance.whole(50, 2_500),
  }));
  const settings = {
    every: chance.of([5, 20, 100]),
    maxDirty: chance.of([1, 10, 5_000]),
    maxKeys: chance.of([0, 1, 3, 1_000]),
    term: chance.of([200, 1_000]),
    batch: chance.of([1, 3, 100]),
    overlap: chance.of([0, 0, 3]),
    latency: chance.of([1, 5, 30]),
  };
  const log = placed(chance.fork("log"), isKeyed, templates.some(({ meaning }) => meaning.kind === "session"));
  const [trouble, instances] = [chance.of([0, 0.02, 0.1, 0.3]), chance.whole(1, 3)];
  const liveMillis = chance.fork("live").of([0, 300, 1_500]);
  return { seed, templates, log, isKeyed, instances, disturbances, trouble, calmAt, liveMillis, settings };
}

/** Plan and thresholds of a case. */
export function plansOf({ templates, isKeyed }: Case): { plan: Plan; thresholds: ThresholdStore } {
  const plan = planOf(templates.map(({ raw }, i) => ({ ...raw, id: `r${i}` })));
  const thresholds = fixedThresholds(templates.flatMap((template) => template.thresholds ?? []));
  return { plan: isKeyed ? keyed(plan) : plan, thresholds };
}

/** The plan over streams whose key is `k`. */
function keyed(plan: Plan): Plan {
  const rules = plan.rules.map((rule) => {
    const inputs = rule.compiled.inputs.map((input) => ({ ...input, stream: { ...input.stream, key: "k" } }));
    return { ...rule, compiled: { ...rule.compiled, inputs } };
  });
  return { ...plan, rules };
}

function placed(chance: Chance, isKeyed: boolean, hasSessions: boolean): readonly Partition[] {
  const shape = { messages: chance.of([6, 20, 40]), keys: chance.of([1, 2, 6]), adds: false, isMute: false };
  const pace = chance.fork("pace").of([0, 5, 40]);
  const counts = { a: chance.whole(1, 3), b: chance.whole(1, 3) };
  const log = (["a", "b"] as const).flatMap((stream) =>
    logOf(chance.fork(stream), { ...shape, pace, streams: [stream], partitions: counts[stream] })
  );
  const whole = isKeyed ? log.map((partition) => byKey(log, partition)) : log;
  // Whether a late event is within a session depends on what other partitions have connected (semantics.md 11).
  return hasSessions ? whole.map(punctual) : whole;
}

/** A partition with the messages that belong there by their key. */
function byKey(log: readonly Partition[], { stream, partition, at }: Partition): Partition {
  const lists = log.filter((one) => one.stream === stream);
  const messages = lists.flatMap((one) =>
    one.messages.filter(({ content }) => {
      if (!("time" in content)) return one.partition === partition;
      return partitionOf(String(content.data.k ?? null), lists.length) === partition;
    })
  );
  return { stream, partition, at, messages };
}

/** A partition without the events that are late in it. */
function punctual(partition: Partition): Partition {
  let newest = -Infinity;
  const isPunctual = ({ content }: Message) => {
    if (!("time" in content)) return true;
    const before = newest;
    newest = Math.max(newest, content.time);
    return content.time >= before - lateness[partition.stream];
  };
  return { ...partition, messages: partition.messages.filter(isPunctual) };
}
