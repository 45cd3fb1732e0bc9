/** Errors of SQLite in our words. */
import { StoreError } from "../../runtime/store.ts";

/** Primary result codes of SQLite that a wait, or room on the disk, may mend. */
const passing: Readonly<Record<number, string>> = {
  5: "another process is writing to it",
  6: "another connection is writing to it",
  10: "the disk reports an error",
  13: "the disk is full",
};

/** And those that stay until someone acts. */
const lasting: Readonly<Record<number, string>> = {
  3: "this user may not use it",
  8: "it is read-only",
  11: "it is damaged: restore it from a copy, or start anew with --fresh and another file",
  14: "it cannot be opened: does its folder exist, and may this user write there?",
  26: "it is not a SQLite database: name another file",
};

export const busy = 5;

/** The primary result code of an error of SQLite; undefined of any other. */
export function codeOf(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  // The driver's constructor gives no code.
  if (error.message.startsWith("unable to open database file")) return 14;
  const code = "errcode" in error ? error.errcode : undefined;
  return typeof code === "number" ? code & 0xff : undefined;
}

/** What a store throws for an error of its file. */
export function asStoreError(error: unknown, path: string): unknown {
  const code = codeOf(error);
  if (code === undefined || !(error instanceof Error)) return error;
  const why = passing[code] ?? lasting[code] ?? `${error.message} (SQLite ${code})`;
  return new StoreError(`The state file "${path}": ${why}`, code in lasting ? "refused" : "away", { cause: error });
}
