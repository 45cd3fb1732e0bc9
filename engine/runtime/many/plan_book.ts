/**
 * Which plan all instances run, in the store (runtime.md §6). A plan has a number; another comes into force when every
 * task of the one before has saved all that was read and passed on under it, and is marked so.
 */
import { identify } from "../identity.ts";
import type { CheckpointStore } from "../store.ts";

const bookName = "plan of many";
const version = "1";

export interface PlanInForce {
  readonly epoch: number;
  /** Hash of its files. */
  readonly plan: string;
  /** Tasks of the plan before: the plan is in force when all of them are marked. */
  readonly before: readonly string[];
}

export class PlanBook {
  constructor(private readonly store: Pick<CheckpointStore, "get" | "put">) {}

  /** The plan that is in force, or is to be next; undefined before the first. */
  async current(): Promise<PlanInForce | undefined> {
    const text = await this.store.get(bookName);
    if (text === undefined) return undefined;
    const plan: PlanInForce = JSON.parse(text.slice(version.length));
    return plan;
  }

  /** Makes files the next plan, behind the one given. False when another was quicker. */
  async propose(files: string, behind: PlanInForce | undefined, before: readonly string[]): Promise<boolean> {
    const next: PlanInForce = { epoch: (behind?.epoch ?? 0) + 1, plan: planOf(files), before };
    // The files come first: whoever sees the number finds them.
    await this.store.put(filesName(next.epoch), files);
    return await this.store.put(bookName, written(next), behind === undefined ? null : written(behind));
  }

  /** The files of a plan. */
  files({ epoch }: PlanInForce): Promise<string | undefined> {
    return this.store.get(filesName(epoch));
  }

  /** A task has saved all that was to be done under the plans before a number. */
  async mark(task: string, epoch: number): Promise<void> {
    await this.store.put(markName(task), String(epoch));
  }

  async areMarked(tasks: readonly string[], epoch: number): Promise<boolean> {
    const marks = await Promise.all(tasks.map((task) => this.store.get(markName(task))));
    return marks.every((mark) => Number(mark ?? 0) >= epoch);
  }
}

/** Hash of the files of a plan. */
export function planOf(files: string): string {
  return identify(files);
}

function written(plan: PlanInForce): string {
  return version + JSON.stringify(plan);
}

function filesName(epoch: number): string {
  return `files of plan ${epoch % 2}`;
}

function markName(task: string): string {
  return `mark of ${task}`;
}
