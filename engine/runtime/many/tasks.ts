/**
 * The tasks of many instances: one for each partition number of source topics with equal counts, so that what producers
 * put together stays together, and one for each partition of each repartition topic (runtime.md §3).
 */
import { partitionName } from "../source.ts";

export interface TaskPartition {
  readonly topic: string;
  readonly partition: number;
}

/** What one owner reads. */
export interface TaskUnit {
  /** Name in the store: the same as long as partition counts are. */
  readonly name: string;
  /** Units of one group are spread evenly over the instances. */
  readonly group: string;
  readonly isPassed: boolean;
  readonly partitions: readonly TaskPartition[];
}

/** Tasks over topics with these partition counts. */
export function tasksOf(counts: ReadonlyMap<string, number>, app: string): readonly TaskUnit[] {
  const groups = Map.groupBy(
    [...counts.keys()].sort(),
    (topic) => isRepartition(topic, app) ? topic.slice(app.length + 1) : `source-${counts.get(topic)}`,
  );
  return [...groups].flatMap(([group, topics]) => {
    const isPassed = topics.some((topic) => isRepartition(topic, app));
    const width = counts.get(topics[0] ?? "") ?? 0;
    return Array.from({ length: width }, (_, partition) => ({
      ...{ name: `${group}/${partition}`, group, isPassed },
      partitions: topics.map((topic) => ({ topic, partition })),
    }));
  });
}

export function isRepartition(topic: string, app: string): boolean {
  return topic.startsWith(`${app}.by.`);
}

/** The tasks all of whose partitions are assigned. */
export function assignedTasks(units: readonly TaskUnit[], assigned: readonly TaskPartition[]): readonly TaskUnit[] {
  const names = new Set(assigned.map(partitionName));
  return units.filter(({ partitions }) => partitions.every((partition) => names.has(partitionName(partition))));
}

/** A member of the consumer group, with the names of the tasks that it has. */
export interface Member {
  readonly id: string;
  readonly tasks: readonly string[];
}

/**
 * Tasks by member: each group spread evenly, each task with its owner where that leaves it even, the rest to those who
 * have least. The same for the same input, whichever member computes it.
 */
export function assign(
  units: readonly TaskUnit[],
  members: readonly Member[],
): ReadonlyMap<string, readonly TaskUnit[]> {
  const sorted = members.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const assigned = new Map(sorted.map(({ id }): [string, TaskUnit[]] => [id, []]));
  if (sorted.length === 0) return assigned;
  for (const group of Map.groupBy(units, ({ group }) => group).values()) spreadGroup(group, sorted, assigned);
  return assigned;
}

function spreadGroup(group: readonly TaskUnit[], members: readonly Member[], assigned: Map<string, TaskUnit[]>): void {
  const share = Math.floor(group.length / members.length);
  let larger = group.length % members.length;
  const own = new Map(members.map(({ id }): [string, TaskUnit[]] => [id, []]));
  const free: TaskUnit[] = [];
  for (const unit of group) {
    const owner = members.find(({ tasks }) => tasks.includes(unit.name));
    const has = owner === undefined ? undefined : own.get(owner.id);
    if (has !== undefined && has.length < share) has.push(unit);
    else if (has !== undefined && has.length === share && larger-- > 0) has.push(unit);
    else free.push(unit);
  }
  for (const unit of free) {
    const load = ({ id }: Member) => [own.get(id)?.length ?? 0, assigned.get(id)?.length ?? 0] as const;
    const [least] = members.toSorted((a, b) => load(a)[0] - load(b)[0] || load(a)[1] - load(b)[1]);
    own.get(least?.id ?? "")?.push(unit);
  }
  for (const [id, units] of own) assigned.get(id)?.push(...units);
}
