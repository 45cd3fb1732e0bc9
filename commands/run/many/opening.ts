/** Where the partitions of a task begin, and which source partitions stand behind those that were passed on. */
import type { Kafka } from "../../../engine/adapters/kafka/port.ts";
import { beginning, standing } from "../../../engine/adapters/kafka/positions.ts";
import type { SourceSettings } from "../../../engine/config/deployment.ts";
import type { Position } from "../../../engine/runtime/engine/options.ts";
import type { Ends } from "../../../engine/runtime/many/drain.ts";
import type { KeySet, Partitions } from "../../../engine/runtime/many/key_sets.ts";
import type { TaskPartition, TaskUnit } from "../../../engine/runtime/many/tasks.ts";
import type { NamedPartition, OpenedPartition } from "../../../engine/runtime/source.ts";
import { partitionName } from "../../../engine/runtime/source.ts";

export interface OpeningNeeds {
  readonly kafka: Kafka;
  readonly source: SourceSettings & { readonly kind: "kafka" };
  /** In the order of the contracts. */
  readonly partitions: Partitions;
  readonly keySets: readonly KeySet[];
  /** Ends of a drain. */
  readonly ends: Ends | undefined;
  /** Where partitions began when the state was made anew, by their names. */
  readonly starts: ReadonlyMap<string, number>;
  readonly log: (line: string) => void;
}

/** Opens what a task reads, in the order of the contracts: of events that are equally old, the first goes first. */
export function openTask(needs: OpeningNeeds, unit: TaskUnit, position: Position): Promise<readonly OpenedPartition[]> {
  return Promise.all(unit.isPassed ? openPassed(needs, unit, position) : openSources(needs, unit, position));
}

function openSources(needs: OpeningNeeds, unit: TaskUnit, position: Position): Promise<OpenedPartition>[] {
  const { partitions, source, ends } = needs;
  const topics = [...partitions].flatMap(([stream, counts]) => [...counts.keys()].map((topic) => ({ stream, topic })));
  return topics.flatMap(({ stream, topic }) => {
    const of = unit.partitions.find((one) => one.topic === topic);
    return of === undefined ? [] : [of].map(async ({ partition }) => {
      const found = await offsetsOf(needs, of);
      const saved = position(topic, partition) ?? needs.starts.get(partitionName(of));
      const { from } = source;
      const atTime = saved === undefined && typeof from === "number"
        ? await needs.kafka.offsetsAt(topic, from)
        : undefined;
      const start = saved === undefined ? beginning(found, from, atTime) : standing(ways(needs), topic, saved, found);
      return { stream, topic, partition, start, end: ends?.get(partitionName(of)) ?? found.end };
    });
  });
}

function openPassed(needs: OpeningNeeds, unit: TaskUnit, position: Position): Promise<OpenedPartition>[] {
  return unit.partitions.map(async (of) => {
    const { topic, partition } = of;
    const found = await offsetsOf(needs, of);
    const saved = position(topic, partition);
    const start = saved === undefined
      ? Math.max(found.earliest, needs.starts.get(partitionName(of)) ?? 0)
      : standing(ways(needs), topic, saved, found);
    const names = namesBehind(needs, topic);
    const end = needs.ends === undefined ? found.end : Infinity;
    return { stream: topic, topic, partition, start, end, names, isPassed: true };
  });
}

/** Source partitions whose events the key set takes. */
function namesBehind({ keySets, partitions }: OpeningNeeds, topic: string): readonly NamedPartition[] {
  const streams = keySets.find((keySet) => keySet.topic === topic)?.streams ?? new Map();
  return [...partitions].filter(([stream]) => streams.has(stream)).flatMap(([stream, counts]) =>
    [...counts].flatMap(([topic, count]) =>
      Array.from({ length: count }, (_, partition) => ({ stream, topic, partition }))
    )
  );
}

async function offsetsOf({ kafka }: OpeningNeeds, { topic, partition }: TaskPartition) {
  const found = (await kafka.offsets(topic)).find((one) => one.partition === partition);
  return found ?? { partition, earliest: 0, end: 0 };
}

function ways({ source, log }: OpeningNeeds) {
  return { outOfRange: source.outOfRange, log };
}
