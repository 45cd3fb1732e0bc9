/** The program: hands the command line to the command that it names, and ends with its exit code. */
import { processTerminal } from "./commands/cli/terminal.ts";
import { runVigie } from "./commands/cli/vigie.ts";
import { commands } from "./commands/mod.ts";
import manifest from "./deno.json" with { type: "json" };

const program = { commands: Object.values(commands), version: manifest.version };
Deno.exit(await runVigie(program, Deno.args, processTerminal()));
