/**
 * Many instances of one case: real engines for the tasks that a simulated group shares out, on one store and the same
 * topics. Instances crash, stand still while the group goes on without them, stop, and join, until the log is drained.
 */
import type { Engine } from "../../../engine/runtime/engine/engine.ts";
import { Drain } from "../../../engine/runtime/many/drain.ts";
import { Instance } from "../../../engine/runtime/many/instance.ts";
import { type Spread, spread } from "../../../engine/runtime/many/key_sets.ts";
import { assign, tasksOf, type TaskUnit } from "../../../engine/runtime/many/tasks.ts";
import { Chance } from "../chance.ts";
import { Process } from "../process.ts";
import { Timeline } from "../timeline.ts";
import { type Case, type Disturbance, plansOf } from "./case.ts";
import { engineOf } from "./engine.ts";
import { Outside } from "./outside.ts";

/** Happenings after which a run counts as stuck. */
const most = 150_000;
/** Milliseconds after which the group goes on without an instance that is not heard of. */
const sessionMillis = 300;
const lookMillis = 50;
const app = "app";

interface Member {
  readonly process: Process;
  readonly instance: Instance;
}

export class ManyWorld {
  readonly timeline = new Timeline();
  readonly outside: Outside;
  readonly trace: string[] = [];
  readonly failures: string[] = [];
  readonly plans: ReturnType<typeof plansOf>;
  private readonly chance: Chance;
  private readonly placed: Spread;
  private readonly units: readonly TaskUnit[];
  private readonly ends: ReadonlyMap<string, number>;
  /** Those that the group knows. */
  private readonly members = new Set<Member>();
  private started = 0;
  private generation = 0;
  private isOver = false;
  private isLive: boolean;
  /** Those that run without end. */
  private readonly live: Member[] = [];

  constructor(private readonly given: Case) {
    this.chance = new Chance(given.seed).fork("world");
    this.plans = plansOf(given);
    this.isLive = given.liveMillis > 0;
    this.outside = new Outside(given, this.timeline, this.chance.fork("outside"), (line) => this.note(line));
    const widths = Map.groupBy(given.log, ({ stream }) => stream);
    const counts = new Map([...widths].map(([stream, { length }]) => [stream, new Map([[stream, length]])]));
    this.placed = spread(this.plans.plan, counts, app);
    const topics = [...widths].map(([stream, { length }]): [string, number] => [stream, length]);
    const passed = this.placed.keySets.map(({ topic, partitions }): [string, number] => [topic, partitions]);
    this.units = tasksOf(new Map([...topics, ...passed]), app);
    this.ends = new Map(
      given.log.map(({ stream, partition, messages }) => [`${stream}/${partition}`, messages.length]),
    );
  }

  async run(): Promise<void> {
    for (let i = 0; i < this.given.instances; i++) void this.start();
    for (const disturbance of this.given.disturbances) {
      this.timeline.after(disturbance.at, () => this.disturb(disturbance));
    }
    if (this.isLive) this.timeline.after(this.given.liveMillis, () => this.beginDrain());
    void this.look();
    if (!await this.timeline.run(() => this.isOver || this.failures.length > 0, most)) {
      this.failures.push("the log was never drained");
    }
    for (const { process } of this.members) process.crash();
  }

  /** Instances that run without end are stopped, and others come that end. */
  private beginDrain(): void {
    this.note("*** the drain begins");
    this.isLive = false;
    for (const member of this.live) {
      if (member.process.isAlive && !member.process.isStopping) this.strike(member, "stop", 0);
    }
  }

  private note(line: string): void {
    this.trace.push(`${this.timeline.now.toFixed(1).padStart(9)} ${line}`);
  }

  private async look(): Promise<void> {
    const drain = await Drain.join({ store: this.outside.store, tasks: this.sources() }, this.ends);
    const again = async () => {
      this.isOver = await drain.isDone(this.units.map(({ name }) => name));
      this.timeline.after(lookMillis, () => void again());
    };
    await again();
  }

  /** Names of the tasks that read sources. */
  private sources(): readonly string[] {
    return this.units.filter(({ isPassed }) => !isPassed).map(({ name }) => name);
  }

  private disturb({ is, millis }: Disturbance): void {
    const members = [...this.members];
    const member = members[this.chance.whole(0, members.length - 1)];
    this.note(`*** ${is} ${member?.process.name ?? ""} ${millis}`);
    if (is === "join" && members.length < 4) void this.start();
    else if (is === "rebalance") this.shareOut(this.chance.is(0.5));
    else if (member !== undefined && is !== "join") this.strike(member, is, millis);
  }

  private strike(member: Member, is: "crash" | "freeze" | "stop", millis: number): void {
    const { process, instance } = member;
    if (is === "stop") process.after(0, () => void instance.stop());
    else if (is === "freeze") process.freeze(millis);
    else process.crash();
    const heardOf = is === "stop" ? 1 : sessionMillis;
    process.isStopping ||= is === "stop";
    this.timeline.after(heardOf, () => {
      if (is === "freeze" && process.frozenUntil <= this.timeline.now) return;
      this.members.delete(member);
      this.shareOut(false);
      if (is === "freeze") process.after(1, () => !process.isStopping && this.join(member));
      else void this.start();
    });
  }

  private join(member: Member): void {
    this.note(`${member.process.name} joins`);
    this.members.add(member);
    this.shareOut(false);
  }

  /** Tasks stay where they are as far as that leaves them even; `anew`: nobody remembers who had them. */
  private shareOut(anew: boolean): void {
    const members = [...this.members];
    const known = members.map(({ process: { name }, instance }, i) => {
      return { id: anew ? `${this.chance.whole(0, 9)} ${i}` : name, tasks: anew ? [] : instance.tasks };
    });
    const shares = assign(this.units, known);
    const generation = ++this.generation;
    members.forEach(({ process, instance }, i) => {
      const share = shares.get(known[i]?.id ?? "") ?? [];
      process.after(this.outside.latency(), () => {
        // Nobody joins a generation that is over.
        if (generation !== this.generation) return;
        this.note(`${process.name} has ${share.map(({ name }) => name).join(", ")}`);
        instance.assign(share);
      });
    });
  }

  private async start(): Promise<void> {
    const name = `i${++this.started}`;
    const process = new Process(name, this.timeline, this.chance.fork(name), 0.05, () => {});
    const drain = this.isLive ? undefined : await this.joinDrain(process);
    const instance: Instance = new Instance({
      time: process.timekeeper(),
      log: (line) => this.note(`${name} says: ${line}`),
      engineOf: (unit) => this.engineOf(process, unit, drain),
      drained: ({ name }) => this.insist(process, async () => await drain?.done(name)),
      halted: () => Promise.resolve(),
    });
    instance.done.catch((error) => process.isAlive && this.failures.push(`${name} gave up: ${error}`));
    const member = { process, instance };
    if (drain === undefined) this.live.push(member);
    this.join(member);
  }

  private async joinDrain(process: Process): Promise<Drain> {
    const options = { store: this.outside.storeOf(process), tasks: this.sources() };
    return await this.insist(process, () => Drain.join(options, this.ends));
  }

  private async insist<T>(process: Process, act: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await act();
      } catch {
        await process.wait(20);
      }
    }
  }

  private engineOf(process: Process, unit: TaskUnit, drain: Drain | undefined): Engine {
    const { given, outside, placed, plans } = this;
    const log = (line: string) => this.note(`${process.name} ${unit.name}: ${line}`);
    const owner = `${process.name} ${this.timeline.happenings}`;
    const chance = this.chance.fork(`${process.name} ${unit.name}`);
    return engineOf({ given, outside, placed, plans, process, drain, owner, chance, log }, unit);
  }
}
