/** `vigie silence`: for a time, routes tell nobody of alerts that match. */
import type { Command } from "./command.ts";

export const silence: Command = {
  name: "silence",
  summary: "List, add and remove silences of routes",
  positionals: "list | add | remove ID",
  options: [
    { name: "config", value: "FILE", says: "Deployment file; vigie.yaml by default" },
    { name: "match", value: "CONDITION", says: "Which alerts: a condition over `alert`" },
    { name: "for", value: "DURATION", says: "How long, such as 2h" },
    { name: "from", value: "TIME", says: "When it begins; now by default" },
    { name: "reason", value: "TEXT", says: "Why, for those who wonder" },
    { name: "author", value: "NAME", says: "Who answers for it; the user of the system by default" },
    { name: "all", says: "List those that are over too" },
    { name: "format", value: "FORMAT", says: "text (default) or json" },
  ],
  examples: [
    {
      line: `vigie silence add --match 'alert.rule == "psp-error-rate"' --for 2h --reason "provider maintenance"`,
      does: "Tell nobody of one rule for two hours",
    },
    { line: "vigie silence list", does: "Show the silences that hold or will" },
    { line: "vigie silence remove 3f9a1c2e", does: "End one now" },
  ],
  run: async (given, terminal) => (await import("./silence/run.ts")).runSilence(given, terminal),
};
