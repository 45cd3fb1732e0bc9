/** The help of the program and of each command: what it does, its options, and commands to copy. */
import { type Command, exit, type Option } from "../command.ts";

/** `vigie --help`: every command with its summary. */
export function programHelp(commands: readonly Command[], version: string): string {
  return [
    `vigie ${version}: rules that watch streams of events`,
    "",
    "usage: vigie <command> [options]",
    "",
    "commands:",
    ...columns(commands.map(({ name, summary }) => [name, summary])),
    "",
    "vigie <command> --help shows the options of a command, with examples.",
    `exit codes: ${exit.good} good, ${exit.problem} a problem of the author's, ${exit.usage} wrong usage, ` +
    `${exit.environment} something outside does not answer`,
  ].join("\n");
}

/** `vigie <command> --help`. */
export function commandHelp(command: Command): string {
  const usage = ["vigie", command.name, command.positionals, command.options.length > 0 ? "[options]" : ""];
  return [
    command.summary,
    "",
    `usage: ${usage.filter((part) => part !== "").join(" ")}`,
    ...section("options", command.options.map((option) => [spelling(option), option.says])),
    "",
    "examples:",
    ...command.examples.flatMap(({ line, does }) => [`  # ${does}`, `  ${line}`]),
  ].join("\n");
}

function section(title: string, rows: readonly (readonly [string, string])[]): string[] {
  return rows.length === 0 ? [] : ["", `${title}:`, ...columns(rows)];
}

function spelling({ name, value, many }: Option): string {
  return `--${name}${value === undefined ? "" : ` ${value}`}${many === true ? " …" : ""}`;
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
