/** Compiles one expression: parse, check, warn, generate. */
import { expressionProblems } from "../model/problems/expressions.ts";
import { describeType, type Type } from "../model/type.ts";
import { canonicalOf } from "./canonical.ts";
import { libraryRefuses, parseCel, type SyntaxFault } from "./cel.ts";
import { Checker } from "./check.ts";
import type { Expression, Vocabulary } from "./expression.ts";
import { generateValue } from "./generate.ts";
import { warnUnguarded } from "./guards.ts";
import { Names } from "./names.ts";
import { type Node, rootNames } from "./node.ts";
import { readsOf } from "./reads.ts";
import type { Report } from "./report.ts";
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
    reportSyntax(text, parsed.fault, report);
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

const words: Readonly<Record<string, string>> = { and: "&&", or: "||", not: "!", AND: "&&", OR: "||", NOT: "!" };

/** Says what is wrong with a text that is no expression, and the likely way out. */
function reportSyntax(text: string, fault: SyntaxFault, report: Report): void {
  const end = Math.max(fault.end, fault.start + (fault.start < text.length ? 1 : 0));
  const site = { path: [], range: { start: fault.start, end } };
  report(expressionProblems.syntax, describeSyntax(text, fault), site);
}

function describeSyntax(text: string, fault: SyntaxFault): { wrong: string; help: string | undefined } {
  if (fault.code === "limit_exceeded") return { wrong: "it is too large", help: "split it into named conditions" };
  if (fault.code === "invalid_macro_argument") {
    return { wrong: "a macro needs a name for the elements", help: 'write it as `payment.tags.exists(x, x == "a")`' };
  }
  const word = /^[A-Za-z_]+/.exec(text.slice(fault.start))?.[0] ?? "";
  if (text.trim() === "") return { wrong: "it is empty", help: undefined };
  const sign = Object.hasOwn(words, word) ? words[word] : undefined;
  if (sign !== undefined) return { wrong: `"${word}" is no operator`, help: `write \`${sign}\`` };
  if (fault.code === "reserved_identifier") return { wrong: `"${word}" is a reserved word`, help: undefined };
  if (fault.code === "unterminated_string") {
    return { wrong: "a string is not closed", help: "close it with the quote that opened it" };
  }
  if (/^=[^=]/.test(text.slice(fault.start)) && text[fault.start - 1] !== "=") {
    return { wrong: '"=" compares nothing', help: "write `==`" };
  }
  if (fault.start >= text.trimEnd().length || /EOF/.test(fault.message)) {
    return { wrong: "it ends too early", help: undefined };
  }
  const at = text.slice(fault.start).match(/^(\w+|\S)/)?.[0] ?? "";
  return { wrong: at === "" ? fault.message.toLowerCase() : `unexpected "${at}"`, help: undefined };
}
