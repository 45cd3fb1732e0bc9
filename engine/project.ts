/**
 * A project from its files to its plan: loaded, compiled, every problem of both in one list. Commands, reload and tests
 * all begin here, so that what `check` says is what keeps an engine from starting.
 */
import { type CompileOptions, compileProject } from "./compile.ts";
import type { Plan } from "./compile/plan.ts";
import { type LoadedProject, loadProject, type ProjectPaths } from "./load.ts";
import type { Problem } from "./model/problem.ts";
import { ruleProblems } from "./model/problems/rules.ts";

export interface Project extends LoadedProject {
  /** Undefined when there is an error among `problems`. */
  readonly plan: Plan | undefined;
}

/**
 * Loads and compiles a project; options may depend on what was loaded (the type of a parameter). Never throws for what
 * its files say.
 */
export async function buildProject(
  paths: ProjectPaths,
  options: (loaded: LoadedProject) => CompileOptions = () => ({}),
): Promise<Project> {
  const loaded = await loadProject(paths);
  const compiled = compileProject(loaded, options(loaded));
  const faulty = new Set(compiled.problems.filter(({ severity }) => severity === "error").map(({ file }) => file));
  const said = compiled.problems.filter((found) => !isConsequence(found, loaded, faulty));
  const problems = [...loaded.problems, ...said];
  const failed = problems.some(({ severity }) => severity === "error");
  return { ...loaded, problems, plan: failed ? undefined : compiled.plan };
}

/**
 * Problems that would be gone with others: of streams and rules that were left out because they have errors, and of names
 * that a misspelt rule means (`faulty` are the files with an error).
 */
function isConsequence(
  { code, file, message }: Problem,
  { rejected, packs }: LoadedProject,
  faulty: ReadonlySet<string>,
): boolean {
  if (code === ruleProblems.unknownStream.code) {
    return [...rejected.streams].some((stream) => message.includes(`"${stream}"`));
  }
  const pack = packs.find((one) => one.file === file)?.name;
  const isFaulty = faulty.has(file) || [...rejected.rules].some((rule) => rule.startsWith(`${pack}/`));
  return code === ruleProblems.unusedName.code && isFaulty;
}
