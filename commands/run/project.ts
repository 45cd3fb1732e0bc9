/** What a run needs of the files of a project: a plan without problems, or the problems as people read them. */
import { compileProject } from "../../engine/compile.ts";
import type { Plan } from "../../engine/compile/plan.ts";
import type { Deployment } from "../../engine/config/deployment.ts";
import { unreadable } from "../../engine/config/redis_reads.ts";
import { undefinedSinks } from "../../engine/config/rule_sinks.ts";
import { undeclaredStreams } from "../../engine/config/source_streams.ts";
import { loadProject } from "../../engine/load.ts";
import { renderProblems } from "../../engine/load/render.ts";
import type { Problem } from "../../engine/model/problem.ts";

export interface Project {
  /** Undefined when there is an error. */
  readonly plan: Plan | undefined;
  readonly problems: readonly Problem[];
  /** Every file read, by its path: what a reload compares. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Loads and compiles the packs and contracts of a deployment. `strict`: a sink that nobody defines is an error. */
export async function readProject(deployment: Deployment, strict: boolean): Promise<Project> {
  const loaded = await loadProject({ packs: [deployment.packs], contracts: deployment.contracts, tests: false });
  const compiled = compileProject(loaded, { params: deployment.params, paramsFile: deployment.file });
  const missing = strict && compiled.plan !== undefined
    ? undefinedSinks(compiled.plan, deployment.sinks.map(({ name }) => name))
    : [];
  const empty = compiled.plan === undefined ? [] : unreadable(compiled.plan, deployment);
  const undeclared = undeclaredStreams(deployment, [...loaded.streams.keys()]);
  const problems = [...loaded.problems, ...compiled.problems, ...missing, ...empty, ...undeclared];
  const failed = problems.some(({ severity }) => severity === "error");
  return { plan: failed ? undefined : compiled.plan, problems, texts: loaded.texts };
}

/** Problems with their lines; warnings and notes are for `check`, so a run shows errors only. */
export function shownErrors(
  problems: readonly Problem[],
  texts: ReadonlyMap<string, string>,
  colour: boolean,
): string {
  return renderProblems(problems.filter(({ severity }) => severity === "error"), texts, { colour });
}
