/**
 * `vigie run` with `instances: many`: one instance among others (runtime.md §5). It joins the consumer group and runs an
 * engine for each task that becomes its own, under one plan after the other.
 */
import { openKafka } from "../../../engine/adapters/kafka.ts";
import { KafkaError } from "../../../engine/adapters/kafka/error.ts";
import { KafkaGroup } from "../../../engine/adapters/kafka/group.ts";
import type { Kafka } from "../../../engine/adapters/kafka/port.ts";
import type { Deployment, SourceSettings } from "../../../engine/config/deployment.ts";
import type { EngineOptions, Setup } from "../../../engine/runtime/engine/options.ts";
import { type EngineStatus, statusOfAll } from "../../../engine/runtime/engine/status.ts";
import { taskAssigner } from "../../../engine/runtime/many/assigner.ts";
import { Instance } from "../../../engine/runtime/many/instance.ts";
import { PlanBook, planOf } from "../../../engine/runtime/many/plan_book.ts";
import { assignedTasks, type TaskPartition } from "../../../engine/runtime/many/tasks.ts";
import { Gathering } from "../../../engine/runtime/routes/gathering.ts";
import type { RoutesTask } from "../../../engine/runtime/routes/task.ts";
import { routesLane } from "../lanes.ts";
import { serial } from "../../../engine/runtime/routes/serial.ts";
import { SourceError } from "../../../engine/runtime/source.ts";
import { StoreError } from "../../../engine/runtime/store.ts";
import type { Anew } from "../anew.ts";
import { engineOf } from "./engine_of.ts";
import { type Ground, type GroundNeeds, prepare, topicEnds } from "./ground.ts";

/** What every engine of the instance is given, but for its task. */
export type SharedOptions = Omit<EngineOptions, "task" | "source" | "stage" | "steal" | "fresh" | "companion">;

export interface ManyNeeds {
  readonly deployment: Deployment;
  readonly source: SourceSettings & { readonly kind: "kafka" };
  readonly shared: SharedOptions;
  readonly setupOf: GroundNeeds["setupOf"];
  /** Undefined where the deployment has none. */
  readonly routes: RoutesTask | undefined;
  /** The state is dropped first. */
  readonly anew: Anew | undefined;
}

/** How often an instance looks whether a drain is done, or tasks have halted. */
const lookMillis = 200;
/** How often it looks whether another plan is to come into force. */
const planMillis = 500;
/** How long a stop waits for Kafka to hear of it; the other members notice by themselves later. */
const leaveMillis = 2_000;

/** The group as long as its topics stay the same. */
interface Membership {
  readonly group: KafkaGroup;
  readonly topics: string;
  /** What is ours now; undefined until the group has said so. */
  assigned: readonly TaskPartition[] | undefined;
}

export class ManyInstances {
  private readonly kafka: Kafka;
  private readonly stopped = new AbortController();
  private readonly book: PlanBook;
  private setup: Setup;
  private ground: Ground | undefined;
  private instance: Instance | undefined;
  private membership: Membership | undefined;
  private watchers: (() => void)[] = [];
  private readonly gathering: Gathering | undefined;
  private isGathering = false;

  constructor(private readonly needs: ManyNeeds) {
    this.setup = shared(needs.shared.setup);
    this.book = new PlanBook(needs.shared.store);
    this.kafka = openKafka(needs.source.connection, needs.deployment.app);
    const { store, owner, term, time, log } = needs.shared;
    this.gathering = needs.routes === undefined ? undefined : new Gathering({
      ...{ routes: needs.routes, store, owner, term, time, log, lane: routesLane },
      tasks: () => this.ground?.units.map(({ name }) => name) ?? [],
    });
  }

  /** Runs until it is stopped or everything is drained. Throws what the operator must mend. */
  async start(): Promise<void> {
    try {
      for (let { anew } = this.needs; await this.round(anew) === "changed"; anew = undefined);
    } finally {
      await this.instance?.stop();
      const { drain, shutdown, time } = this.needs.shared;
      await this.gathering?.conclude(time.sleep(shutdown), drain && !this.stopped.signal.aborted);
      const left = Promise.resolve(this.membership?.group.leave()).then(() => this.kafka.close());
      await Promise.race([left, this.needs.shared.time.sleep(leaveMillis)]);
      this.tell();
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

  /** The setup in force. */
  current(): Setup | undefined {
    return this.ground?.setup;
  }

  /** Brings a plan to all instances; resolves when it is in force here, with the offsets where it found partitions. */
  async reload(setup: Setup): Promise<ReadonlyMap<string, number> | undefined> {
    this.setup = shared(setup);
    const { ground } = this;
    const files = setup.origin?.text;
    if (ground === undefined || files === undefined) return undefined;
    if (planOf(files) === ground.inForce.plan) await this.surround(ground);
    else {
      const changed = new Promise<void>((resolve) => this.watchers.push(resolve));
      await this.book.propose(files, ground.inForce, ground.units.map(({ name }) => name));
      await changed;
    }
    return new Map(
      this.status().partitions.map(({ topic, partition, position }) => [`${topic}/${partition}`, position]),
    );
  }

  /** What is new around the same plan, such as thresholds, concerns this instance alone. */
  private async surround(ground: Ground): Promise<void> {
    this.ground = { ...ground, setup: this.setup };
    for (const engine of this.instance?.engines ?? []) {
      const plan = engine.run?.setup.plan;
      if (plan !== undefined) await engine.reload({ ...this.setup, plan });
    }
  }

  /** Runs under one plan, until another is to come into force or everything is over. */
  private async round(anew: Anew | undefined): Promise<"changed" | "over"> {
    const { deployment, source, setupOf } = this.needs;
    const needs = { ...this.needs, kafka: this.kafka, deployment, source };
    const sharedSetupOf = async (files: string) => {
      const found = await setupOf(files);
      return found === undefined ? undefined : shared(found);
    };
    const ground = await this.insist(() => prepare({ ...needs, setupOf: sharedSetupOf }, this.setup, anew));
    if (ground === undefined) return "over";
    this.ground = ground;
    if (this.gathering !== undefined && !this.isGathering) this.gathering.start();
    this.isGathering = true;
    const instance = this.instanceOf(ground);
    this.instance = instance;
    // Joining waits for the other members: a stop does not.
    const joined = this.insist(() => this.join(ground)).then(() => this.tell());
    const over = Promise.race([joined.then(() => new Promise<void>(() => {})), instance.done, this.drained(ground)]);
    const end = await Promise.race([over.then(() => "over" as const), this.changed(ground)]);
    if (end === "over" || !await this.halt(instance, ground)) return "over";
    await instance.stop();
    return "changed";
  }

  private instanceOf(ground: Ground): Instance {
    const { drain, inForce } = ground;
    return new Instance({
      ...this.needs.shared,
      engineOf: (unit) => {
        const { membership, kafka, needs } = this;
        if (membership === undefined) throw new Error("a task runs only while its instance is in the group");
        const surroundings = { kafka, shared: needs.shared, group: membership.group, gathering: this.gathering };
        return engineOf({ ...surroundings, ground: this.ground ?? ground }, unit);
      },
      drained: async ({ name }) => void await this.insist(() => drain?.done(name) ?? Promise.resolve()),
      halted: async ({ name }) => void await this.insist(() => this.book.mark(name, inForce.epoch + 1)),
    });
  }

  /** Joins the group, or stays in it where the topics are those of the plan before. */
  private async join({ units }: Ground): Promise<void> {
    const { kafka, needs: { deployment: { app }, source: { outOfRange }, shared: { log } } } = this;
    const topics = [...new Set(units.flatMap(({ partitions }) => partitions.map(({ topic }) => topic)))].sort();
    if (this.membership?.topics === topics.join(" ")) return this.assign();
    await this.membership?.group.leave();
    const membership: Membership = {
      topics: topics.join(" "),
      assigned: undefined,
      group: new KafkaGroup({
        ...{ kafka, log, topics, outOfRange, group: app },
        assigner: taskAssigner(app, () => this.instance?.tasks ?? []),
        assigned: (partitions) => {
          membership.assigned = partitions;
          this.assign();
        },
      }),
    };
    this.membership = membership;
    await membership.group.join();
  }

  private assign(): void {
    const { membership, ground, instance } = this;
    if (membership?.assigned === undefined || ground === undefined) return;
    instance?.assign(assignedTasks(ground.units, membership.assigned));
  }

  /** Resolves when every task of a drain is done, whichever instance has it. */
  private async drained({ drain, units }: Ground): Promise<void> {
    if (drain === undefined) return await new Promise(() => {});
    await this.until(() => drain.isDone(units.map(({ name }) => name)));
  }

  /** Resolves when another plan is to come into force. */
  private async changed({ inForce }: Ground): Promise<"changed" | "over"> {
    if (this.needs.shared.drain) return await new Promise(() => {});
    const isNewer = async () => ((await this.book.current())?.epoch ?? 0) > inForce.epoch;
    return await this.until(isNewer, planMillis) ? "changed" : "over";
  }

  /**
   * Halts every task, those that read sources first: then the others take what was passed on, so that no event is passed
   * on under one plan and taken under another. False when a stop came first.
   */
  private async halt(instance: Instance, { units, inForce, placed }: Ground): Promise<boolean> {
    const { log } = this.needs.shared;
    const [passed, reading] = [units.filter(({ isPassed }) => isPassed), units.filter(({ isPassed }) => !isPassed)];
    const areMarked = (tasks: typeof units) =>
      this.until(() => this.book.areMarked(tasks.map(({ name }) => name), inForce.epoch + 1));
    log("Other rules are to come into force: every task saves what it has read and passed on");
    instance.halt("first", new Map());
    if (!await areMarked(reading)) return false;
    const ends = await this.insist(() => topicEnds(this.kafka, placed.keySets.map(({ topic }) => topic)));
    if (ends === undefined) return false;
    instance.halt("second", ends);
    if (!await areMarked(passed)) return false;
    const next = await this.book.current();
    const files = next === undefined ? undefined : await this.book.files(next);
    if (files !== undefined && files !== this.setup.origin?.text) {
      const setup = await this.needs.setupOf(files);
      if (setup !== undefined) this.setup = shared(setup);
    }
    return true;
  }

  /** Looks until something holds; false when a stop came first. */
  private async until(holds: () => Promise<boolean>, millis = lookMillis): Promise<boolean> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      if (await this.insist(holds) === true) return true;
      await this.needs.shared.time.sleep(millis, signal);
    }
    return false;
  }

  private tell(): void {
    for (const watcher of this.watchers.splice(0)) watcher();
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

/** Tasks share the sinks of the instance, and sinks are written for one caller. */
function shared(setup: Setup): Setup {
  const receivers = [...setup.receivers].map(([name, receiver]) => [name, serial(receiver)] as const);
  return { ...setup, receivers: new Map(receivers) };
}

/** What a further try may mend. */
function mayPass(error: unknown): error is Error {
  if (error instanceof StoreError || error instanceof SourceError) return error.state === "away";
  return error instanceof KafkaError;
}
