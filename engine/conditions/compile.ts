/** Compiles one expression: parse, check, warn, generate. */
import { expressionProblems } from "../model/problems/expressions.ts";
import { describeType, type Type } from "../model/type.ts";
import { canonicalOf } from "./canonical.ts";
import { libraryRefuses, parseCel } from "./cel.ts";
import { Checker } from "./check.ts";
import type { Expression, Vocabulary } from "./expression.ts";
import { generateValue } from "./generate.ts";
import { warnUnguarded } from "./guards.ts";
import { Names } from "./names.ts";
import { type Node, rootNames } from "./node.ts";
import { readsOf } from "./reads.ts";
import type { Report } from "./report.ts";
import { describeSyntax } from "./syntax.ts";
import { bare, describeKinds, isNothing, type Term } from "./term.ts";

/**
 * An expression against a vocabulary; undefined when it has an error. `accepts` lists the kinds of value that may come
 * out (undefined: any), `use` says what is to be done with it. Numbers and booleans of YAML stand for themselves.
 */
export function compileExpression(
  text: string | number | boolean,
  vocabulary: Vocabulary,
  accepts: readonly Type["kind"][] | undefined,
  report: Report,
  use?: string,
): Expression | undefined {
  const names = new Names(vocabulary, report);
  const term = checkText(String(text), names, accepts, report, use);
  if (term === undefined) return undefined;
  if (term.type.kind === "boolean" && term.op !== "read") warnUnguarded(term, names, report, new Set());
  return expressionOf(String(text), term);
}

/** The term of a text whose value is of an accepted kind; undefined when something was reported as an error. */
export function checkText(
  text: string,
  names: Names,
  accepts: readonly Type["kind"][] | undefined,
  report: Report,
  use?: string,
): Term | undefined {
  const parsed = parseCel(text);
  if ("fault" in parsed) {
    const { range, ...facts } = describeSyntax(text, parsed.fault);
    report(expressionProblems.syntax, facts, { path: [], range: bare(range) });
    return undefined;
  }
  const checker = new Checker(names, text, report);
  const term = checker.check(parsed.node, new Map());
  if (term === undefined || refusedByLibrary(text, parsed.node, names, report)) return undefined;
  if (accepts === undefined || accepts.includes(term.type.kind) || isNothing(term)) return term;
  if (term.type.kind === "any") return accepts.length > 1 ? term : checker.expect(term, accepts, "use it", parsed.node);
  const facts = {
    source: text.trim(),
    use,
    expected: describeKinds(accepts),
    found: describeType(term.type),
    declared: names.declared(term),
    help: names.fieldsOfKind(term, accepts),
  };
  report(expressionProblems.wrongType, facts, { path: [], range: bare(parsed.node) });
  return undefined;
}

/** The library's checker has the last word: what slipped through ours is reported in its words. */
function refusedByLibrary(text: string, node: Node, names: Names, report: Report): boolean {
  const variables = rootNames(node).filter((name) => name !== "math" || names.knows(name));
  const wrong = libraryRefuses(text, new Map(variables.map((name) => [name, names.typeOf(name)])));
  if (wrong === undefined) return false;
  report(expressionProblems.librarySays, { source: text.trim(), wrong }, { path: [], range: bare(node) });
  return true;
}

export function expressionOf(source: string, term: Term): Expression {
  return {
    source: source.trim(),
    type: term.type,
    evaluate: generateValue(term),
    mayBeMissing: term.missing,
    reads: readsOf([term]),
    path: term.op === "read" && !term.steps.some((step) => typeof step.name === "number") ? term.path : undefined,
    canonical: canonicalOf(term),
  };
}
