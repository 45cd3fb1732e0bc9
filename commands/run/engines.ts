/** The engine of a deployment, for one instance or for one of many: what `vigie run` does with either. */
import type { HttpIngest } from "../../engine/adapters/http_source.ts";
import type { Deployment } from "../../engine/config/deployment.ts";
import { Engine } from "../../engine/runtime/engine/engine.ts";
import type { Setup } from "../../engine/runtime/engine/options.ts";
import { type EngineStatus, statusOf } from "../../engine/runtime/engine/status.ts";
import { keepRecord } from "../../engine/runtime/record.ts";
import { ManyInstances, type ManyNeeds, type SharedOptions } from "./many/many.ts";
import { openSource } from "./sources.ts";

export interface RunningEngine {
  /** Runs until it is stopped or drained. Throws what the operator must mend. */
  readonly start: () => Promise<unknown>;
  readonly stop: () => void;
  /** Takes up another plan; resolves with the offsets from which it holds, undefined where nothing runs. */
  readonly reload: (setup: Setup) => Promise<ReadonlyMap<string, number> | undefined>;
  /** The setup in force; undefined while standing by. */
  readonly setup: () => Setup | undefined;
  readonly status: () => EngineStatus;
}

/** `setupOf` makes a setup of the files of a plan that other instances run. */
export function openEngine(
  deployment: Deployment,
  shared: SharedOptions,
  setupOf: ManyNeeds["setupOf"],
  ingest: HttpIngest,
): RunningEngine {
  const { source } = deployment;
  return deployment.instances === "many" && source.kind === "kafka"
    ? manyInstances(new ManyInstances({ deployment, source, shared, setupOf }))
    : oneInstance(deployment, shared, ingest);
}

function manyInstances(many: ManyInstances): RunningEngine {
  return {
    start: () => many.start(),
    stop: () => many.stop(),
    reload: (setup) => many.reload(setup),
    setup: () => many.current(),
    status: () => many.status(),
  };
}

function oneInstance(deployment: Deployment, shared: SharedOptions, ingest: HttpIngest): RunningEngine {
  const { failFast, fresh, store, log } = shared;
  let isBegun = fresh;
  const engine = new Engine({
    ...shared,
    task: "all",
    check: () => keepRecord(store, { instances: "one", counts: {} }, fresh),
    source: (plan, position) => {
      // Later lives begin with whatever the store still has: the operator was asked at the start.
      const source = openSource(plan, position, { deployment, failFast, fresh: isBegun, log, ingest });
      isBegun = true;
      return source;
    },
  });
  return {
    start: () => engine.start(),
    stop: () => engine.stop(),
    reload: (setup) => engine.reload(setup),
    setup: () => engine.run?.setup,
    status: () => statusOf(engine.run),
  };
}
