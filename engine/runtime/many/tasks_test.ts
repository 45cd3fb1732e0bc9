/** Tasks of many instances: what they read, and how a group shares them out. */
import { expect } from "expect";
import { assign, assignedTasks, tasksOf } from "./tasks.ts";

const counts = new Map([["orders", 4], ["payments", 4], ["readings", 2], ["app.by.customer_id", 3], ["app.by.all", 1]]);
const units = tasksOf(counts, "app");

/** Numbers of tasks by member and group. */
function loads(shared: ReturnType<typeof assign>): number[][] {
  return [...shared.values()].map((tasks) =>
    ["source-4", "source-2", "by.customer_id", "by.all"].map((group) =>
      tasks.filter((task) => task.group === group).length
    )
  );
}

/** What members say of themselves after they were given tasks. */
function after(shared: ReturnType<typeof assign>) {
  return [...shared].map(([id, tasks]) => ({ id, tasks: tasks.map(({ name }) => name) }));
}

Deno.test("partitions of one number are one task where topics have equal counts; repartition topics stand alone", () => {
  expect(units.map(({ name }) => name)).toEqual([
    ...["by.all/0", "by.customer_id/0", "by.customer_id/1", "by.customer_id/2"],
    ...["source-4/0", "source-4/1", "source-4/2", "source-4/3", "source-2/0", "source-2/1"],
  ]);
  expect(units.find(({ name }) => name === "source-4/2")?.partitions).toEqual([
    { topic: "orders", partition: 2 },
    { topic: "payments", partition: 2 },
  ]);
});

Deno.test("a task is assigned only with all of its partitions", () => {
  const assigned = [{ topic: "orders", partition: 1 }, { topic: "readings", partition: 0 }];
  expect(assignedTasks(units, assigned).map(({ name }) => name)).toEqual(["source-2/0"]);
});

Deno.test("each group is spread evenly, and every member computes the same", () => {
  const members = [{ id: "b", tasks: [] }, { id: "a", tasks: [] }, { id: "c", tasks: [] }];
  const shared = assign(units, members);
  expect(loads(shared).map((load) => load.reduce((sum, one) => sum + one)).sort()).toEqual([3, 3, 4]);
  for (const group of [0, 1, 2, 3]) {
    const found = loads(shared).map((load) => load[group] ?? 0);
    expect(Math.max(...found) - Math.min(...found)).toBeLessThanOrEqual(1);
  }
  expect(assign(units, members.toReversed())).toEqual(shared);
});

Deno.test("tasks stay where they are when a member joins or leaves, as far as that leaves them even", () => {
  const two = assign(units, [{ id: "a", tasks: [] }, { id: "b", tasks: [] }]);
  const three = assign(units, [...after(two), { id: "c", tasks: [] }]);
  const moved = [...two].flatMap(([id, tasks]) => tasks.filter((task) => !three.get(id)?.includes(task)));
  expect(moved.length).toBe(three.get("c")?.length);
  const left = assign(units, after(three).filter(({ id }) => id !== "b"));
  for (const id of ["a", "c"]) for (const task of three.get(id) ?? []) expect(left.get(id)).toContain(task);
});

Deno.test("a task that two members claim goes to one of them, one that none has to whoever has least", () => {
  const all = units.map(({ name }) => name);
  const shared = assign(units, [{ id: "a", tasks: all }, { id: "b", tasks: all }]);
  const given = [...shared.values()].flat();
  expect(given.length).toBe(units.length);
  expect(new Set(given).size).toBe(units.length);
});
