/** `vigie endpoints`: where customers are told; which are disabled, and their secrets. */
import type { Command } from "./command.ts";

export const endpoints: Command = {
  name: "endpoints",
  summary: "List the endpoints of customers, enable one again, show a customer's secret",
  positionals: "list | enable ENDPOINT | secret CUSTOMER",
  options: [
    { name: "config", value: "FILE", says: "Deployment file; vigie.yaml by default" },
    { name: "format", value: "FORMAT", says: "text (default) or json" },
  ],
  examples: [
    { line: "vigie endpoints list", does: "Show the endpoints that thresholds name, and why some are disabled" },
    {
      line: "vigie endpoints enable customers:acme-3f9a1c2e7b04",
      does: "Deliver to an endpoint again; a running engine hears of it by a reload",
    },
    { line: "vigie endpoints secret acme", does: "Show what the customer verifies signatures with" },
  ],
  run: async (given, terminal) => (await import("./endpoints/run.ts")).runEndpoints(given, terminal),
};
