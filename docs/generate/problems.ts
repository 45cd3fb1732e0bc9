/** Pages of the problems that `vigie check` reports: one a code. */
import { contractProblems } from "../../engine/model/problems/contracts.ts";
import { expressionProblems } from "../../engine/model/problems/expressions.ts";
import { kindProblems } from "../../engine/model/problems/kinds.ts";
import { ruleProblems } from "../../engine/model/problems/rules.ts";
import type { ProblemSeverity } from "../../engine/model/problem.ts";
import type { Page } from "./page.ts";

/** What a page needs of a catalogue's entry. */
interface Described {
  readonly code: string;
  readonly severity: ProblemSeverity;
  readonly title: string;
  readonly explains: string;
}

/** Every catalogue there is. */
const catalogues: readonly Readonly<Record<string, Described>>[] = [
  contractProblems,
  expressionProblems,
  ruleProblems,
  kindProblems,
];

/** Every problem of every catalogue, by code. */
export function describedProblems(): Described[] {
  return catalogues.flatMap((catalogue) => Object.values(catalogue)).sort((a, b) => (a.code < b.code ? -1 : 1));
}

/** One page a code. */
export function problemPages(): Page[] {
  return describedProblems().map(({ code, severity, title, explains }) => ({
    path: `problems/${code}.md`,
    title: `${code}: ${title}`,
    summary: `${severity === "error" ? "An error" : `A ${severity}`} of \`vigie check\`.`,
    body: [explains],
  }));
}
