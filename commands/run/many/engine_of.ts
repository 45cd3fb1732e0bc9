/** The engine of one task: which rules it has, what it reads, and what it passes on. */
import type { Kafka } from "../../../engine/adapters/kafka/port.ts";
import type { KafkaGroup } from "../../../engine/adapters/kafka/group.ts";
import { Engine } from "../../../engine/runtime/engine/engine.ts";
import type { Position, Setup } from "../../../engine/runtime/engine/options.ts";
import type { Stage } from "../../../engine/runtime/engine/stage.ts";
import type { KeySet, Partitions } from "../../../engine/runtime/many/key_sets.ts";
import { Passing } from "../../../engine/runtime/many/passing.ts";
import { Shuffle } from "../../../engine/runtime/many/shuffle.ts";
import { firstStage, secondStage } from "../../../engine/runtime/many/stages.ts";
import type { TaskUnit } from "../../../engine/runtime/many/tasks.ts";
import type { Gathering } from "../../../engine/runtime/routes/gathering.ts";
import { type Source, SourceError } from "../../../engine/runtime/source.ts";
import { routesLane } from "../lanes.ts";
import type { Ground } from "./ground.ts";
import type { SharedOptions } from "./many.ts";
import { openTask } from "./opening.ts";

export interface EngineNeeds {
  readonly kafka: Kafka;
  readonly shared: SharedOptions;
  readonly group: KafkaGroup;
  readonly ground: Ground;
  /** Takes alerts for the routes; undefined where there are none. */
  readonly gathering: Gathering | undefined;
}

export function engineOf(needs: EngineNeeds, unit: TaskUnit): Engine {
  const { shared, group, ground } = needs;
  const { placed, opening, setup } = ground;
  const keySet = unit.isPassed
    ? placed.keySets.find(({ topic }) => unit.partitions.some((partition) => partition.topic === topic))
    : undefined;
  return new Engine({
    ...shared,
    setup: { ...withRoutes(setup, unit, needs), plan: keySet?.plan ?? placed.local },
    task: unit.name,
    steal: true,
    fresh: false,
    quietBefore: () => ground.quietBefore,
    stage: (room) => stageOf(needs, unit, keySet, room),
    source: (_plan, position) => {
      const source = group.source(() => openTask(opening, unit, position));
      return keySet === undefined ? source : behind(group, source, topicsBehind(keySet, opening.partitions), position);
    },
    log: (line) => shared.log(`${unit.name}: ${line}`),
  });
}

/** What a task has for the routes waits in its own outbox until they have taken it. */
function withRoutes(setup: Setup, { name }: TaskUnit, { gathering }: EngineNeeds): Setup {
  if (gathering === undefined) return setup;
  return { ...setup, receivers: new Map([...setup.receivers, [routesLane, gathering.receiver(name)]]) };
}

function stageOf(
  { kafka, shared, ground }: EngineNeeds,
  unit: TaskUnit,
  keySet: KeySet | undefined,
  room: () => void,
): Stage {
  const { time, log } = shared;
  const { placed, opening, drain, setup, inForce } = ground;
  const needs = { task: unit.name, drain, time };
  if (keySet !== undefined) {
    const topics = topicsBehind(keySet, opening.partitions);
    return secondStage(needs, (source) => topics.includes(source.slice(0, source.lastIndexOf("/"))));
  }
  const produce: Shuffle["options"]["produce"] = (topic, records) => kafka.produce(topic, records);
  const shuffle = new Shuffle({ produce, time, log, room });
  return firstStage(needs, new Passing(setup.plan, placed.keySets, inForce.epoch), shuffle);
}

/** Silence counts only where everything that lies in the source partitions behind has been passed on and taken. */
function behind(group: KafkaGroup, source: Source, topics: readonly string[], position: Position): Source {
  return {
    ...source,
    ends: async (asked) => {
      for (const [name, end] of await group.ends(topics.map((topic) => ({ topic })))) {
        const at = name.lastIndexOf("/");
        const known = position(name.slice(0, at), Number(name.slice(at + 1))) ?? 0;
        if (known < end) throw new SourceError(`what lies in ${name} was not all passed on yet`, "away");
      }
      return await source.ends(asked);
    },
  };
}

/** Source topics whose events a key set takes. */
function topicsBehind({ streams }: KeySet, partitions: Partitions): readonly string[] {
  return [...partitions].filter(([stream]) => streams.has(stream)).flatMap(([, counts]) => [...counts.keys()]);
}
