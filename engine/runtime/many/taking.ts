/**
 * The second stage: what a task does with a record that was passed on to it. Records of one source partition stand in
 * its order in each partition of a repartition topic, and some may stand there twice: what was seen is dropped by the
 * offset up to which the source partition is known, which every checkpoint holds (runtime.md §5).
 */
import { partitionName } from "../source.ts";
import type { Input } from "../clock.ts";
import type { Task } from "../task.ts";
import type { Passed } from "./passed.ts";

/** Offsets up to which source partitions are known, by their names. */
export type Known = Map<string, number>;

/** Whether a record says something new. */
export function isNews(known: Known, { source, next, event }: Passed): boolean {
  const before = known.get(partitionName(source)) ?? 0;
  return event === undefined ? next >= before : next > before;
}

/** Notes that a record is taken: after what it makes due has fired, or a checkpoint between would leave it out. */
export function note(known: Known, { source, next }: Passed): void {
  known.set(partitionName(source), next);
}

/** Brings an input to where its source partition was before the event. True when something is due. */
export function bringUp(task: Pick<Task, "reach" | "setState">, input: Input, { watermark, state }: Passed): boolean {
  const changed = task.setState(input, state);
  return task.reach(input, watermark) || changed;
}
