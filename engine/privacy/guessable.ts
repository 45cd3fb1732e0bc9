/** Rules whose ids are made of personal fields, in a deployment without a key: whoever sees an id could try values. */
import type { Plan } from "../compile/plan.ts";
import { type Problem, problem } from "../model/problem.ts";
import { routeProblems } from "../model/problems/routes.ts";

/** One warning for each live rule. */
export function guessableIds({ rules }: Plan, privacyKey: string | undefined): Problem[] {
  if (privacyKey !== undefined) return [];
  return rules.filter(({ text }) => text.status === "live").flatMap(({ text, name, personal }) => {
    if (personal?.idField === undefined) return [];
    const place = { file: text.file, path: [...text.path, "id"], rule: text.id };
    return [problem(routeProblems.guessableIds, place, { rule: name, field: personal.idField })];
  });
}
