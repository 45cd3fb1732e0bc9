/** Runs `vigie schema`: prints one schema, or writes all into a folder. */
import { join } from "node:path";
import { deploymentSchema } from "../../engine/config/schema.ts";
import { editorSchemas, forEditors } from "../../engine/load/editor_schemas.ts";
import { nearest } from "../../engine/model/problem.ts";
import { sinkKinds } from "../../sinks/mod.ts";
import { EnvironmentError, exit, type ExitCode, type Given, type Terminal, UsageError } from "../command.ts";

/** Schemas by the word that `vigie schema` takes. */
const schemas = {
  pack: { file: "rule_pack.schema.json", make: editorSchemas["rule_pack.schema.json"] },
  test: { file: "test_file.schema.json", make: editorSchemas["test_file.schema.json"] },
  stream: { file: "stream.schema.json", make: editorSchemas["stream.schema.json"] },
  deployment: {
    file: "deployment.schema.json",
    make: () => forEditors(deploymentSchema(new Map(Object.values(sinkKinds).map((kind) => [kind.name, kind.schema])))),
  },
} as const;

/** Exit code 2 for a word that names no schema. */
export async function runSchema(given: Given, terminal: Terminal): Promise<ExitCode> {
  const folder = given.text("out");
  if (folder !== undefined) {
    for (const [file, text] of schemaFiles()) await write(join(folder, file), text);
    return exit.good;
  }
  const [name = "pack"] = given.positionals;
  const found = Object.entries(schemas).find(([known]) => known === name)?.[1];
  if (found === undefined) {
    const near = nearest(name, Object.keys(schemas));
    const hint = near === undefined ? `schemas are ${Object.keys(schemas).join(", ")}` : `did you mean "${near}"?`;
    throw new UsageError(`There is no schema "${name}": ${hint}`);
  }
  terminal.out(textOf(found.make()));
  return exit.good;
}

/** Every schema as its file has it. */
export function schemaFiles(): ReadonlyMap<string, string> {
  return new Map(Object.values(schemas).map(({ file, make }) => [file, textOf(make())]));
}

function textOf(schema: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}

async function write(path: string, text: string): Promise<void> {
  try {
    await Deno.writeTextFile(path, text);
  } catch (error) {
    throw new EnvironmentError(`Cannot write "${path}": ${error instanceof Error ? error.message : error}`);
  }
}
