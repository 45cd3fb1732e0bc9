/** `vigie generate`: seeded, labelled event streams, to files, standard output or Kafka. */
import type { Command } from "./command.ts";

export const generate: Command = {
  name: "generate",
  summary: "Make up events of any stream, the same for the same seed, with labelled cases for every rule",
  positionals: "STREAM… | all",
  options: [
    { name: "list", says: "Show the streams with their fields, and the planted cases" },
    { name: "count", value: "N", says: "How many events in all" },
    { name: "for", value: "DURATION", says: "How much event time, such as 10m or 7d" },
    {
      name: "rate",
      value: "N",
      says: "Events a second of event time, all streams together, averaged over a week (default: 100)",
    },
    { name: "seed", value: "N", says: "The same seed, streams, start and rate give the same bytes (default: 1)" },
    { name: "start", value: "TIME", says: "Event time of the beginning (default: 2026-01-05T10:00:00Z)" },
    { name: "out", value: "PATH", says: "A file, a folder for several streams, or - for standard output (default: -)" },
    { name: "kafka", value: "BROKERS", says: "Write to the topics of the contracts; they are created when absent" },
    { name: "labels", value: "FILE", says: "Write which rule each planted case makes speak, or must not" },
    { name: "live", says: "Keep pace with the wall clock, from now on" },
    { name: "disorder", value: "DURATION", says: "Shuffle the arrival of events within this time" },
    { name: "late", value: "SHARE", says: "Share of events that arrive too late, such as 0.01" },
    { name: "bad", value: "SHARE", says: "Share of events that cannot be decoded" },
  ],
  examples: [
    { line: "vigie generate --list", does: "See what there is" },
    { line: "vigie generate payments --count 100000 --out payments.ndjson", does: "Write a file of payments" },
    {
      line: "vigie generate payments orders kyc_decisions --for 2h --rate 50 --out events --labels labels.ndjson",
      does: "Write a folder of streams that belong together, and what rules must find in them",
    },
    { line: "vigie generate all --live --rate 500 --kafka 127.0.0.1:9092", does: "Feed a Kafka until stopped" },
    {
      line: "vigie generate transactions --for 1h --disorder 5s --late 0.01 --bad 0.001",
      does: "Rehearse what real streams do wrong",
    },
  ],
  run: async (given, terminal) => (await import("./generate/run.ts")).runGenerate(given, terminal),
};
