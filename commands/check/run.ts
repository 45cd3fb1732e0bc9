/** Runs `vigie check`: loads, compiles, reads the deployment where there is one, and shows what is wrong. */
import { customersThresholds } from "../../engine/config/customers.ts";
import { unreadable } from "../../engine/config/redis_reads.ts";
import { undefinedSinks } from "../../engine/config/rule_sinks.ts";
import { undeclaredStreams } from "../../engine/config/source_streams.ts";
import { shown } from "../../engine/load/files.ts";
import type { Problem } from "../../engine/model/problem.ts";
import { buildProject, type Project } from "../../engine/project.ts";
import { guessableIds } from "../../engine/privacy/guessable.ts";
import { unheardRules } from "../../engine/routing/nobody.ts";
import { wantsColour } from "../cli/colour.ts";
import type { ReadDeployment } from "../cli/deployment.ts";
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
  const deployed = config === undefined ? undefined : await read(config);
  const params = deployed?.deployment?.params ?? {};
  const paramsFile = config === undefined ? {} : { paramsFile: shown(config) };
  const project = await buildProject(await chosenPaths(given, deployed?.deployment), () => ({ params, ...paramsFile }));
  const thresholds = deployed?.deployment === undefined ? undefined : await customersThresholds(deployed.deployment);
  const problems = [
    ...project.problems,
    ...deployed?.problems ?? [],
    ...thresholds?.problems ?? [],
    ...ruleProblems(project, deployed),
  ];
  const texts = new Map([...project.texts, ...deployed?.texts ?? [], ...thresholds?.texts ?? []]);
  terminal.out(format({ problems, texts, colour: wantsColour(terminal) }));
  return problems.some(({ severity }) => severity === "error") ? exit.problem : exit.good;
}

/** What the deployment does to rules: sources of no stream, sinks that nobody defines, alerts that reach nobody, ids that give away whom. */
function ruleProblems({ plan }: Project, deployed: ReadDeployment | undefined): readonly Problem[] {
  if (plan === undefined || deployed?.deployment === undefined) return [];
  const { deployment, tree } = deployed;
  return [
    ...undeclaredStreams(deployment, [...plan.streams.keys()]),
    ...unreadable(plan, deployment),
    ...undefinedSinks(plan, deployment.sinks.map(({ name }) => name)),
    ...unheardRules(plan, { ...deployment, routes: tree }),
    ...guessableIds(plan, deployment.privacyKey),
  ];
}

/** Sinks bring their client libraries along, so they are imported only where there is a deployment to check. */
async function read(path: string): Promise<ReadDeployment> {
  return await (await import("../cli/deployment.ts")).readDeployment(path, "check");
}
