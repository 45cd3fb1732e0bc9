/** Reads what was typed after a command's name. The only place that knows how options are spelt on a command line. */
import { parseArgs } from "node:util";
import { nearest } from "../../engine/model/problem.ts";
import { type Command, type Given, type Option, UsageError } from "../command.ts";

/** One option as it was typed, or a positional. */
type Token = ReturnType<typeof tokensOf>[number];

/**
 * The options and positionals of a command. Throws a UsageError that names an unknown option with its nearest name, an
 * option without its value, or a switch with one.
 */
export function readArguments(command: Command, args: readonly string[]): Given {
  const values = new Map<string, string[]>();
  const positionals: string[] = [];
  for (const token of tokensOf(command, args)) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const option = optionNamed(command, token);
    const before = values.get(option.name) ?? [];
    values.set(option.name, [...before, valueOf(option, token)]);
  }
  if (command.positionals === "" && positionals.length > 0) {
    throw new UsageError(`\`vigie ${command.name}\` takes no argument "${positionals[0]}"`);
  }
  return {
    positionals,
    text: (name) => values.get(name)?.at(-1),
    texts: (name) => values.get(name) ?? [],
    flag: (name) => values.has(name),
  };
}

function tokensOf(command: Command, args: readonly string[]) {
  const options = Object.fromEntries(command.options.map((option) => [option.name, {
    type: option.value === undefined ? "boolean" as const : "string" as const,
    multiple: true,
  }]));
  return parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true }).tokens;
}

function optionNamed(command: Command, token: Token & { kind: "option" }): Option {
  const option = command.options.find(({ name }) => name === token.name);
  if (option !== undefined) return option;
  const near = nearest(token.name, command.options.map(({ name }) => name));
  const hint = near === undefined ? "" : `: did you mean \`--${near}\`?`;
  throw new UsageError(`\`vigie ${command.name}\` has no option \`${token.rawName}\`${hint}`);
}

function valueOf(option: Option, token: Token & { kind: "option" }): string {
  const { value, inlineValue } = token;
  if (option.value === undefined) {
    if (value !== undefined) throw new UsageError(`Option \`--${option.name}\` is a switch and takes no value`);
    return "";
  }
  // An option that swallowed the next one was left without its value.
  if (value === undefined || value === "" || (!inlineValue && value.startsWith("--"))) {
    throw new UsageError(`Option \`--${option.name}\` needs a value: \`--${option.name} ${option.value}\``);
  }
  return value;
}
