/** `vigie route`: which sinks an alert reaches, and why. */
import type { Command } from "./command.ts";

export const route: Command = {
  name: "route",
  summary: "Show which sinks an alert reaches, and why",
  positionals: "",
  options: [
    {
      name: "alert",
      value: "FILE",
      says: "A JSON object: the alert, or only the fields that routes ask for; - is standard input",
    },
    { name: "config", value: "FILE", says: "Deployment file; vigie.yaml by default" },
    { name: "at", value: "TIME", says: "Moment for mutes and silences; now by default" },
    { name: "format", value: "FORMAT", says: "text (default) or json" },
  ],
  examples: [
    { line: "vigie route --alert alert.json", does: "Draw the way of an alert through the routes of vigie.yaml" },
    {
      line: "vigie route --alert alert.json --config deploy/vigie.yaml --format json",
      does: "The same for a program",
    },
  ],
  run: async (given, terminal) => (await import("./route/run.ts")).runRoute(given, terminal),
};
