/** Rules that say nothing yet, because an edit made their state new (runtime.md §6): told when a plan is taken up. */
import { formatTime } from "../../model/time.ts";
import type { Run } from "./run.ts";

/** A line for the operator, where there is anything to say. */
export function tellWarming({ task, options }: Run): void {
  const rulesUntil = Map.groupBy(task.warming, ([, until]) => until);
  for (const [until, rules] of rulesUntil) {
    options.log(`Warming until ${formatTime(until)}: ${rules.map(([name]) => name).join(", ")}`);
  }
}
