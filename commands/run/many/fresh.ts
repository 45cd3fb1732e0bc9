/**
 * `--fresh` with many instances: the state of every task is forgotten, and what was passed on before is passed over. The
 * other instances are stopped first; one is started with it, the others after it without.
 */
import type { Kafka } from "../../../engine/adapters/kafka/port.ts";
import { forgetDrains } from "../../../engine/runtime/many/drain.ts";
import type { TaskUnit } from "../../../engine/runtime/many/tasks.ts";
import { partitionName } from "../../../engine/runtime/source.ts";
import type { CheckpointStore } from "../../../engine/runtime/store.ts";

const startsName = "starts";
const version = "1";

/** Forgets the state of every task, and notes where repartition topics end now. */
export async function beginAnew(kafka: Kafka, store: CheckpointStore, units: readonly TaskUnit[]): Promise<void> {
  const passed = units.filter(({ isPassed }) => isPassed).flatMap(({ partitions }) => partitions);
  const topics = [...new Set(passed.map(({ topic }) => topic))];
  const ends = await Promise.all(
    topics.map(async (topic) =>
      (await kafka.offsets(topic)).map(({ partition, end }) => [partitionName({ topic, partition }), end] as const)
    ),
  );
  await store.put(startsName, version + JSON.stringify(ends.flat()));
  await forgetDrains(store, units.map(({ name }) => name));
  for (const { name } of units) await store.drop(name);
}

/** Where repartition topics begin for tasks without a checkpoint, by partition. */
export async function startsOf(store: CheckpointStore): Promise<ReadonlyMap<string, number>> {
  const text = await store.get(startsName);
  if (text === undefined) return new Map();
  const starts: [string, number][] = JSON.parse(text.slice(version.length));
  return new Map(starts);
}
