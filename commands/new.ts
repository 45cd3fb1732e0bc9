/** `vigie new`: packs, rules, monitors and sinks to begin with; what is written passes `check` and `test`. */
import type { Command } from "./command.ts";

export const newCommand: Command = {
  name: "new",
  summary: "Write a pack, a rule, a monitor or a sink to begin with, with tests that pass",
  positionals: "pack NAME | rule PACK-FILE ID | monitor NAME | sink NAME",
  options: [
    { name: "stream", value: "STREAM", says: "Stream that the pack or monitor reads" },
    { name: "kind", value: "KIND", says: "Kind of the rule (default: filter)" },
    { name: "key", value: "FIELD", says: "Field that tells the series of a monitor apart" },
    { name: "value", value: "FIELD", says: "Number that a monitor watches" },
    { name: "rules", value: "DIR", says: "Where packs are (default: rules)" },
    { name: "contracts", value: "DIR", says: "Contracts of the streams (default: contracts)" },
  ],
  examples: [
    { line: "vigie new pack refunds --stream payments", does: "Write rules/refunds/refunds.yaml and its tests" },
    { line: "vigie new rule rules/refunds/refunds.yaml burst --kind threshold", does: "Add a rule with a window" },
    {
      line: "vigie new monitor machines --stream sensor_readings --key sensor_id --value value",
      does: "Watch every sensor against its own past, with few alerts",
    },
    {
      line: "vigie new sink opsgenie",
      does: "Add a sink to a checkout of Vigie, with its tests, page and registry line",
    },
  ],
  run: async (given, terminal) => (await import("./new/run.ts")).runNew(given, terminal),
};
