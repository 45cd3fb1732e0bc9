/**
 * `vigie run` with `instances: many`: one instance among others (runtime.md §5). It finds out which rules run where,
 * joins the consumer group, and runs an engine for each task that becomes its own.
 */
import type { Kafka } from "../../../engine/adapters/kafka/port.ts";
import { openKafka } from "../../../engine/adapters/kafka.ts";
import { KafkaGroup } from "../../../engine/adapters/kafka/group.ts";
import { KafkaError } from "../../../engine/adapters/kafka/error.ts";
import type { Deployment, SourceSettings } from "../../../engine/config/deployment.ts";
import { Engine } from "../../../engine/runtime/engine/engine.ts";
import type { EngineOptions, Position, Setup } from "../../../engine/runtime/engine/options.ts";
import type { Stage } from "../../../engine/runtime/engine/stage.ts";
import { type EngineStatus, statusOfAll } from "../../../engine/runtime/engine/status.ts";
import { taskAssigner } from "../../../engine/runtime/many/assigner.ts";
import { Drain, type Ends } from "../../../engine/runtime/many/drain.ts";
import { Instance } from "../../../engine/runtime/many/instance.ts";
import { type KeySet, type Partitions, type Spread, spread } from "../../../engine/runtime/many/key_sets.ts";
import { Passing } from "../../../engine/runtime/many/passing.ts";
import { Shuffle } from "../../../engine/runtime/many/shuffle.ts";
import { firstStage, secondStage } from "../../../engine/runtime/many/stages.ts";
import { planNumber } from "../../../engine/runtime/many/plan_number.ts";
import { assignedTasks, tasksOf, type TaskUnit } from "../../../engine/runtime/many/tasks.ts";
import { keepRecord } from "../../../engine/runtime/record.ts";
import { serial } from "../../../engine/runtime/routes/serial.ts";
import { partitionName, type Source, SourceError } from "../../../engine/runtime/source.ts";
import { StoreError } from "../../../engine/runtime/store.ts";
import { type OpeningNeeds, openTask } from "./opening.ts";
import { beginAnew, startsOf } from "./fresh.ts";
import { makeRepartitionTopics, sourcePartitions } from "./topics.ts";

/** What every engine of the instance is given, but for its task. */
export type SharedOptions = Omit<EngineOptions, "task" | "source" | "stage" | "steal">;

export interface ManyNeeds {
  readonly deployment: Deployment;
  readonly source: SourceSettings & { readonly kind: "kafka" };
  readonly shared: SharedOptions;
  /** Equal for plans that mean the same. */
  readonly meaning: string;
}

/** How often an instance that drains looks whether all is done. */
const lookMillis = 200;

/** How long a stop waits for Kafka to hear of it; the other members notice by themselves later. */
const leaveMillis = 2_000;

/** What the instance has found out before it joins the group. */
interface Ground {
  readonly placed: Spread;
  readonly units: readonly TaskUnit[];
  readonly opening: OpeningNeeds;
  readonly drain: Drain | undefined;
  /** Number of the plan. */
  readonly epoch: number;
}

export class ManyInstances {
  private readonly kafka: Kafka;
  private readonly setup: Setup;
  private readonly stopped = new AbortController();
  private instance: Instance | undefined;
  private group: KafkaGroup | undefined;

  constructor(private readonly needs: ManyNeeds) {
    const { setup } = needs.shared;
    // Tasks share the sinks of the instance, and sinks are written for one caller.
    const receivers = [...setup.receivers].map(([name, receiver]) => [name, serial(receiver)] as const);
    this.setup = { ...setup, receivers: new Map(receivers) };
    this.kafka = openKafka(needs.source.connection, needs.deployment.app);
  }

  /** Runs until it is stopped or everything that is its own is drained. Throws what the operator must mend. */
  async start(): Promise<void> {
    try {
      const ground = await this.insist(() => this.prepare());
      if (ground === undefined) return;
      const instance = new Instance({
        ...this.needs.shared,
        engineOf: (unit) => this.engineOf(unit, ground),
        drained: ({ name }) => this.insist(() => ground.drain?.done(name) ?? Promise.resolve()),
      });
      this.instance = instance;
      this.group = this.groupOf(instance, ground.units);
      // Joining waits for the other members: a stop does not.
      const joined = this.insist(() => this.group?.join() ?? Promise.resolve());
      await Promise.race([joined.then(() => new Promise(() => {})), instance.done, this.drained(ground)]);
    } finally {
      await this.instance?.stop();
      const left = Promise.resolve(this.group?.leave()).then(() => this.kafka.close());
      await Promise.race([left, this.needs.shared.time.sleep(leaveMillis)]);
    }
  }

  /** Stops cleanly: every task is saved, and delivered as far as `shutdown` allows. */
  stop(): void {
    this.stopped.abort();
    void this.instance?.stop();
  }

  status(): EngineStatus {
    return statusOfAll(this.instance?.engines.map(({ run }) => run) ?? []);
  }

  /** Resolves when every task of a drain is done, whichever instance has it. */
  private async drained({ drain, units }: Ground): Promise<void> {
    const { time } = this.needs.shared;
    const { signal } = this.stopped;
    const names = units.map(({ name }) => name);
    if (drain === undefined) return await new Promise(() => {});
    while (!signal.aborted && await this.insist(() => drain.isDone(names)) === false) {
      await time.sleep(lookMillis, signal);
    }
  }

  private async prepare(): Promise<Ground> {
    const { kafka, setup, needs: { deployment, source, shared } } = this;
    const { store, log, drain, fresh } = shared;
    const { app } = deployment;
    await store.open();
    const epoch = await planNumber(store, this.needs.meaning, () => kafka.members(app));
    const partitions = await sourcePartitions(kafka, setup.plan, deployment);
    const placed = spread(setup.plan, partitions, app);
    await makeRepartitionTopics(kafka, placed.keySets, deployment);
    const counts = await this.countsOf(partitions, placed.keySets);
    const units = tasksOf(counts, app);
    const isKnown = await keepRecord(store, { instances: "many", counts: Object.fromEntries(counts) }, fresh);
    if (!isKnown && !fresh) await this.checkGroup([...counts.keys()]);
    if (fresh) await beginAnew(kafka, store, units);
    const ends = drain ? await this.endsOf(partitions) : undefined;
    const reading = units.filter(({ isPassed }) => !isPassed).map(({ name }) => name);
    const joined = ends === undefined ? undefined : await Drain.join({ store, tasks: reading }, ends);
    const opening = {
      ...{ kafka, source, partitions, log, keySets: placed.keySets, ends: joined?.ends },
      starts: await startsOf(store),
    };
    return { placed, units, opening, epoch, drain: joined };
  }

  private async countsOf(partitions: Partitions, keySets: readonly KeySet[]): Promise<ReadonlyMap<string, number>> {
    const existing = await this.kafka.topics();
    const sources = [...partitions.values()].flatMap((counts) => [...counts]);
    return new Map([...sources, ...keySets.map(({ topic }) => [topic, existing.get(topic) ?? 0] as const)]);
  }

  private async endsOf(partitions: Partitions): Promise<Ends> {
    const topics = [...partitions.values()].flatMap((counts) => [...counts.keys()]);
    const ends = await Promise.all(
      topics.map(async (topic) =>
        (await this.kafka.offsets(topic)).map(({ partition, end }) =>
          [partitionName({ topic, partition }), end] as const
        )
      ),
    );
    return new Map(ends.flat());
  }

  /** Offsets without a record: the state was lost, or this is another store than before. */
  private async checkGroup(topics: readonly string[]): Promise<void> {
    const { app } = this.needs.deployment;
    if (!await this.kafka.hasCommitted(app, topics)) return;
    throw new SourceError(
      `The consumer group "${app}" has read before, and the store has no checkpoint of it: name the store that it ` +
        "used, or start with --fresh to begin anew",
      "final",
    );
  }

  private groupOf(instance: Instance, units: readonly TaskUnit[]): KafkaGroup {
    const { kafka, needs: { deployment: { app }, shared: { log } } } = this;
    const topics = new Set(units.flatMap(({ partitions }) => partitions.map(({ topic }) => topic)));
    return new KafkaGroup({
      ...{ kafka, log, group: app, topics: [...topics] },
      assigner: taskAssigner(app, () => instance.tasks),
      assigned: (partitions) => instance.assign(assignedTasks(units, partitions)),
    });
  }

  private engineOf(unit: TaskUnit, ground: Ground): Engine {
    const { shared } = this.needs;
    const [topic] = unit.partitions.map((partition) => partition.topic);
    const keySet = unit.isPassed ? ground.placed.keySets.find((one) => one.topic === topic) : undefined;
    return new Engine({
      ...shared,
      setup: { ...this.setup, plan: keySet?.plan ?? ground.placed.local },
      task: unit.name,
      steal: true,
      fresh: false,
      stage: (room) => this.stageOf(unit, ground, keySet, room),
      source: (_plan, position) => {
        if (this.group === undefined) throw new Error("an engine runs only while its instance is in the group");
        const source = this.group.source(() => openTask(ground.opening, unit, position));
        return keySet === undefined ? source : this.behind(source, keySet, ground.opening.partitions, position);
      },
      log: (line) => shared.log(`${unit.name}: ${line}`),
    });
  }

  /** Silence counts only where everything that lies in the source partitions behind has been passed on and taken. */
  private behind(source: Source, keySet: KeySet, partitions: Partitions, position: Position): Source {
    const topics = topicsBehind(keySet, partitions);
    return {
      ...source,
      ends: async (asked) => {
        const ends = await this.group?.ends(topics.map((topic) => ({ topic }))) ?? new Map<string, number>();
        for (const [name, end] of ends) {
          const at = name.lastIndexOf("/");
          const known = position(name.slice(0, at), Number(name.slice(at + 1))) ?? 0;
          if (known < end) throw new SourceError(`what lies in ${name} was not all passed on yet`, "away");
        }
        return await source.ends(asked);
      },
    };
  }

  private stageOf(
    unit: TaskUnit,
    { placed, opening, drain, epoch }: Ground,
    keySet: KeySet | undefined,
    room: () => void,
  ): Stage {
    const { time, log } = this.needs.shared;
    const needs = { task: unit.name, drain, time };
    if (keySet !== undefined) return secondStage(needs, feedsOf(keySet, opening.partitions));
    const produce: Shuffle["options"]["produce"] = (topic, records) => this.kafka.produce(topic, records);
    return firstStage(
      needs,
      new Passing(this.setup.plan, placed.keySets, epoch),
      new Shuffle({ produce, time, log, room }),
    );
  }

  /** Does something with the outside until it works; undefined when stopped meanwhile. */
  private async insist<T>(act: () => Promise<T>): Promise<T | undefined> {
    const { time, log, failFast } = this.needs.shared;
    const { signal } = this.stopped;
    for (let attempt = 0, said = ""; !signal.aborted; attempt++) {
      try {
        return await act();
      } catch (error) {
        if (failFast || !mayPass(error)) throw error;
        if (error.message !== said) log(`${error.message}; trying again until it works`);
        said = error.message;
        await time.sleep(time.backoff(attempt), signal);
      }
    }
    return undefined;
  }
}

/** Names of the source partitions whose events a key set takes. */
function feedsOf(keySet: KeySet, partitions: Partitions): (source: string) => boolean {
  const topics = topicsBehind(keySet, partitions);
  return (source) => topics.includes(source.slice(0, source.lastIndexOf("/")));
}

function topicsBehind({ streams }: KeySet, partitions: Partitions): readonly string[] {
  return [...partitions].filter(([stream]) => streams.has(stream)).flatMap(([, counts]) => [...counts.keys()]);
}

/** What a further try may mend. */
function mayPass(error: unknown): error is Error {
  if (error instanceof StoreError || error instanceof SourceError) return error.state === "away";
  return error instanceof KafkaError;
}
