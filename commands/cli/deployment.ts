/** The deployment file that a command was given, with its routes: or its problems on the screen. */
import type { Deployment } from "../../engine/config/deployment.ts";
import { loadDeployment } from "../../engine/config/load.ts";
import type { Secrets } from "../../engine/config/secrets.ts";
import { shown } from "../../engine/load/files.ts";
import { renderProblems } from "../../engine/load/render.ts";
import type { Problem } from "../../engine/model/problem.ts";
import { compileRoutes } from "../../engine/routing/compile.ts";
import type { Route } from "../../engine/routing/route.ts";
import { sinkKinds } from "../../sinks/mod.ts";
import { wantsColour } from "./colour.ts";
import type { Terminal } from "../command.ts";

export interface ReadDeployment {
  /** Undefined when there is an error. */
  readonly deployment: Deployment | undefined;
  /** Without the nodes that have an error. */
  readonly tree: readonly Route[];
  readonly problems: readonly Problem[];
  readonly texts: ReadonlyMap<string, string>;
  readonly secrets: Secrets;
}

/** Reads and compiles; `instance` names the process where the file does not. Never throws for what the file says. */
export async function readDeployment(path: string, instance: string): Promise<ReadDeployment> {
  const sinks = new Map(Object.values(sinkKinds).map(({ name, schema }) => [name, schema]));
  const loaded = await loadDeployment(path, { sinks, instance, env: (name) => Deno.env.get(name) });
  const { deployment } = loaded;
  if (deployment === undefined) return { ...loaded, tree: [] };
  const names = [...new Set(deployment.sinks.map(({ name }) => name))];
  const { tree, problems } = compileRoutes({ routes: deployment.routes, sinks: names, file: shown(path) });
  return { ...loaded, tree, problems: [...loaded.problems, ...problems] };
}

export type SoundDeployment = ReadDeployment & { readonly deployment: Deployment };

/** The same; undefined, with the errors on standard output, when there is one. */
export async function soundDeployment(
  path: string,
  instance: string,
  terminal: Terminal,
): Promise<SoundDeployment | undefined> {
  const read = await readDeployment(path, instance);
  const { deployment } = read;
  const errors = read.problems.filter(({ severity }) => severity === "error");
  if (deployment !== undefined && errors.length === 0) return { ...read, deployment };
  terminal.out(renderProblems(errors, read.texts, { colour: wantsColour(terminal) }));
  return undefined;
}
