/** How the rooms of this folder tell a problem to their caller. */
import type { ProblemKind } from "../model/problem.ts";
import type { LocalSite } from "./expression.ts";

/** Called for every problem found; the caller knows which file, rule and node the site is relative to. */
export type Report = <A>(kind: ProblemKind<A>, facts: A, site: LocalSite) => void;
