/** The head of a checkpoint: where every partition stands, the outbox's last number, and the task's own part. */
import type { Millis } from "../../model/time.ts";

export interface Head {
  /** First offset not handled, by the partition's name. */
  readonly positions: ReadonlyMap<string, number>;
  /** Number of the last entry of the outbox. */
  readonly seq: number;
  /** Newest event time of any stream, to which a drain advances; -Infinity before the first event. */
  readonly newest: Millis;
  /** What `Task.collect` gave; undefined before the first checkpoint. */
  readonly task: string | undefined;
}

const version = "1";

export const emptyHead: Head = { positions: new Map(), seq: 0, newest: -Infinity, task: undefined };

interface Written {
  positions: { [name: string]: number };
  seq: number;
  newest: Millis | null;
  task: string;
}

export function writeHead({ positions, seq, newest, task }: Head): string {
  const written: Written = {
    positions: Object.fromEntries(positions),
    seq,
    newest: Number.isFinite(newest) ? newest : null,
    task: task ?? "",
  };
  return version + JSON.stringify(written);
}

/** Throws where a later Vigie wrote it. */
export function readHead(text: string | undefined): Head {
  if (text === undefined) return emptyHead;
  if (!text.startsWith(`${version}{`)) {
    throw new Error(
      "The state was written by a later version of Vigie: start that version, or start anew with --fresh",
    );
  }
  const written: Written = JSON.parse(text.slice(version.length));
  return {
    positions: new Map(Object.entries(written.positions)),
    seq: written.seq,
    newest: written.newest ?? -Infinity,
    task: written.task === "" ? undefined : written.task,
  };
}
