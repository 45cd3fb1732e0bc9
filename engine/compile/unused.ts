/** Finds what a pack declares and no rule uses: probably a misspelling. */
import type { Pack } from "../model/pack.ts";
import { type Problem, problem } from "../model/problem.ts";
import { ruleProblems } from "../model/problems/rules.ts";

/** A warning for each list, condition, parameter and lookup that no rule or condition names. */
export function unusedNames(pack: Pack): Problem[] {
  const text = JSON.stringify([pack.rules.map((rule) => rule.raw), pack.conditions, pack.lookups]);
  const named = (pattern: string) => new RegExp(pattern).test(text);
  const unused = (
    what: "list" | "condition" | "param" | "lookup",
    section: string,
    names: string[],
    uses: (name: string) => string,
  ) =>
    names.filter((name) => !named(uses(name))).map((name) =>
      problem(ruleProblems.unusedName, { file: pack.file, path: [section, name], at: "key" }, { what, name })
    );
  return [
    ...unused("list", "lists", Object.keys(pack.lists), (name) => `lists\\.${name}\\b|"list":"${name}"`),
    ...unused("condition", "conditions", Object.keys(pack.conditions), (name) => `"condition":"${name}"`),
    ...unused("param", "params", Object.keys(pack.params), (name) => `params\\.${name}\\b`),
    ...unused("lookup", "lookups", Object.keys(pack.lookups), (name) => `lookup\\.${name}\\b`),
  ];
}
