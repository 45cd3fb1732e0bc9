/** Runs `vigie check`: loads, compiles, reads the deployment where there is one, and shows what is wrong. */
import { loadDeployment, type LoadedDeployment } from "../../engine/config/load.ts";
import { undefinedSinks } from "../../engine/config/rule_sinks.ts";
import type { Problem } from "../../engine/model/problem.ts";
import { buildProject, type Project } from "../../engine/project.ts";
import { chosenPaths } from "../cli/paths.ts";
import { exit, type ExitCode, type Given, type Terminal, UsageError } from "../command.ts";
import { findFormat, formats } from "./formats.ts";

/** Shows every problem on standard output; exit code 1 where one of them is an error. */
export async function runCheck(given: Given, terminal: Terminal): Promise<ExitCode> {
  const name = given.text("format") ?? "text";
  const format = findFormat(name);
  if (format === undefined) {
    throw new UsageError(`"${name}" is no format: formats are ${Object.keys(formats).join(", ")}`);
  }
  const { config: typed } = await chosenPaths(given);
  const config = given.text("config") ?? typed;
  const deployed = config === undefined ? undefined : await readDeployment(config);
  const params = deployed?.deployment?.params ?? {};
  const project = await buildProject(await chosenPaths(given, deployed?.deployment), () => ({ params }));
  const problems = [...project.problems, ...deployed?.problems ?? [], ...sinkProblems(project, deployed)];
  const texts = new Map([...project.texts, ...deployed?.texts ?? []]);
  terminal.out(format({ problems, texts, colour: terminal.isTerminal && Deno.env.get("NO_COLOR") === undefined }));
  return problems.some(({ severity }) => severity === "error") ? exit.problem : exit.good;
}

/** Sinks that rules name and the deployment does not define. */
function sinkProblems({ plan }: Project, deployed: LoadedDeployment | undefined): readonly Problem[] {
  if (plan === undefined || deployed?.deployment === undefined) return [];
  return undefinedSinks(plan, deployed.deployment.sinks.map(({ name }) => name));
}

/** Sinks bring their client libraries along, so they are imported only where there is a deployment to check. */
async function readDeployment(path: string): Promise<LoadedDeployment> {
  const { sinkKinds } = await import("../../sinks/mod.ts");
  const sinks = new Map(Object.values(sinkKinds).map((kind) => [kind.name, kind.schema]));
  return await loadDeployment(path, { sinks, instance: "check", env: (name) => Deno.env.get(name) });
}
