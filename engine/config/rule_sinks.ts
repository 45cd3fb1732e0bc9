/** Sinks that live rules name and the deployment does not define: an alert with nowhere to go is found before it is raised. */
import type { Plan, PlanRule } from "../compile/plan.ts";
import { type Path, type Problem, problem } from "../model/problem.ts";
import { deploymentProblems } from "../model/problems/deployment.ts";

/** One problem for each rule and sink. `names` are the sinks that are defined. */
export function undefinedSinks(plan: Plan, names: readonly string[]): Problem[] {
  return plan.rules.filter(({ text }) => text.status === "live").flatMap((rule) => [
    ...missing(rule, rule.speech.sinks, names, "sinks"),
    ...missing(rule, rule.speech.outputs, names, "emit_to"),
  ]);
}

function missing({ text }: PlanRule, named: readonly string[], names: readonly string[], key: string): Problem[] {
  const path: Path = Object.hasOwn(text.raw, key) ? [...text.path, key] : [...text.path, "id"];
  return named.filter((sink) => !names.includes(sink)).map((sink) =>
    problem(deploymentProblems.undefinedSink, { file: text.file, path, rule: text.id }, { sink, known: names })
  );
}
