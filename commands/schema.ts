/** `vigie schema`: the JSON Schemas that editors complete YAML from. */
import type { Command } from "./command.ts";

export const schema: Command = {
  name: "schema",
  summary: "Print the JSON Schemas of packs, tests, contracts and the deployment file",
  positionals: "[pack | test | stream | deployment]",
  options: [{ name: "out", value: "DIR", says: "Write all of them into a folder instead" }],
  examples: [
    { line: "vigie schema pack > rule_pack.schema.json", does: "Write the schema of rule packs" },
    { line: "vigie schema --out contracts", does: "Write all schemas, as `deno task generated` does" },
  ],
  run: async (given, terminal) => (await import("./schema/run.ts")).runSchema(given, terminal),
};
