/** `vigie check`: every problem of packs, contracts and tests in one run. */
import type { Command } from "./command.ts";

export const check: Command = {
  name: "check",
  summary: "Show every problem of packs, contracts and tests",
  positionals: "[paths…]",
  options: [
    { name: "rules", value: "DIR", many: true, says: "Packs and their tests (default: rules)" },
    { name: "contracts", value: "DIR", says: "Contracts of the streams (default: contracts)" },
    { name: "config", value: "FILE", says: "Deployment file to check as well, with sinks and routes" },
    { name: "format", value: "FORMAT", says: "text (default), json, github or sarif" },
  ],
  examples: [
    { line: "vigie check", does: "Check everything under rules and contracts" },
    { line: "vigie check rules/payments", does: "Check the packs of one folder" },
    { line: "vigie check --config vigie.yaml --format github", does: "Annotate a pull request in GitHub Actions" },
  ],
  run: async (given, terminal) => (await import("./check/run.ts")).runCheck(given, terminal),
};
