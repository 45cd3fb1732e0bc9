/**
 * A change of plan under the running engine (runtime.md §6): at a checkpoint, between two events. The task is made anew
 * from its own head, so that what an edit does to state is decided in one place, at every start and every reload.
 */
import type { Plan } from "../../compile/plan.ts";
import { partitionName } from "../source.ts";
import type { Setup } from "./options.ts";
import { addLanes } from "./leaving.ts";
import { openSource, replanFeed } from "./reading.ts";
import type { Run } from "./run.ts";
import { tellWarming } from "./warming.ts";
import { checkpointNow } from "./hops/save.ts";
import { settleTimers } from "./hops/step.ts";

/** Switches the plan. Returns the offsets from which it holds; undefined when the life ended before. */
export async function switchPlan(run: Run, setup: Setup): Promise<ReadonlyMap<string, number> | undefined> {
  const head = await checkpointNow(run);
  if (head === undefined) return undefined;
  await run.keepOrigin(setup);
  const before = topicsOf(run.setup.plan);
  run.setup = setup;
  await addLanes(run);
  run.savedDue = false;
  run.task = run.newTask(setup, head);
  const kept = run.feeds.filter(({ partition }) => readsTopic(setup.plan, partition.stream));
  for (const { partition, position } of run.feeds) run.positions.set(partitionName(partition), position);
  run.feeds.splice(0, run.feeds.length, ...kept);
  for (const feed of run.feeds) replanFeed(run, feed);
  if (topicsOf(setup.plan) !== before) await openSource(run);
  await settleTimers(run);
  tellWarming(run);
  return new Map(run.feeds.map(({ partition, position }) => [partitionName(partition), position]));
}

function readsTopic({ rules }: Plan, stream: string): boolean {
  return rules.some(({ compiled }) => compiled.inputs.some((input) => input.stream.name === stream));
}

/** The topics that a plan reads, as one text. */
function topicsOf({ rules }: Plan): string {
  const inputs = rules.flatMap(({ compiled }) =>
    compiled.inputs.map(({ stream }) => `${stream.name} ${stream.topics}`)
  );
  return [...new Set(inputs)].sort().join("\n");
}
