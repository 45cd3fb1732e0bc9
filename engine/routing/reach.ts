/** Which routes take an alert: the first of a list that matches, and within it those below before itself. */
import type { Scope } from "../model/scope.ts";
import type { Route } from "./route.ts";

/**
 * What became of an alert at a node: `takes` it, hands it to nodes `below`, does `not match`, has no `sinks` for what the
 * nodes below do not take, or is `not asked` because one before it took the alert.
 */
export type Outcome = "takes" | "below" | "not match" | "no sinks" | "not asked";

/** The nodes that take what is in the scope, in their order. `told` hears of every node that was looked at. */
export function reach(
  routes: readonly Route[],
  scope: Scope,
  told: (route: Route, outcome: Outcome) => void = () => {},
): readonly Route[] {
  const taking: Route[] = [];
  let isTaken = false;
  for (const route of routes) {
    if (isTaken) {
      told(route, "not asked");
      continue;
    }
    if (route.match !== undefined && route.match.test(scope) !== true) {
      told(route, "not match");
      continue;
    }
    const below = reach(route.routes, scope, told);
    const takers = below.length === 0 && route.sinks.length > 0 ? [route] : below;
    told(route, below.length > 0 ? "below" : takers.length > 0 ? "takes" : "no sinks");
    taking.push(...takers);
    isTaken = takers.length > 0 && !route.continues;
  }
  return taking;
}
