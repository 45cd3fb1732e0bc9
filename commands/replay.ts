/** `vigie replay`: packs over recorded events, as fast as they parse, the same to the byte every time. */
import { projectOptions } from "./cli/options.ts";
import type { Command } from "./command.ts";

export const replay: Command = {
  name: "replay",
  summary: "Run packs over recorded events and write the alerts",
  positionals: "[paths…]",
  options: [
    ...projectOptions,
    { name: "events", value: "STREAM=FILE", many: true, says: "Recorded events, .ndjson, .ndjson.gz or .ndjson.zst" },
    {
      name: "kafka",
      value: "TOPIC",
      many: true,
      says: "A topic to read in place of files, by the contract that names it",
    },
    { name: "brokers", value: "BROKERS", says: "Where the topics are; a deployment file may say it instead" },
    { name: "alerts", value: "FILE", says: "Where alerts go, one a line" },
    { name: "records", value: "FILE", says: "Where records go, one a line and output" },
    { name: "late", value: "FILE", says: "Where late events go" },
    { name: "dead", value: "FILE", says: "Where events go that break their contract" },
    { name: "from", value: "TIME", says: "Leave out events before; of topics, records with timestamps before" },
    { name: "to", value: "TIME", says: "Leave out events at this time and after; of topics, records from there on" },
    { name: "until", value: "TIME", says: "Advance event time beyond the newest event" },
    { name: "thresholds", value: "FILE", says: "Thresholds of customers, YAML or JSON" },
    { name: "lookups", value: "FILE", says: "Rows of lookups, as in tests" },
    { name: "privacy", says: "Treat personal data in what is written, as a run does" },
    { name: "config", value: "FILE", says: "Deployment file whose packs, Kafka and privacy key are used" },
    { name: "param", value: "PACK.NAME=VALUE", many: true, says: "Value of a parameter instead of its default" },
  ],
  examples: [
    {
      line: "vigie replay --events payments=payments.ndjson.gz --alerts out/alerts.ndjson",
      does: "Run all packs over recorded payments",
    },
    {
      line:
        "vigie replay rules/payments --events payments=p.ndjson --param payments.high_amount=2000 --alerts a.ndjson",
      does: "Try another amount on one pack",
    },
    {
      line: "vigie replay --events orders=o.ndjson --events payments=p.ndjson --until 2026-02-01 --alerts a.ndjson",
      does: "Advance time to February, so that everything due by then is raised",
    },
    {
      line: "vigie replay --kafka payments --config vigie.yaml --from 2026-01-05 --to 2026-01-06 --alerts a.ndjson",
      does: "Run the packs of a deployment over a day of its topic",
    },
  ],
  run: async (given, terminal) => (await import("./replay/run.ts")).runReplay(given, terminal),
};
