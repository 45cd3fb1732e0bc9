/**
 * The simulated world of one scenario: processes on one log, one store and some sinks, faults that strike where the
 * scenario says, and a supervisor that starts a process for each that is gone, until the log is drained and all delivered.
 */
import { statusOf } from "../../engine/runtime/engine/status.ts";
import type { Plan } from "../../engine/compile/plan.ts";
import type { Millis } from "../../engine/model/time.ts";
import { Chance } from "./chance.ts";
import { engineOf } from "./engine.ts";
import { describe, type Fault, type Harm, type Hop, type Moment } from "./faults.ts";
import type { Partition } from "./log.ts";
import { type Plans, plansOf } from "./plan.ts";
import { Process } from "./process.ts";
import type { Scenario } from "./scenario.ts";
import { SimulatedStore } from "./store.ts";
import { Timeline } from "./timeline.ts";
import { Watch } from "./watch.ts";

/** Happenings after which a run counts as stuck. */
const most = 60_000;
/** Happenings in which zombies may still do harm after the end. */
const aftermath = 3_000;
/** Milliseconds between two looks at how far a live run has come. */
const lookMillis = 20;

export class World {
  readonly timeline = new Timeline();
  readonly chance: Chance;
  readonly plans: Plans;
  readonly store: SimulatedStore;
  readonly watch: Watch;
  readonly trace: string[] = [];
  /** Faults that found their place. */
  readonly struck = new Set<Fault>();
  /** Whether the store must remember what it was. */
  readonly maySetBack: boolean;
  private readonly counts = new Map<string, number>();
  private readonly running = new Set<Process>();
  private processes = 0;
  private plansRead = 0;
  private sinksAwayUntil = -1;
  /** A process that was asked to stop is left in peace, so that its end is a clean one. */
  private stopping: Process | undefined;
  /** Processes that start from now on read the log to its end, and end there. */
  private isDraining: boolean;
  private isOver = false;

  constructor(readonly scenario: Scenario) {
    this.chance = new Chance(scenario.seed).fork("world");
    this.plans = plansOf(scenario);
    this.maySetBack = scenario.faults.some(({ harm }) => harm.is === "set back");
    this.isDraining = scenario.mode === "drain" || scenario.mode === "wide";
    this.store = new SimulatedStore(this);
    this.watch = new Watch(this);
  }

  /** Runs the scenario to its end; what must not happen and did is in `watch.failures`. */
  async run(): Promise<void> {
    for (let i = 0; i < this.scenario.settings.processes; i++) this.start();
    this.look();
    const { failures } = this.watch;
    if (!await this.timeline.run(() => this.isOver || failures.length > 0, most)) {
      failures.push("the log was never drained");
    }
    const end = this.timeline.happenings + (failures.length > 0 ? 0 : aftermath);
    await this.timeline.run(() => this.timeline.happenings >= end, end);
    for (const process of this.running) process.crash();
  }

  note(line: string): void {
    this.trace.push(`${this.timeline.now.toFixed(1).padStart(9)} ${line}`);
  }

  latency(): Millis {
    return this.chance.next() * this.scenario.settings.latency;
  }

  /** Messages of a partition that can be read. */
  available({ messages }: Partition): number {
    const missing = messages.findIndex(({ at }) => at > this.timeline.now);
    return missing < 0 ? messages.length : missing;
  }

  sinksAway(): boolean {
    return this.sinksAwayUntil > this.timeline.now;
  }

  /** A process does something to the outside: the fault that waits there strikes. Returns what concerns the request. */
  pass(process: Process, hop: Hop, moment: Moment): Harm | undefined {
    const name = `${hop} ${moment}`;
    const nth = (this.counts.get(name) ?? 0) + 1;
    this.counts.set(name, nth);
    if (this.stopping !== undefined) return undefined;
    const fault = this.scenario.faults.find((one) => one.hop === hop && one.moment === moment && one.nth === nth);
    if (fault === undefined) return undefined;
    this.struck.add(fault);
    this.note(`*** ${process.name}: ${describe(fault)}`);
    this.strike(process, fault.harm);
    return fault.harm;
  }

  private strike(process: Process, harm: Harm): void {
    const { term } = this.scenario.settings;
    if (harm.is === "crash") {
      process.crash();
      this.running.delete(process);
      this.timeline.after(this.chance.next() * term * 2, () => this.start());
    } else if (harm.is === "freeze") {
      process.freeze(harm.millis);
      if (this.running.size < 2) this.timeline.after(1, () => this.start());
    } else if (harm.is === "stop") this.stop(process);
    else if (harm.is === "reload") this.reload();
    else if (harm.is === "wall clock") process.jumpWallClock(harm.millis);
    else if (harm.is === "store away") this.store.goAway(harm.millis);
    else if (harm.is === "sinks away") this.sinksAwayUntil = this.timeline.now + harm.millis;
    else if (harm.is === "set back" && this.store.setBack(harm.checkpoints)) {
      this.watch.wasSetBack();
      for (const one of this.running) one.lose();
    }
  }

  /** Asks a process to stop. Everything answers until it has. */
  private stop(process: Process): void {
    this.note(`${process.name} is asked to stop`);
    process.isStopping = true;
    this.stopping = process;
    this.sinksAwayUntil = -1;
    this.store.comeBack();
    process.engine?.stop();
  }

  /** Every process reads the plan anew, one that stands still when it goes on. */
  private reload(): void {
    this.plansRead++;
    for (const process of this.running) process.after(0, () => this.replan(process));
  }

  private replan(process: Process): void {
    process.engine?.reload(engineOf(this, process, this.planRead(), false).setup).then((offsets) => {
      this.note(`${process.name} ${offsets === undefined ? "did not switch" : "switched"} its plan`);
    });
  }

  private planRead(): Plan {
    return this.plans.versions[this.plansRead % 2 === 0 ? 0 : 1];
  }

  private start(): void {
    if (this.isOver || this.processes > 80) return;
    const { settings } = this.scenario;
    const name = `p${++this.processes}`;
    const process = new Process(name, this.timeline, this.chance.fork(name), settings.cost, (one) => {
      this.pass(one, "breathe", "before");
    });
    this.running.add(process);
    this.note(`${name} starts${this.isDraining ? " to drain" : ""}`);
    const { engine } = engineOf(this, process, this.planRead(), this.isDraining);
    process.engine = engine;
    process.isDraining = this.isDraining;
    engine.start().then((end) => this.ended(process, end), (error) => {
      if (process.isAlive) this.watch.failures.push(`${name} gave up: ${error}`);
    });
  }

  private async ended(process: Process, end: string): Promise<void> {
    if (!process.isAlive) return;
    this.running.delete(process);
    this.note(`${process.name} ends: ${end}`);
    process.crash();
    if (this.stopping === process) this.stopping = undefined;
    const left = [...(await this.store.depths()).values()].reduce((sum, depth) => sum + depth, 0);
    if (process.hasReleased) this.watch.endedCleanly(process, end, left);
    if (end === "drained" && left === 0) this.isOver = true;
    else this.timeline.after(1, () => this.start());
  }

  /** Once a live run has handled all that there is, every process is stopped, and a drain reads the end of the log. */
  private look(): void {
    this.timeline.after(lookMillis, () => this.look());
    const awake = [...this.running].filter((one) => one.frozenUntil <= this.timeline.now);
    if (!this.isDraining && awake.some((one) => this.hasHandledAll(one))) this.isDraining = true;
    if (!this.isDraining || this.stopping !== undefined) return;
    const live = awake.find((one) => !one.isDraining && !one.isStopping);
    if (live !== undefined) this.stop(live);
  }

  private hasHandledAll({ engine }: Process): boolean {
    const { partitions } = statusOf(engine?.run);
    return this.scenario.log.every(({ stream, partition, messages }) =>
      partitions.some((one) => one.stream === stream && one.partition === partition && one.position >= messages.length)
    );
  }
}
