/**
 * One instance of many: runs an engine for each task that the consumer group assigns to it, one after the other where a
 * task goes and comes back. The store's fence decides who owns a task; the group only says who should (runtime.md §3).
 */
import type { Engine } from "../engine/engine.ts";
import type { Timekeeper } from "../engine/options.ts";
import type { Ends } from "./drain.ts";
import type { TaskUnit } from "./tasks.ts";

/** Wait before a task that another took is claimed again, while the group still says that it belongs here. */
const claimAgainMillis = 2_000;

export interface InstanceOptions {
  readonly engineOf: (unit: TaskUnit) => Engine;
  /** A drain has come to the end of a task. */
  readonly drained: (unit: TaskUnit) => Promise<void>;
  /** A task has come to its halt. */
  readonly halted: (unit: TaskUnit) => Promise<void>;
  readonly time: Timekeeper;
  readonly log: (line: string) => void;
}

interface Slot {
  readonly unit: TaskUnit;
  engine: Engine | undefined;
  /** The group says that the task belongs here. */
  isOurs: boolean;
  /** Resolves when the engine that ran last has ended. */
  ended: Promise<void>;
}

export class Instance {
  private readonly slots = new Map<string, Slot>();
  /** Offsets at which tasks of one stage halt; undefined while they run on. */
  private readonly halts: { first: Ends | undefined; second: Ends | undefined } = {
    first: undefined,
    second: undefined,
  };
  private readonly stopped = new AbortController();
  private conclude: (error?: Error) => void = () => {};
  /** Resolves when it was stopped; rejects with what the operator must mend. */
  readonly done: Promise<void>;

  constructor(private readonly options: InstanceOptions) {
    this.done = new Promise((resolve, reject) => {
      this.conclude = (error) => error === undefined ? resolve() : reject(error);
    });
  }

  /** Names of the tasks that belong here, for the group. */
  get tasks(): readonly string[] {
    return [...this.slots].filter(([, { isOurs }]) => isOurs).map(([name]) => name);
  }

  /** Engines that run now. */
  get engines(): readonly Engine[] {
    return [...this.slots.values()].flatMap(({ engine }) => engine ?? []);
  }

  /** The group has shared its tasks out: these are ours, and no others. */
  assign(units: readonly TaskUnit[]): void {
    if (this.stopped.signal.aborted) return;
    const ours = new Set(units.map(({ name }) => name));
    for (const [name, slot] of this.slots) if (slot.isOurs && !ours.has(name)) this.giveUp(name, slot);
    for (const unit of units) this.takeUp(unit);
  }

  /**
   * Halts the tasks of one stage, those too that come to be ours later: saved, up to these offsets, and marked. Tasks that
   * read sources halt where they are.
   */
  halt(stage: "first" | "second", ends: Ends): void {
    this.halts[stage] = ends;
    for (const { unit, engine } of this.slots.values()) if (this.haltOf(unit) !== undefined) engine?.halt(ends);
  }

  /** Stops every engine cleanly. */
  async stop(): Promise<void> {
    this.stopped.abort();
    const slots = [...this.slots.values()];
    for (const { engine } of slots) engine?.stop();
    await Promise.all(slots.map(({ ended }) => ended));
    this.conclude();
  }

  private giveUp(name: string, slot: Slot): void {
    this.options.log(`The task ${name} goes to another instance`);
    slot.isOurs = false;
    slot.engine?.stop();
  }

  private takeUp(unit: TaskUnit): void {
    const slot = this.slots.get(unit.name) ??
      { unit, engine: undefined, isOurs: false, ended: Promise.resolve() };
    this.slots.set(unit.name, slot);
    if (slot.isOurs) return;
    slot.isOurs = true;
    slot.ended = slot.ended.then(() => this.keepRunning(unit, slot)).catch((error) => {
      this.conclude(error instanceof Error ? error : new Error(String(error)));
    });
  }

  /** Runs engines of a task as long as it is ours. Throws what the operator must mend. */
  private async keepRunning(unit: TaskUnit, slot: Slot): Promise<void> {
    const { engineOf, time, log } = this.options;
    const { signal } = this.stopped;
    while (slot.isOurs && !signal.aborted) {
      const ends = this.haltOf(unit);
      slot.engine = engineOf(unit);
      if (ends !== undefined) slot.engine.halt(ends);
      const end = await slot.engine.start().finally(() => slot.engine = undefined);
      if (end === "fenced" && slot.isOurs) {
        log(`Another instance has taken the task ${unit.name}; claiming it again while the group says it is ours`);
        await time.sleep(claimAgainMillis, signal);
      }
      if (end === "halted") return await this.options.halted(unit);
      if (end === "drained") return await this.options.drained(unit);
    }
  }

  private haltOf({ isPassed }: TaskUnit): Ends | undefined {
    return isPassed ? this.halts.second : this.halts.first;
  }
}
