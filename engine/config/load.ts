/**
 * Reads a deployment file: every problem of it at once, each at its line. Placeholders are filled in before the structure
 * is checked, so that what is checked is what the engine gets; problems never show what came out of one.
 */
import { dirname, resolve } from "node:path";
import { compileSchema } from "../load/ajv.ts";
import { readDocument } from "../load/document.ts";
import { shown } from "../load/files.ts";
import { checkStructure } from "../load/structure.ts";
import { type Problem, problem, type ProblemKind, type ProblemSite } from "../model/problem.ts";
import { documentProblems } from "../model/problems/documents.ts";
import { isFields } from "../model/value.ts";
import type { Deployment } from "./deployment.ts";
import { fillIn } from "./placeholders.ts";
import { resolveDeployment } from "./resolve.ts";
import { deploymentSchema, type SinkSchemas } from "./schema.ts";
import { Secrets } from "./secrets.ts";

export interface DeploymentInput {
  /** Schemas of the options of sinks, by kind. */
  readonly sinks: SinkSchemas;
  /** Name of this instance, where the file gives none. */
  readonly instance: string;
  readonly env: (name: string) => string | undefined;
}

export interface LoadedDeployment {
  /** Undefined when there is an error. */
  readonly deployment: Deployment | undefined;
  readonly problems: readonly Problem[];
  /** The text by its path, for rendering. */
  readonly texts: ReadonlyMap<string, string>;
  readonly secrets: Secrets;
}

/** Reads the file. Never throws for what it says; a file that cannot be read is a problem. */
export async function loadDeployment(path: string, input: DeploymentInput): Promise<LoadedDeployment> {
  const file = shown(path);
  const read = await Deno.readTextFile(path).then((text) => ({ text }), (error) => ({ reason: reasonOf(error) }));
  if ("text" in read) return readDeployment(read.text, file, dirname(resolve(path)), input);
  const found = problem(documentProblems.unreadable, { file, path: [] }, { path: file, reason: read.reason });
  return { deployment: undefined, problems: [found], texts: new Map(), secrets: new Secrets() };
}

/** The same for a text: `baseDirectory` is where its relative paths start. */
export function readDeployment(
  text: string,
  file: string,
  baseDirectory: string,
  input: DeploymentInput,
): LoadedDeployment {
  const problems: Problem[] = [];
  const secrets = new Secrets();
  const report = <A>(kind: ProblemKind<A>, site: Omit<ProblemSite, "file">, facts: A) =>
    void problems.push(problem(kind, { file, ...site }, facts));
  const value = readDocument(text, (kind, offset, facts) => report(kind, { path: [], offset }, facts)) ?? {};
  const named = isFields(value) && typeof value.instance === "string" ? value.instance : input.instance;
  const at = <A>(kind: ProblemKind<A>, path: ProblemSite["path"], facts: A) => report(kind, { path }, facts);
  const filled = fillIn(value, { env: input.env, instance: named, baseDirectory, secrets, report: at });
  // What could not be filled in is not there to be judged.
  const missing = new Set(problems.filter(({ severity }) => severity === "error").map(({ path }) => path.join("/")));
  const check = compileSchema(deploymentSchema(input.sinks), "all");
  const isSound = checkStructure(
    check,
    filled,
    "the deployment",
    (kind, path, facts, where = "value") => {
      if (!missing.has(path.join("/"))) report(kind, { path, at: where }, facts);
    },
  );
  const deployment = isSound && isFields(filled)
    ? resolveDeployment(filled, { file, baseDirectory, instance: named, report: at })
    : undefined;
  const failed = problems.some(({ severity }) => severity === "error");
  return {
    deployment: failed ? undefined : deployment,
    problems: problems.map((found) => redacted(found, secrets)),
    texts: new Map([[file, text]]),
    secrets,
  };
}

function redacted(found: Problem, secrets: Secrets): Problem {
  return {
    ...found,
    message: secrets.redact(found.message),
    notes: found.notes.map((note) => secrets.redact(note)),
    help: found.help === undefined ? undefined : secrets.redact(found.help),
  };
}

function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "it does not exist";
  return error instanceof Error ? error.message : String(error);
}
