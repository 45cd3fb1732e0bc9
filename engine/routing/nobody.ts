/** Rules whose alerts would reach nobody: no sink of their own, none for every alert, and no route that could take them. */
import type { Plan, PlanRule } from "../compile/plan.ts";
import { type Problem, problem } from "../model/problem.ts";
import { routeProblems } from "../model/problems/routes.ts";
import type { Fields } from "../model/value.ts";
import type { Route } from "./route.ts";

export interface Receivers {
  readonly routes: readonly Route[];
  readonly defaultSinks: readonly string[];
  readonly always: readonly string[];
}

/** One warning for each live rule that raises alerts for nobody. */
export function unheardRules({ rules }: Plan, { routes, defaultSinks, always }: Receivers): Problem[] {
  if (always.length > 0 || defaultSinks.length > 0) return [];
  return rules
    .filter(({ text, speech, compiled }) =>
      text.status === "live" && compiled.speaks.alerts && speech.sinks.length === 0
    )
    .filter((rule) => !routes.some((route) => couldTake(route, rule)))
    .map(({ text, name }) => {
      const place = { file: text.file, path: [...text.path, "id"], rule: text.id };
      return problem(routeProblems.ruleReachesNobody, place, { rule: name });
    });
}

/** False when what is known of the rule's alerts contradicts the condition. */
function couldTake(route: Route, rule: PlanRule): boolean {
  const { pack, id, kind, raw } = rule.text;
  const severity: Fields = typeof raw.severity === "string" ? { severity: raw.severity } : {};
  const alert: Fields = { pack, rule: id, kind, shadow: false, ...severity };
  const refused = route.match?.constant === false || route.match?.requires.some(({ path, value }) => {
    const [, field = ""] = path;
    return path.length === 2 && Object.hasOwn(alert, field) && alert[field] !== value;
  });
  if (refused === true) return false;
  return route.sinks.length > 0 || route.routes.some((below) => couldTake(below, rule));
}
