/** Lists of a pack: values written out, values from a file (semantics.md 18), or a set in Redis that is read later. */
import type { ListSource } from "../model/pack.ts";
import type { Path, ProblemKind } from "../model/problem.ts";
import { documentProblems as problems } from "../model/problems/documents.ts";
import { parseDuration } from "../model/time.ts";
import { isFields, type Value } from "../model/value.ts";
import { type FileReader, textOf } from "./files.ts";

export interface ListContext {
  readonly reader: FileReader;
  /** Takes a problem at a path below the list. */
  readonly say: <A>(kind: ProblemKind<A>, path: Path, facts: A) => void;
  /** The path of a list file, from the pack's folder to the working directory. */
  readonly resolve: (path: string) => string;
  /** Milliseconds between two readings of a set in Redis. */
  readonly defaultRefresh: number;
}

const noValues: ListSource = { from: "values", type: "string", values: [] };

/** The list that a value of `lists` stands for; its structure is sound. */
export async function readList(name: string, raw: Value, context: ListContext): Promise<ListSource> {
  if (Array.isArray(raw)) return writtenOut(name, raw, context);
  if (!isFields(raw)) return noValues;
  const type = raw.type === "number" ? "number" : "string";
  if (typeof raw.file === "string") return await fromFile(name, raw.file, type, context);
  const refresh = typeof raw.refresh === "string" ? parseDuration(raw.refresh) : undefined;
  return { from: "redis", type, key: String(raw.redis), refresh: refresh ?? context.defaultRefresh };
}

/** All strings or all numbers: YAML reads `[1, A]` as a number and a string, which no field could be compared with. */
function writtenOut(name: string, raw: readonly Value[], { say }: ListContext): ListSource {
  const isNumbers = raw.length > 0 && raw.every((value) => typeof value === "number");
  const type = isNumbers ? "number" : "string";
  const values: (string | number)[] = [];
  for (const [i, value] of raw.entries()) {
    if (typeof value === type && (typeof value === "string" || typeof value === "number")) values.push(value);
    else say(problems.badListValue, [i], { name, value: JSON.stringify(value), wants: type, where: "" });
  }
  return { from: "values", type, values };
}

async function fromFile(
  name: string,
  path: string,
  type: "string" | "number",
  { reader, say, resolve }: ListContext,
): Promise<ListSource> {
  const file = resolve(path);
  const text = await textOf(file, reader);
  if (typeof text !== "string") {
    say(problems.listFileMissing, ["file"], { name, path: file, reason: text.reason });
    return { ...noValues, type };
  }
  const values: (string | number)[] = [];
  for (const [i, line] of text.split("\n").entries()) {
    const value = line.trim();
    if (value === "" || value.startsWith("#")) continue;
    const number = Number(value);
    if (type === "string") values.push(value);
    else if (Number.isFinite(number)) values.push(number);
    else say(problems.badListValue, ["file"], { name, value: `"${value}"`, wants: type, where: `${file}:${i + 1}` });
  }
  return { from: "values", type, values };
}
