/** `vigie dead-letters`: what became no event, and alerts that a sink never took. */
import type { Command } from "./command.ts";

export const deadLetters: Command = {
  name: "dead-letters",
  summary: "List, show and replay dead letters",
  positionals: "list | show ID | replay [ID…]",
  options: [
    { name: "config", value: "FILE", says: "Deployment file; vigie.yaml by default" },
    { name: "of", value: "NAME", says: "Only those of this stream or sink" },
    { name: "reason", value: "TEXT", says: "Only those whose reason begins with this" },
    { name: "format", value: "FORMAT", says: "text (default) or json" },
  ],
  examples: [
    { line: "vigie dead-letters list --config vigie.yaml", does: "Show where dead letters came from, and why" },
    { line: "vigie dead-letters show payments/3/1042", does: "Show one with its content" },
    {
      line: "vigie dead-letters replay --of payments --reason schema",
      does: "Send events to their topic again, after the contract was mended",
    },
    { line: "vigie dead-letters replay --of pager", does: "Deliver alerts again that a sink refused; their ids stay" },
  ],
  run: async (given, terminal) => (await import("./dead-letters/run.ts")).runDeadLetters(given, terminal),
};
