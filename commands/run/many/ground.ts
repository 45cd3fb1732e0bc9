/**
 * What an instance finds out before it joins the others: the plan that all run, which rules run where, and where to
 * begin. Everything is asked anew for each plan.
 */
import type { Kafka } from "../../../engine/adapters/kafka/port.ts";
import { checkRetention } from "../../../engine/adapters/kafka_source.ts";
import type { Deployment, SourceSettings } from "../../../engine/config/deployment.ts";
import type { Millis } from "../../../engine/model/time.ts";
import type { Setup } from "../../../engine/runtime/engine/options.ts";
import { Drain, type Ends } from "../../../engine/runtime/many/drain.ts";
import { type KeySet, type Partitions, type Spread, spread } from "../../../engine/runtime/many/key_sets.ts";
import { PlanBook, type PlanInForce, planOf } from "../../../engine/runtime/many/plan_book.ts";
import { tasksOf, type TaskUnit } from "../../../engine/runtime/many/tasks.ts";
import { keepRecord } from "../../../engine/runtime/record.ts";
import { partitionName, SourceError } from "../../../engine/runtime/source.ts";
import type { Anew } from "../anew.ts";
import { readBeginning } from "../beginning.ts";
import { horizonOf } from "../sources.ts";
import { beginAnew } from "./fresh.ts";
import type { SharedOptions } from "./many.ts";
import type { OpeningNeeds } from "./opening.ts";
import { makeRepartitionTopics, sourcePartitions } from "./topics.ts";

export interface GroundNeeds {
  readonly kafka: Kafka;
  readonly deployment: Deployment;
  readonly source: SourceSettings & { readonly kind: "kafka" };
  readonly shared: SharedOptions;
  /** A setup of the files of a plan; undefined where they cannot be read here. */
  readonly setupOf: (files: string) => Promise<Setup | undefined>;
}

export interface Ground {
  readonly setup: Setup;
  /** The plan that all instances run. */
  readonly inForce: PlanInForce;
  readonly placed: Spread;
  readonly units: readonly TaskUnit[];
  readonly opening: OpeningNeeds;
  readonly drain: Drain | undefined;
  /** Event time before which nothing is delivered. */
  readonly quietBefore: Millis | undefined;
}

/** `own` is the setup of this instance, which it runs unless others run another; `anew` drops all state. */
export async function prepare(needs: GroundNeeds, own: Setup, anew: Anew | undefined): Promise<Ground> {
  const { kafka, deployment, source, shared: { store, log, drain } } = needs;
  const { app } = deployment;
  await store.open();
  const { setup, inForce } = await agreed(needs, own);
  const partitions = await sourcePartitions(kafka, setup.plan, deployment);
  const streamOf = [...partitions].flatMap(([stream, counts]) =>
    [...counts.keys()].map((topic) => [topic, stream] as const)
  );
  await checkRetention({ kafka, log, horizon: (stream) => horizonOf(setup.plan, stream) }, new Map(streamOf));
  const { local, keySets: wanted } = spread(setup.plan, partitions, app);
  const placed = { local, keySets: await makeRepartitionTopics(kafka, wanted, deployment) };
  const counts = await countsOf(kafka, partitions, placed.keySets);
  const units = tasksOf(counts, app);
  // Before anything is written down: a start that is refused leaves the store as it is.
  if (anew !== undefined) await beginAnew({ kafka, app, store, units, log }, anew);
  const isKnown = await keepRecord(
    store,
    { instances: "many", counts: Object.fromEntries(counts) },
    anew !== undefined,
  );
  if (!isKnown && anew === undefined) await checkGroup(kafka, app, [...counts.keys()]);
  const { starts, quietBefore } = await readBeginning(store);
  const reading = units.filter(({ isPassed }) => !isPassed).map(({ name }) => name);
  const joined = drain ? await Drain.join({ store, tasks: reading }, await endsOf(kafka, partitions)) : undefined;
  const opening = { kafka, source, partitions, log, starts, keySets: placed.keySets, ends: joined?.ends };
  return { setup, inForce, placed, units, opening, quietBefore, drain: joined };
}

/** The plan that the others run, else this instance's own. Throws a `SourceError` while they change to another. */
async function agreed(needs: GroundNeeds, own: Setup): Promise<Pick<Ground, "setup" | "inForce">> {
  const { kafka, deployment: { app }, shared: { store, log } } = needs;
  const book = new PlanBook(store);
  const files = own.origin?.text ?? "";
  for (;;) {
    const inForce = await book.current();
    const others = inForce === undefined ? 0 : await kafka.members(app);
    if (inForce !== undefined && others > 0 && !await book.areMarked(inForce.before, inForce.epoch)) {
      throw new SourceError("The other instances change to other rules", "away");
    }
    if (inForce?.plan === planOf(files)) return { setup: own, inForce };
    if (inForce === undefined || others === 0) {
      await book.propose(files, inForce, []);
      continue;
    }
    const setup = await needs.setupOf(await book.files(inForce) ?? "");
    if (setup === undefined) {
      throw new SourceError("The other instances run rules that this version of Vigie cannot read", "final");
    }
    log("The other instances run other rules: running these; a reload of any instance brings new ones to all");
    return { setup, inForce };
  }
}

async function countsOf(
  kafka: Kafka,
  partitions: Partitions,
  keySets: readonly KeySet[],
): Promise<ReadonlyMap<string, number>> {
  const existing = await kafka.topics();
  const sources = [...partitions.values()].flatMap((counts) => [...counts]);
  return new Map([...sources, ...keySets.map(({ topic }) => [topic, existing.get(topic) ?? 0] as const)]);
}

async function endsOf(kafka: Kafka, partitions: Partitions): Promise<Ends> {
  return await topicEnds(kafka, [...partitions.values()].flatMap((counts) => [...counts.keys()]));
}

/** Ends of the partitions of topics now. */
export async function topicEnds(kafka: Kafka, topics: readonly string[]): Promise<Ends> {
  const ends = await Promise.all(
    topics.map(async (topic) =>
      (await kafka.offsets(topic)).map(({ partition, end }) => [partitionName({ topic, partition }), end] as const)
    ),
  );
  return new Map(ends.flat());
}

/** Offsets without a record: the state was lost, or this is another store than before. */
async function checkGroup(kafka: Kafka, app: string, topics: readonly string[]): Promise<void> {
  if (!await kafka.hasCommitted(app, topics)) return;
  throw new SourceError(
    `The consumer group "${app}" has read before, and the store has no checkpoint of it: name the store that it ` +
      "used, rebuild the state with --seek TIME, or begin anew with --fresh",
    "final",
  );
}
