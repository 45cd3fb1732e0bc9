/** Fills in `${env:NAME}`, `${file:/path}` and `${instance}`, and remembers which texts are secrets. */
import { isAbsolute, join } from "node:path";
import type { Path, ProblemKind } from "../model/problem.ts";
import { deploymentProblems as problems } from "../model/problems/deployment.ts";
import { isFields, type Value } from "../model/value.ts";
import { isSecret, type Secrets } from "./secrets.ts";

export interface Surroundings {
  /** A variable of the environment; undefined when it is not set. */
  readonly env: (name: string) => string | undefined;
  readonly instance: string;
  /** Directory that relative paths start from. */
  readonly baseDirectory: string;
  readonly secrets: Secrets;
  readonly report: <A>(kind: ProblemKind<A>, path: Path, facts: A) => void;
}

/** The value with every placeholder filled in; one that cannot be is reported and left empty. */
export function fillIn(value: Value, around: Surroundings, path: Path = []): Value {
  if (typeof value === "string") return text(value, around, path);
  if (Array.isArray(value)) return value.map((item, i) => fillIn(item, around, [...path, i]));
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillIn(item, around, [...path, key])]));
}

function text(written: string, around: Surroundings, path: Path): string {
  const key = String(path.findLast((part) => typeof part === "string") ?? "");
  let given = false;
  const filled = written.replace(/\$\{([^}]*)\}/g, (whole, name: string) => {
    if (name === "instance") return around.instance;
    given = true;
    return lookUp(whole, name, around, path);
  });
  if (!given && isSecret(key)) around.report(problems.plainSecret, path, { key });
  around.secrets.learn(filled, key, given);
  return filled;
}

function lookUp(whole: string, name: string, { env, report, baseDirectory }: Surroundings, path: Path): string {
  if (name.startsWith("env:")) {
    const value = env(name.slice(4));
    if (value === undefined) report(problems.missingVariable, path, { name: name.slice(4) });
    return value ?? "";
  }
  if (name.startsWith("file:")) return fileText(name.slice(5), baseDirectory, report, path);
  report(problems.unknownPlaceholder, path, { text: whole });
  return "";
}

function fileText(name: string, baseDirectory: string, report: Surroundings["report"], path: Path): string {
  const file = isAbsolute(name) ? name : join(baseDirectory, name);
  try {
    return Deno.readTextFileSync(file).replace(/\r?\n$/, "");
  } catch (error) {
    const reason = error instanceof Deno.errors.NotFound ? "it does not exist" : String(error);
    report(problems.missingFile, path, { path: file, reason });
    return "";
  }
}
