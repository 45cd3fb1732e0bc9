/**
 * `--fresh` and `--seek` with many instances: the state of every task is dropped, and what was passed on before is passed
 * over. The other instances are stopped first; one is started with it, the others after it without.
 */
import type { Kafka } from "../../../engine/adapters/kafka/port.ts";
import { forgetDrains } from "../../../engine/runtime/many/drain.ts";
import { forgetRoutes, rewindRoutes } from "../../../engine/runtime/routes/gathering.ts";
import type { TaskUnit } from "../../../engine/runtime/many/tasks.ts";
import { partitionName, SourceError } from "../../../engine/runtime/source.ts";
import type { CheckpointStore } from "../../../engine/runtime/store.ts";
import { type Anew, refuseUndelivered, startsAt } from "../anew.ts";
import { keepBeginning } from "../beginning.ts";

export interface AnewNeeds {
  readonly kafka: Kafka;
  /** The consumer group. */
  readonly app: string;
  readonly store: CheckpointStore;
  readonly units: readonly TaskUnit[];
  readonly log: (line: string) => void;
}

/**
 * Drops the state of every task, and notes where partitions begin: those of repartition topics at their ends, those of
 * sources at the time of a seek. Throws a `SourceError` while others run, a `StoreError` where alerts would be lost.
 */
export async function beginAnew(needs: AnewNeeds, { fresh, seek, quietBefore }: Anew): Promise<void> {
  const { kafka, app, store, units, log } = needs;
  const others = await kafka.members(app);
  if (others > 0) {
    const who = others === 1 ? "1 other instance runs" : `${others} other instances run`;
    throw new SourceError(`${who}, whose state is to be dropped: stop every instance first`, "away");
  }
  const names = units.map(({ name }) => name);
  if (!fresh) await refuseUndelivered(store, names);
  const sources = seek === undefined ? [] : await startsAt(kafka, topicsOf(units, false), seek, log);
  const starts = new Map([...await endsOf(kafka, topicsOf(units, true)), ...sources]);
  await keepBeginning(store, { starts, quietBefore });
  await forgetDrains(store, names);
  // Before the outboxes begin anew, whose numbers the routes would take for numbers of the old ones.
  await (fresh ? forgetRoutes(store) : rewindRoutes(store));
  for (const name of names) await store.drop(name);
}

function topicsOf(units: readonly TaskUnit[], isPassed: boolean): readonly string[] {
  const partitions = units.filter((unit) => unit.isPassed === isPassed).flatMap(({ partitions }) => partitions);
  return [...new Set(partitions.map(({ topic }) => topic))];
}

async function endsOf(kafka: Kafka, topics: readonly string[]): Promise<[string, number][]> {
  const ends = await Promise.all(
    topics.map(async (topic) =>
      (await kafka.offsets(topic)).map(({ partition, end }): [string, number] => [
        partitionName({ topic, partition }),
        end,
      ])
    ),
  );
  return ends.flat();
}
