/** How far the source partitions of a life have come, for the tasks that it passes events on to. */
import type { Millis } from "../../model/time.ts";
import type { Progress } from "../many/passed.ts";
import type { Run } from "./run.ts";

/** Of every partition that the task reads itself. */
export function progressOf({ feeds }: Run): readonly Progress[] {
  return feeds.filter(({ opened }) => opened.isPassed !== true).flatMap(({ inputs, position }) =>
    [...inputs].map((input) => ({
      source: input,
      next: position,
      watermark: input.watermark,
      state: input.state === "active" ? "active" as const : "idle" as const,
    }))
  );
}

/** Tells what is news, when it is time to. */
export function tellProgress(run: Run): void {
  run.stage?.tell(progressOf(run), run.options.time.monotonic());
}

/** When there will be something to tell, on the monotonic clock. */
export function tellDue(run: Run): Millis {
  return run.stage?.tellDue(progressOf(run)) ?? Infinity;
}
