/** `vigie check`: every problem of packs, contracts, tests and the deployment in one run. */
import { projectOptions } from "./cli/options.ts";
import type { Command } from "./command.ts";

export const check: Command = {
  name: "check",
  summary: "Show every problem of packs, contracts, tests and the deployment, each with the way out",
  positionals: "[paths…]",
  options: [
    ...projectOptions,
    { name: "config", value: "FILE", says: "Deployment file to check as well; without one, sinks are not checked" },
    { name: "format", value: "FORMAT", says: "text (default), json, github or sarif" },
  ],
  examples: [
    { line: "vigie check", does: "Check everything under rules and contracts" },
    { line: "vigie check rules/payments", does: "Check the packs of one folder" },
    { line: "vigie check --config vigie.yaml --format github", does: "Annotate a pull request in GitHub Actions" },
  ],
  run: async (given, terminal) => (await import("./check/run.ts")).runCheck(given, terminal),
};
