/** Routes that no alert reaches: behind one that takes everything, or of a condition that never holds. */
import type { Path } from "../model/problem.ts";
import type { Route } from "./route.ts";

type Report = (path: Path, facts: { readonly taker: string; readonly line: string }) => void;

/** Reports each such route once; those below it follow from it. */
export function reportUnreachable(routes: readonly Route[], report: Report): void {
  let taker: Route | undefined;
  const seen = new Map<string, Route>();
  for (const route of routes) {
    const twin = route.match === undefined ? undefined : seen.get(route.match.canonical);
    const before = taker ?? twin;
    if (before !== undefined) {
      const taken = before.match === undefined ? "everything" : `all of \`${before.label}\``;
      const line = "move it up, or let the other one `continue: true`";
      report(route.path, { taker: `the route ${placeOf(before.path)} takes ${taken}`, line });
    } else if (route.match?.constant === false) {
      report(route.path, { taker: "its condition never holds", line: "mend its `match`, or leave the route out" });
    } else reportUnreachable(route.routes, report);
    if (route.continues || route.sinks.length === 0) continue;
    if (route.match === undefined || route.match.constant === true) taker ??= route;
    else seen.set(route.match.canonical, route);
  }
}

/** `routes[1].routes[0]`. */
export function placeOf(path: Path): string {
  return path.map((part) => typeof part === "number" ? `[${part}]` : `.${part}`).join("").slice(1);
}
