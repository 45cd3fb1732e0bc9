/** filter: one event decides, late or not (runtime.md §2: filters evaluate a late event like any other). */
import type { Log } from "./log.ts";
import { judge, type RuleMeaning, type Signal, taken } from "./rule.ts";

export function filter(log: Log, rule: RuleMeaning, output: "alert" | "record"): readonly Signal[] {
  return taken(log, rule).flatMap(({ event, key, moment }) => {
    const severity = judge(rule, [event], {});
    if (severity === undefined) return [];
    return [{
      output,
      status: "firing",
      severity,
      key,
      time: event.time,
      window: null,
      values: {},
      events: [event],
      episode: String(event.arrival),
      said: { moment, due: -Infinity },
    }];
  });
}
