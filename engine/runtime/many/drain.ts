/**
 * `--drain` with many instances: all want the same ends, which the first of them wrote to the store; event time
 * advances to the newest event of any source only when every task that reads sources has come to its ends
 * (semantics.md 13); and an instance ends when every task is done, because those of one that died will come to it.
 */
import type { Millis } from "../../model/time.ts";
import type { Drained } from "../engine/stage.ts";
import { partitionName } from "../source.ts";
import type { CheckpointStore } from "../store.ts";

/** Ends of source partitions, by their names. */
export type Ends = ReadonlyMap<string, number>;

const targetName = "drain";
const version = "1";

/** What a task that reads sources has come to. */
interface Report {
  readonly positions: { readonly [name: string]: number };
  readonly newest: Millis | null;
}

export interface DrainOptions {
  readonly store: Pick<CheckpointStore, "get" | "put">;
  /** Tasks that read sources. */
  readonly tasks: readonly string[];
}

export class Drain {
  private constructor(private readonly options: DrainOptions, readonly ends: Ends) {}

  /** Joins the drain that is under way; begins one to the ends given where there is none. Throws what the store says. */
  static async join(options: DrainOptions, ends: Ends): Promise<Drain> {
    const { store } = options;
    for (;;) {
      const text = await store.get(targetName);
      const underWay = text === undefined ? undefined : new Drain(options, readEnds(text));
      if (underWay !== undefined && !await underWay.isOver()) return underWay;
      const begun = new Drain(options, ends);
      if (text === begun.mark() || await store.put(targetName, begun.mark(), text ?? null)) return begun;
    }
  }

  /** Whether source partitions are known up to their ends. `streams` says which count. */
  isReached(known: ReadonlyMap<string, number>, counts: (name: string) => boolean): boolean {
    return [...this.ends].every(([name, end]) => !counts(name) || (known.get(name) ?? 0) >= end);
  }

  /** Says what a task has come to. */
  async report(task: string, { sources, newest }: Drained): Promise<void> {
    const positions = Object.fromEntries(sources.map(({ source, next }) => [partitionName(source), next]));
    const report: Report = { positions, newest: Number.isFinite(newest) ? newest : null };
    await this.options.store.put(reportName(task), version + JSON.stringify(report));
  }

  /** The newest event time of all tasks; undefined until all have reported. */
  async newest(): Promise<Millis | undefined> {
    const reports = await this.reports();
    const known = new Map(reports.flatMap(({ positions }) => Object.entries(positions)));
    if (!this.isReached(known, () => true)) return undefined;
    return Math.max(-Infinity, ...reports.map(({ newest }) => newest ?? -Infinity));
  }

  /** Says that a task has delivered and saved all that the drain wants of it. */
  async done(task: string): Promise<void> {
    await this.options.store.put(doneName(task), this.mark());
  }

  /** Whether every one of some tasks is done, whichever instance has it. */
  async isDone(tasks: readonly string[]): Promise<boolean> {
    const marks = await Promise.all(tasks.map((task) => this.options.store.get(doneName(task))));
    return marks.every((mark) => mark === this.mark());
  }

  private mark(): string {
    return version + JSON.stringify([...this.ends]);
  }

  private async isOver(): Promise<boolean> {
    return await this.newest() !== undefined;
  }

  private async reports(): Promise<readonly Report[]> {
    const { store, tasks } = this.options;
    const texts = await Promise.all(tasks.map((task) => store.get(reportName(task))));
    return texts.flatMap((text) => text === undefined ? [] : [readReport(text)]);
  }
}

/** Forgets what tasks said in earlier drains. */
export async function forgetDrains(store: DrainOptions["store"], tasks: readonly string[]): Promise<void> {
  for (const task of tasks) {
    await store.put(reportName(task), version + JSON.stringify({ positions: {}, newest: null }));
    await store.put(doneName(task), version);
  }
}

function doneName(task: string): string {
  return `done ${task}`;
}

function reportName(task: string): string {
  return `drained ${task}`;
}

function readReport(text: string): Report {
  const report: Report = JSON.parse(text.slice(version.length));
  return report;
}

function readEnds(text: string): Ends {
  const ends: [string, number][] = JSON.parse(text.slice(version.length));
  return new Map(ends);
}
