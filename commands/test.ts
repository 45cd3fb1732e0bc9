/** `vigie test`: the tests of packs, at virtual times through the production path. */
import { projectOptions } from "./cli/options.ts";
import type { Command } from "./command.ts";

export const test: Command = {
  name: "test",
  summary: "Run the tests of packs and show where what came differs from what was expected",
  positionals: "[paths…]",
  options: [
    ...projectOptions,
    {
      name: "config",
      value: "FILE",
      says: "Run the tests of the routes of this deployment file, FILE.test.yaml beside it",
    },
    { name: "junit", value: "FILE", says: "Write a JUnit report for the CI server" },
    { name: "watch", says: "Run again whenever a file changes" },
  ],
  examples: [
    { line: "vigie test", does: "Run the tests of every pack under rules" },
    { line: "vigie test rules/payments --watch", does: "Run the tests of one folder at every change" },
    { line: "vigie test --config deploy/vigie.yaml", does: "Run the tests of routes in deploy/vigie.test.yaml" },
    { line: "vigie test --junit out/tests.xml", does: "Leave a report for the CI server" },
  ],
  run: async (given, terminal) => (await import("./test/run.ts")).runTests(given, terminal),
};
