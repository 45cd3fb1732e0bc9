/** The seam of every command: one file each, one line in `mod.ts`; options, help and exit codes are shared. */

/** Exit codes (tools.md §1). */
export const exit = { good: 0, problem: 1, usage: 2, environment: 3 } as const;
export type ExitCode = (typeof exit)[keyof typeof exit];

/** One option of a command. */
export interface Option {
  /** As written on the command line without dashes: `config`. */
  readonly name: string;
  /** Placeholder of its value in the help: `FILE`; undefined for a switch. */
  readonly value?: string;
  /** May be given more than once. */
  readonly many?: boolean;
  /** One sentence without full stop. */
  readonly says: string;
}

/** What was typed after the command's name. */
export interface Given {
  readonly positionals: readonly string[];
  /** The last value of an option; undefined when it was not given. */
  readonly text: (name: string) => string | undefined;
  /** All values of an option that may be repeated. */
  readonly texts: (name: string) => readonly string[];
  readonly flag: (name: string) => boolean;
}

/** Where a command reads and writes, so that tests can watch it. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Whether standard output is a terminal: colours and progress bars only there. */
  readonly isTerminal: boolean;
  /** Columns of the terminal, 100 where it is none. */
  readonly columns: number;
}

export interface Command {
  readonly name: string;
  /** One line for `vigie --help`. */
  readonly summary: string;
  /** `[paths…]` and the like. */
  readonly positionals: string;
  readonly options: readonly Option[];
  /** Commands to copy, each with what it does. */
  readonly examples: readonly { readonly line: string; readonly does: string }[];
  readonly run: (given: Given, terminal: Terminal) => Promise<ExitCode>;
}

/** Thrown for what was typed wrongly: shown with the way to the help, exit code 2. */
export class UsageError extends Error {}

/** Thrown when something outside is missing or does not answer (no broker, no store, a full disk): exit code 3. */
export class EnvironmentError extends Error {}
