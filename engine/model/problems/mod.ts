/** Every kind of problem there is, for the reference and for reports that list their rules. */
import { contractProblems } from "./contracts.ts";
import { deploymentProblems } from "./deployment.ts";
import { documentProblems } from "./documents.ts";
import { expressionProblems } from "./expressions.ts";
import { kindProblems } from "./kinds.ts";
import { routeProblems } from "./routes.ts";
import { ruleProblems } from "./rules.ts";
import { testProblems } from "./tests.ts";

/** What the reference says of a code. */
export interface DocumentedProblem {
  readonly code: string;
  readonly severity: "error" | "warning" | "note";
  readonly title: string;
  readonly explains: string;
}

const catalogues: readonly Readonly<Record<string, DocumentedProblem>>[] = [
  documentProblems,
  expressionProblems,
  ruleProblems,
  kindProblems,
  testProblems,
  contractProblems,
  deploymentProblems,
  routeProblems,
];

/** In the order of their codes. */
export const problemKinds: readonly DocumentedProblem[] = catalogues
  .flatMap((catalogue) => Object.values(catalogue))
  .sort((a, b) => (a.code < b.code ? -1 : 1));
