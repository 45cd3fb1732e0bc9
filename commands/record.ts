/** `vigie record`: a range of Kafka topics as files that `vigie replay` reads with the same result. */
import type { Command } from "./command.ts";

export const record: Command = {
  name: "record",
  summary: "Write a range of Kafka topics to files that `replay` reads with the same result",
  positionals: "TOPIC…",
  options: [
    { name: "from", value: "TIME", says: "Begin with the first record at this time or after (default: the oldest)" },
    {
      name: "to",
      value: "TIME",
      says: "End before the first record at this time or after (default: what is there now)",
    },
    { name: "kafka", value: "BROKERS", says: "Where the topics are; a deployment file may say it instead" },
    { name: "config", value: "FILE", says: "Deployment file whose Kafka and contracts are used" },
    { name: "contracts", value: "DIR", says: "Contracts of the streams, which give the order (default: contracts)" },
    {
      name: "out",
      value: "PATH",
      says: "A file, or a folder with a file for each stream; .gz and .zst are compressed",
    },
  ],
  examples: [
    {
      line: "vigie record payments --kafka 127.0.0.1:9092 --out payments.ndjson.gz",
      does: "Record all that the topic holds",
    },
    {
      line: "vigie record payments orders --config vigie.yaml --from 2026-01-05 --to 2026-01-06 --out recorded/",
      does: "Record a day of two streams, each to a file of its own",
    },
    {
      line: "vigie replay --events payments=payments.ndjson.gz --alerts alerts.ndjson",
      does: "Replay what was recorded",
    },
  ],
  run: async (given, terminal) => (await import("./record/run.ts")).runRecord(given, terminal),
};
