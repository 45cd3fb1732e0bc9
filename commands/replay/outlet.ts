/** Where a replay writes: four files of lines, each only when it was asked for. */
import { type LineWriter, openLineWriter } from "../../engine/adapters/line_writer.ts";
import type { ReplayOutlet } from "../../engine/runtime/replay.ts";
import { EnvironmentError, type Given } from "../command.ts";

export interface ReplayFiles {
  readonly outlet: ReplayOutlet;
  /** Writes what is still in memory. */
  readonly close: () => void;
}

/** Opens the files that the options name. Throws an EnvironmentError that names one that cannot be written. */
export function openOutlet(given: Given): ReplayFiles {
  const writers: LineWriter[] = [];
  const open = (option: string): (line: object) => void => {
    const path = given.text(option);
    if (path === undefined) return () => {};
    const writer = writing(() => openLineWriter(path));
    writers.push(writer);
    return (line) => writer.write(JSON.stringify(line));
  };
  return {
    outlet: { alert: open("alerts"), record: open("records"), late: open("late"), dead: open("dead") },
    close: () => writers.forEach((writer) => writing(() => writer.close())),
  };
}

function writing<T>(what: () => T): T {
  try {
    return what();
  } catch (error) {
    throw new EnvironmentError(error instanceof Error ? error.message : String(error));
  }
}
