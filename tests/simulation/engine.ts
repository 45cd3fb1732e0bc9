/** The real engine in a simulated process: everything that it is given comes from the world. */
import type { Plan } from "../../engine/compile/plan.ts";
import { createDecoder } from "../../engine/runtime/decode.ts";
import { Engine } from "../../engine/runtime/engine/engine.ts";
import type { Setup } from "../../engine/runtime/engine/options.ts";
import type { Process } from "./process.ts";
import { simulatedReceiver } from "./sink.ts";
import { simulatedSource } from "./source.ts";
import type { World } from "./world.ts";

/** Sinks of alerts and records; each must receive everything. */
export const sinks = ["first", "second"] as const;
/** Where each thing goes that leaves an engine. */
export const lanes = [...sinks, "dead", "late"] as const;

/** Milliseconds that a stop may deliver: long enough for every sink that answers. */
const shutdown = 20_000;

export function engineOf(world: World, process: Process, plan: Plan, drain: boolean): { engine: Engine; setup: Setup } {
  const { settings } = world.scenario;
  const { every, groupCommit, maxDirty, maxKeys, queue, outboxMax, term } = settings;
  const setup: Setup = {
    plan,
    decoderOf: (stream) => createDecoder(stream, { live: undefined, recorded: false }),
    receivers: new Map(lanes.map((lane) => [lane, simulatedReceiver(world, process, lane)])),
    ways: { alert: () => sinks, record: () => sinks, dead: ["dead"], late: ["late"] },
    thresholds: world.plans.thresholds,
  };
  const engine = new Engine({
    setup,
    source: (_, position) => simulatedSource(world, process, position),
    store: world.store.of(process),
    task: "all",
    owner: process.name,
    term,
    checkpoint: { every, groupCommit, maxDirty, maxKeys },
    outbox: { queue, max: outboxMax },
    time: process.timekeeper(),
    fresh: false,
    failFast: false,
    drain,
    shutdown,
    log: (line) => world.note(`${process.name} says: ${line}`),
  });
  return { engine, setup };
}
