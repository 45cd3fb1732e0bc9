/** The real engine of one task on one simulated instance: what it reads, passes on, and is given of the outside. */
import type { Plan } from "../../../engine/compile/plan.ts";
import type { ThresholdStore } from "../../../engine/model/threshold.ts";
import { createDecoder } from "../../../engine/runtime/decode.ts";
import { Engine } from "../../../engine/runtime/engine/engine.ts";
import type { Setup } from "../../../engine/runtime/engine/options.ts";
import type { Drain } from "../../../engine/runtime/many/drain.ts";
import type { KeySet, Spread } from "../../../engine/runtime/many/key_sets.ts";
import { Passing } from "../../../engine/runtime/many/passing.ts";
import { Shuffle, type ShuffleOptions } from "../../../engine/runtime/many/shuffle.ts";
import { firstStage, secondStage } from "../../../engine/runtime/many/stages.ts";
import type { TaskUnit } from "../../../engine/runtime/many/tasks.ts";
import type { Stage } from "../../../engine/runtime/engine/stage.ts";
import { type SourceNeeds, sourceOf } from "./source.ts";

export interface EngineNeeds extends SourceNeeds {
  readonly placed: Spread;
  readonly plans: { readonly plan: Plan; readonly thresholds: ThresholdStore };
  /** Undefined for a run without end. */
  readonly drain: Drain | undefined;
  /** A name that no other engine has. */
  readonly owner: string;
  readonly log: (line: string) => void;
}

export function engineOf(needs: EngineNeeds, unit: TaskUnit): Engine {
  const { given, outside, placed, process, owner, log } = needs;
  const { every, maxDirty, maxKeys, term } = given.settings;
  const keySet = placed.keySets.find(({ topic }) => unit.partitions.some((one) => one.topic === topic));
  return new Engine({
    ...{
      log,
      term,
      owner,
      drain: needs.drain !== undefined,
      fresh: false,
      failFast: false,
      steal: true,
      shutdown: 20_000,
    },
    time: process.timekeeper(),
    task: unit.name,
    setup: setupOf(needs, keySet?.plan ?? placed.local),
    store: outside.storeOf(process),
    checkpoint: { every, groupCommit: 2, maxDirty, maxKeys },
    outbox: { queue: 10, max: 1_000 },
    source: (_plan, position) => sourceOf(needs, unit, keySet, position),
    stage: (room) => stageOf(needs, unit, keySet, room),
  });
}

function stageOf(needs: EngineNeeds, { name }: TaskUnit, keySet: KeySet | undefined, room: () => void): Stage {
  const { placed, plans, drain, outside, process, log } = needs;
  const time = process.timekeeper();
  const stage = { task: name, drain, time };
  if (keySet !== undefined) {
    return secondStage(stage, (source) => keySet.streams.has(source.slice(0, source.lastIndexOf("/"))));
  }
  const produce: ShuffleOptions["produce"] = (topic, records) => outside.produce(process, topic, records);
  return firstStage(stage, new Passing(plans.plan, placed.keySets, 1), new Shuffle({ produce, time, log, room }));
}

function setupOf({ plans, outside, process }: EngineNeeds, plan: Plan): Setup {
  return {
    plan,
    decoderOf: (stream) => createDecoder(stream, { live: undefined, recorded: false }),
    receivers: new Map(["out", "dead"].map((lane) => [lane, outside.receiver(process, lane)])),
    ways: { alert: () => ["out"], record: () => ["out"], dead: ["dead"], late: [] },
    thresholds: plans.thresholds,
  };
}
