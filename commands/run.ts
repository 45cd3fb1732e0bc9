/** `vigie run`: the engine. Without options everything it needs is built in. */
import type { Command } from "./command.ts";
import { watchSignals } from "./run/signals.ts";

export const run: Command = {
  name: "run",
  summary: "Run the engine: events in, alerts out",
  positionals: "",
  options: [
    { name: "config", value: "FILE", says: "Deployment file; without it events are made up and alerts are shown" },
    { name: "drain", says: "Read what is there, deliver what follows from it, and end" },
    { name: "fail-fast", says: "End with exit code 3 when something outside does not answer at start" },
    { name: "fresh", says: "Forget all state and begin anew" },
    { name: "seek", value: "TIME", says: "Drop the state and replay what Kafka holds from this time on; ids stay" },
    {
      name: "quiet-before",
      value: "TIME",
      says: "With `--seek` or `--fresh`: rebuild the state, and deliver nothing of earlier event times",
    },
  ],
  examples: [
    { line: "vigie run", does: "Watch made-up events with the packs under rules" },
    { line: "vigie run --config vigie.yaml", does: "Run a deployment" },
    {
      line: "vigie run --config vigie.yaml --drain",
      does: "Read every partition to its end, deliver the alerts, and end",
    },
    {
      line: "vigie run --config vigie.yaml --seek 2026-01-05 --quiet-before 2026-01-06T09:00:00Z",
      does: "Rebuild the state from the log, and alert only of what happened from nine o'clock on",
    },
  ],
  async run(given, terminal) {
    const signals = watchSignals();
    return await (await import("./run/run.ts")).runEngine(given, terminal, signals);
  },
};
