/** The engine of a deployment, for one instance or for one of many: what `vigie run` does with either. */
import type { HttpIngest } from "../../engine/adapters/http_source.ts";
import type { Deployment } from "../../engine/config/deployment.ts";
import { Engine } from "../../engine/runtime/engine/engine.ts";
import { openKafka } from "../../engine/adapters/kafka.ts";
import { topicsOf } from "../../engine/adapters/kafka_source.ts";
import type { EngineOptions, Position, Setup } from "../../engine/runtime/engine/options.ts";
import { type EngineStatus, statusOf } from "../../engine/runtime/engine/status.ts";
import { type InstanceRecord, keepRecord } from "../../engine/runtime/record.ts";
import type { RoutesTask } from "../../engine/runtime/routes/task.ts";
import { partitionName } from "../../engine/runtime/source.ts";
import { ManyInstances, type ManyNeeds, type SharedOptions } from "./many/many.ts";
import { type Anew, refuseUndelivered, startsAt } from "./anew.ts";
import { type Beginning, keepBeginning, readBeginning } from "./beginning.ts";
import { openSource, streamsRead } from "./sources.ts";

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
  anew: Anew | undefined,
  routes: RoutesTask | undefined,
): RunningEngine {
  const { source } = deployment;
  return deployment.instances === "many" && source.kind === "kafka"
    ? manyInstances(new ManyInstances({ deployment, source, shared, setupOf, anew, routes }))
    : oneInstance(deployment, routes === undefined ? shared : { ...shared, companion: routes }, ingest, anew);
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

function oneInstance(
  deployment: Deployment,
  shared: SharedOptions & Pick<EngineOptions, "companion">,
  ingest: HttpIngest,
  anew: Anew | undefined,
): RunningEngine {
  const { failFast, store, log } = shared;
  const task = "all";
  let isBegun = anew !== undefined;
  let beginning: Beginning = { starts: new Map(), quietBefore: anew?.quietBefore };
  const engine = new Engine({
    ...shared,
    ...{ task, fresh: anew?.fresh === true },
    async check() {
      if (anew === undefined) await keepRecord(store, record, false);
      else beginning = await beginningOf(deployment, shared, anew);
    },
    async goOn() {
      beginning = await readBeginning(store);
    },
    ...(anew === undefined ? {} : {
      async beginAnew() {
        if (!anew.fresh) await refuseUndelivered(store, [task]);
        // Only now: a start that is refused leaves the store as it is.
        await keepRecord(store, record, true);
        await keepBeginning(store, beginning);
      },
    }),
    quietBefore: () => beginning.quietBefore,
    source: (plan, known) => {
      const position: Position = (topic, partition) =>
        known(topic, partition) ?? beginning.starts.get(partitionName({ topic, partition }));
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

const record: InstanceRecord = { instances: "one", counts: {} };

/** Where a start that drops its state begins: the log of the topics that rules read is asked. */
async function beginningOf(
  { source, app }: Deployment,
  { setup, log }: SharedOptions,
  { seek, quietBefore }: Anew,
): Promise<Beginning> {
  if (seek === undefined || source.kind !== "kafka") return { starts: new Map(), quietBefore };
  const kafka = openKafka(source.connection, app);
  try {
    const existing = [...(await kafka.topics()).keys()];
    const topics = streamsRead(setup.plan).flatMap((stream) => topicsOf(stream, existing));
    return { starts: new Map(await startsAt(kafka, topics, seek, log)), quietBefore };
  } finally {
    await kafka.close();
  }
}
