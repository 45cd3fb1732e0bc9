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
  ],
  examples: [
    { line: "vigie run", does: "Watch made-up events with the packs under rules" },
    { line: "vigie run --config vigie.yaml", does: "Run a deployment" },
    {
      line: "vigie run --config vigie.yaml --drain",
      does: "Read every partition to its end, deliver the alerts, and end",
    },
  ],
  async run(given, terminal) {
    const signals = watchSignals();
    return await (await import("./run/run.ts")).runEngine(given, terminal, signals);
  },
};
