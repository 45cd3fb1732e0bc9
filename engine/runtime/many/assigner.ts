/** The group's way to share tasks out: partitions of one task stay together, and tasks stay where they are. */
import type { TaskPartition } from "./tasks.ts";
import { assign, tasksOf } from "./tasks.ts";

export interface TaskAssigner {
  readonly name: string;
  readonly said: () => string;
  readonly assign: (
    members: readonly { readonly id: string; readonly said: string }[],
    topics: ReadonlyMap<string, number>,
  ) => ReadonlyMap<string, readonly TaskPartition[]>;
}

/** `tasks` are those that this member has. */
export function taskAssigner(app: string, tasks: () => readonly string[]): TaskAssigner {
  return {
    name: "vigie-tasks-1",
    said: () => tasks().join("\n"),
    assign(members, topics) {
      const speakers = members.map(({ id, said }) => ({ id, tasks: said === "" ? [] : said.split("\n") }));
      const shared = assign(tasksOf(topics, app), speakers);
      return new Map([...shared].map(([id, units]) => [id, units.flatMap(({ partitions }) => partitions)]));
    },
  };
}
