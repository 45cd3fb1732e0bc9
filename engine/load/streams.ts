/** Reads `streams/*.yaml` of a folder of contracts, with the JSON Schemas that they name. */
import { dirname, join } from "node:path";
import type { Stream } from "../model/contract.ts";
import { type Problem, problem } from "../model/problem.ts";
import { contractProblems } from "../model/problems/contracts.ts";
import { documentProblems } from "../model/problems/documents.ts";
import { isFields, type Value } from "../model/value.ts";
import { compileSchema, type SchemaCheck } from "./ajv.ts";
import { buildStream, checkStreamNames, type ContractReport } from "./contracts.ts";
import { readDocument } from "./document.ts";
import { type FileReader, filesIn, shown, textOf } from "./files.ts";
import { streamSchema } from "./stream_schema.ts";
import { checkStructure } from "./structure.ts";

let structure: SchemaCheck | undefined;

const contractFiles = {
  matches: (name: string) => /\.ya?ml$/.test(name),
  what: "contracts of streams",
  pattern: "streams/*.yaml",
};

/** The streams of a folder by name. One with an error is left out. */
export async function readStreams(folder: string, reader: FileReader): Promise<ReadonlyMap<string, Stream>> {
  const report: ContractReport = (kind, site, facts) => reader.problems.push(problem(kind, site, facts));
  const streams: Stream[] = [];
  for (const file of await filesIn([join(folder, "streams")], contractFiles, reader)) {
    const stream = await readStream(file, reader, report);
    if (stream === undefined) reader.rejected.streams.add(nameOf(file));
    else streams.push(stream);
  }
  checkStreamNames(streams, report);
  // Of two contracts with one name the first stays, so that rules are checked against one of them.
  return new Map(streams.toReversed().map((stream) => [stream.name, stream]));
}

async function readStream(file: string, reader: FileReader, report: ContractReport): Promise<Stream | undefined> {
  const text = await textOf(file, reader);
  if (typeof text !== "string") {
    report(documentProblems.unreadable, { file, path: [] }, { path: file, reason: text.reason });
    return undefined;
  }
  const before = reader.problems.length;
  const yaml = readDocument(text, (kind, offset, facts) => report(kind, { file, path: [], offset }, facts));
  if (yaml === undefined) {
    if (reader.problems.length > before) return undefined;
    report(documentProblems.emptyFile, { file, path: [] }, { what: "the contract of a stream" });
    return undefined;
  }
  if (!isWellFormed(file, yaml, reader.problems) || !isFields(yaml)) return undefined;
  const schemaFile = shown(join(dirname(file), String(yaml.schema)));
  const schema = await readSchema(schemaFile, reader, report);
  if (schema === "invalid") return undefined;
  return buildStream({ name: nameOf(file), yaml, file, schema, schemaFile }, report);
}

function nameOf(file: string): string {
  return file.split("/").at(-1)?.replace(/\.ya?ml$/, "") ?? file;
}

/** Durations are left to the contract itself, which says more about them. */
const durations = new Set(["lateness", "idle", "max_future"]);

function isWellFormed(file: string, yaml: Value, problems: Problem[]): boolean {
  structure ??= compileSchema(streamSchema, "all");
  let sound = true;
  checkStructure(structure, yaml, "the contract", (kind, path, facts, at = "value") => {
    if (durations.has(String(path[0]))) return;
    sound = false;
    problems.push(problem(kind, { file, path, at }, facts));
  });
  return sound;
}

/** The schema's values; undefined when the file does not exist, which the contract reports. */
async function readSchema(file: string, reader: FileReader, report: ContractReport): Promise<unknown> {
  const text = await textOf(file, reader);
  if (typeof text !== "string") return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const at = Number(/position (\d+)/.exec(reason)?.[1] ?? 0);
    report(contractProblems.schemaNotJson, { file, path: [], offset: { start: at, end: at + 1 } }, { reason });
    return "invalid";
  }
}
