/** Pages of the commands: their help, as the program prints it. */
import { commandHelp } from "../../commands/cli/help.ts";
import type { Command } from "../../commands/command.ts";
import { commands } from "../../commands/mod.ts";
import { fenced, type Page } from "./page.ts";

/** One page a command. */
export function commandPages(): Page[] {
  return Object.values<Command>(commands).map((command) => ({
    path: `commands/${command.name}.md`,
    title: `vigie ${command.name}`,
    summary: `${command.summary}.`.replace(/\.\.$/, "."),
    body: fenced("text", commandHelp(command)),
  }));
}
