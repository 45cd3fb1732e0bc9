/**
 * `--quiet-before`: a log is replayed to rebuild state, and what is said of event times before a moment leaves nobody's
 * desk. Limits, episodes and rules over alerts know nothing of it: they go on as if all of it had been delivered.
 */
import type { Millis } from "../../model/time.ts";
import type { TaskOutlet } from "../task.ts";

/** Hands on what is of `before` or later; `quiet` is told of everything else. */
export function quietOutlet(outlet: TaskOutlet, before: () => Millis | undefined, quiet: () => void): TaskOutlet {
  const isQuiet = (time: Millis | string) => {
    const bound = before();
    if (bound === undefined || (typeof time === "string" ? Date.parse(time) : time) >= bound) return false;
    quiet();
    return true;
  };
  return {
    alert: (alert, ...about) => {
      if (!isQuiet(alert.event_time)) outlet.alert(alert, ...about);
    },
    record: (record, rule) => {
      if (!isQuiet(record.event_time)) outlet.record(record, rule);
    },
    suppressed: outlet.suppressed,
    late: (event, reason) => {
      if (!isQuiet(event.place.time)) outlet.late(event, reason);
    },
  };
}
