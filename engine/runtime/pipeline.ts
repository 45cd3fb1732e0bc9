/**
 * The path of an event, hop by hop (runtime.md §1). One cycle of a live engine runs the list once for a slice of events;
 * `route` and `raise` happen inside `step`, event by event, and nothing but `poll`, `load`, `save` and `settle` waits for
 * the outside. Replay and tests run the same task without a source and a store around it.
 */
import { decode } from "./engine/hops/decode.ts";
import { load } from "./engine/hops/load.ts";
import { poll } from "./engine/hops/poll.ts";
import { save } from "./engine/hops/save.ts";
import { settle } from "./engine/hops/settle.ts";
import { step } from "./engine/hops/step.ts";
import type { Run } from "./engine/run.ts";

/** One hop of the pipeline over what the cycle holds. */
export type Hop = (run: Run) => Promise<void> | void;

export const pipeline: readonly Hop[] = [
  poll, // 1  a batch from the source, or nothing until something is due
  decode, // 2  the next events in the order of the merge; misfits to the dead letters
  load, // 4  the states that they touch and memory lacks
  step, // 3 route, 5 step, 6 raise: event by event, timers between them
  save, // 7  the checkpoint, when it is due
  settle, // 8  room in the lanes that deliver
];
