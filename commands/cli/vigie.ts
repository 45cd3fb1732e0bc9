/** From a command line to an exit code: finds the command, reads its options, and words what goes wrong. */
import { nearest } from "../../engine/model/problem.ts";
import { type Command, EnvironmentError, exit, type ExitCode, type Terminal, UsageError } from "../command.ts";
import { readArguments } from "./arguments.ts";
import { commandHelp, programHelp } from "./help.ts";

/** What there is to run, and the version that `--version` shows. */
export interface Program {
  readonly commands: readonly Command[];
  readonly version: string;
}

/** Runs the command that the arguments name. Never throws for what a user or the environment did wrong. */
export async function runVigie(program: Program, args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  try {
    return await dispatch(program, args, terminal);
  } catch (error) {
    if (error instanceof UsageError) {
      terminal.err(`error: ${error.message}\n${seeHelp(program, args)}\n`);
      return exit.usage;
    }
    if (error instanceof EnvironmentError) {
      terminal.err(`error: ${error.message}\n`);
      return exit.environment;
    }
    throw error;
  }
}

async function dispatch(program: Program, args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    return showHelp(program, name === "help" ? rest[0] : undefined, terminal);
  }
  if (name === "--version" || name === "-V") {
    terminal.out(`vigie ${program.version}\n`);
    return exit.good;
  }
  const command = commandNamed(program, name);
  if (asksHelp(rest)) return showHelp(program, name, terminal);
  return await command.run(readArguments(command, rest), terminal);
}

/** Help is asked for anywhere before `--`. */
function asksHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return (end < 0 ? args : args.slice(0, end)).some((arg) => arg === "--help" || arg === "-h");
}

function showHelp(program: Program, name: string | undefined, terminal: Terminal): ExitCode {
  const help = name === undefined
    ? programHelp(program.commands, program.version)
    : commandHelp(commandNamed(program, name));
  terminal.out(`${help}\n`);
  return exit.good;
}

function commandNamed({ commands }: Program, name: string): Command {
  const command = commands.find((one) => one.name === name);
  if (command !== undefined) return command;
  const near = nearest(name, commands.map((one) => one.name));
  throw new UsageError(
    `Vigie has no command "${name}"${near === undefined ? "" : `: did you mean \`vigie ${near}\`?`}`,
  );
}

function seeHelp({ commands }: Program, [name]: readonly string[]): string {
  return `see: vigie ${commands.some((command) => command.name === name) ? `${name} ` : ""}--help`;
}
