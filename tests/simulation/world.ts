/**
 * The simulated world of one scenario: processes on one log, one store and one receiver, faults that strike where the
 * scenario says, and a supervisor that starts a process for each that is gone, until the log is drained and all delivered.
 */
import { Engine } from "../../engine/runtime/engine/engine.ts";
import { createDecoder } from "../../engine/runtime/decode.ts";
import type { Parcel } from "../../engine/runtime/settle/entry.ts";
import type { Millis } from "../../engine/model/time.ts";
import { Chance } from "./chance.ts";
import { describe, type Fault, type Harm, type Hop, type Moment } from "./faults.ts";
import type { Partition } from "./log.ts";
import { mustWait, type Plans, plansOf } from "./plan.ts";
import { Process } from "./process.ts";
import type { Scenario } from "./scenario.ts";
import { nameOf, Received, simulatedReceiver } from "./sink.ts";
import { simulatedSource } from "./source.ts";
import { SimulatedStore } from "./store.ts";
import { Timeline } from "./timeline.ts";

/** Happenings after which a run counts as stuck. */
const most = 400_000;
/** Happenings in which zombies may still do harm after the end. */
const aftermath = 3_000;
const lane = "sink";

export class World {
  readonly timeline = new Timeline();
  readonly chance: Chance;
  readonly received = new Received();
  readonly plans: Plans;
  readonly trace: string[] = [];
  readonly failures: string[] = [];
  /** Faults that found their place. */
  readonly struck = new Set<Fault>();
  private readonly store: SimulatedStore;
  private readonly counts = new Map<string, number>();
  private readonly waiting: ReadonlySet<string>;
  private readonly running = new Set<Process>();
  private processes = 0;
  private sinksAwayUntil = -1;
  private wasSetBack = false;
  private isOver = false;

  constructor(readonly scenario: Scenario) {
    this.chance = new Chance(scenario.seed).fork("world");
    this.plans = plansOf(scenario);
    this.store = new SimulatedStore(this);
    this.waiting = new Set(this.plans.plan.rules.filter(mustWait).map(({ text }) => text.id));
  }

  /** Runs the scenario to its end; failures are in `failures`. */
  async run(): Promise<void> {
    for (let i = 0; i < this.scenario.settings.processes; i++) this.start();
    if (!await this.timeline.run(() => this.isOver, most)) this.failures.push("the log was never drained");
    const end = this.timeline.happenings + aftermath;
    await this.timeline.run(() => this.timeline.happenings >= end, end);
    for (const process of this.running) process.crash();
  }

  note(line: string): void {
    this.trace.push(`${this.timeline.now.toFixed(1).padStart(9)} ${line}`);
  }

  latency(): Millis {
    return this.chance.next() * this.scenario.settings.latency;
  }

  /** Messages of a partition. */
  available({ messages }: Partition): number {
    return messages.length;
  }

  sinksAway(): boolean {
    return this.sinksAwayUntil > this.timeline.now;
  }

  /** A process does something to the outside: the fault that waits there strikes. Returns what concerns the request. */
  pass(process: Process, hop: Hop, moment: Moment): Harm | undefined {
    const name = `${hop} ${moment}`;
    const nth = (this.counts.get(name) ?? 0) + 1;
    this.counts.set(name, nth);
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
    } else if (harm.is === "stop") process.engine?.stop();
    else if (harm.is === "wall clock") process.jumpWallClock(harm.millis);
    else if (harm.is === "store away") this.store.goAway(harm.millis);
    else if (harm.is === "sinks away") this.sinksAwayUntil = this.timeline.now + harm.millis;
    else if (harm.is === "set back" && this.store.setBack(harm.checkpoints)) this.wasSetBack = true;
  }

  private start(): void {
    if (this.isOver || this.processes > 80) return;
    const { settings } = this.scenario;
    const name = `p${++this.processes}`;
    const process = new Process(name, this.timeline, this.chance.fork(name), settings.cost, (one) => {
      this.pass(one, "breathe", "before");
    });
    this.running.add(process);
    this.note(`${name} starts`);
    process.engine = this.engineOf(process);
    process.engine.start().then((end) => this.ended(process, end), (error) => {
      if (!process.isAlive) return;
      this.failures.push(`${name} gave up: ${error}`);
      this.isOver = true;
    });
  }

  private engineOf(process: Process): Engine {
    const { settings } = this.scenario;
    const receiver = simulatedReceiver(this, process);
    const { every, groupCommit, maxDirty, maxKeys, queue, outboxMax } = settings;
    return new Engine({
      setup: {
        plan: this.plans.plan,
        decoderOf: (stream) => createDecoder(stream, { live: undefined, recorded: false }),
        receivers: new Map([[lane, receiver]]),
        ways: { alert: () => [lane], record: () => [lane], dead: [lane], late: [lane] },
        thresholds: this.plans.thresholds,
      },
      source: (_, position) => simulatedSource(this, process, position),
      store: this.store.of(process),
      task: "all",
      owner: process.name,
      term: settings.term,
      checkpoint: { every, groupCommit, maxDirty, maxKeys },
      outbox: { queue, max: outboxMax },
      time: process.timekeeper(),
      fresh: false,
      failFast: false,
      drain: true,
      shutdown: 1_000,
      log: (line) => this.note(`${process.name} says: ${line}`),
    });
  }

  private async ended(process: Process, end: string): Promise<void> {
    if (!process.isAlive) return;
    this.running.delete(process);
    this.note(`${process.name} ends: ${end}`);
    process.crash();
    const depths = [...(await this.store.depths()).values()];
    if (end === "drained" && depths.every((depth) => depth === 0)) this.isOver = true;
    else this.timeline.after(1, () => this.start());
  }

  /** A delivery is begun: by the owner of the task, and of nothing that had to wait for a checkpoint. */
  inspect(process: Process, batch: readonly Parcel[]): void {
    const owner = this.store.owner();
    if (!this.wasSetBack && owner !== undefined && owner !== process.name) {
      this.failures.push(`${process.name} delivers while ${owner} owns the task`);
    }
    for (const parcel of batch) {
      if ("refused" in parcel) continue;
      const rule = "alert" in parcel ? parcel.alert.rule : parcel.record.rule;
      if (this.waiting.has(rule) && !this.store.saved.has(nameOf(parcel))) {
        this.failures.push(`${nameOf(parcel)} of ${rule} leaves before the checkpoint that contains it`);
      }
    }
  }

  receive(process: Process, batch: readonly Parcel[]): void {
    for (const parcel of batch) {
      this.note(`${process.name} delivers ${nameOf(parcel)}`);
      this.received.take(parcel);
    }
  }
}
