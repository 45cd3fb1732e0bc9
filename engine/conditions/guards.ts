/**
 * Warns where a condition reads a field that events may omit, unless the same chain of `&&`, `||` or `?:` asks for it
 * with `has`. Absorption has no order, so neither has the search.
 */
import { expressionProblems } from "../model/problems/expressions.ts";
import type { Names } from "./names.ts";
import type { Report } from "./report.ts";
import { childrenOfTerm, type ReadTerm, type Term } from "./term.ts";

/** Paths that are known to have a value, as `payment.device_id`. */
export type Present = ReadonlySet<string>;

/** Paths that have a value when the term is true (or, with `outcome` false, when it is false). */
export function presentWhen(term: Term, outcome: boolean): Present {
  if (term.op === "has") return outcome && term.of.op === "read" ? prefixes(term.of) : new Set();
  if (term.op === "not" || term.op === "unless") return presentWhen(term.of, !outcome);
  if (term.op === "choose" && term.no.op === "constant" && term.no.value !== outcome) {
    return union(presentWhen(term.test, true), presentWhen(term.yes, outcome));
  }
  const joined = outcome ? ["and", "every"] : ["or", "some"];
  if (!joined.includes(term.op)) return new Set();
  return childrenOfTerm(term).map((child) => presentWhen(child, outcome)).reduce(union, new Set());
}

function prefixes(term: ReadTerm): Present {
  return new Set(term.path.map((_, i) => term.path.slice(0, i + 1).join(".")));
}

export function union(a: Present, b: Present): Present {
  return b.size === 0 ? a : new Set([...a, ...b]);
}

/** Reports each unguarded read of an optional field, once per path. */
export function warnUnguarded(term: Term, names: Names, report: Report, present: Present): void {
  const told = new Set<string>();
  visit(term, present, (read) => {
    const path = read.path.join(".");
    if (told.has(path)) return;
    told.add(path);
    const declared = names.declared(read) ?? "the field is optional";
    report(expressionProblems.optionalWithoutHas, { path, ask: read.guard ?? path, declared }, {
      path: [],
      range: { start: read.start, end: read.end },
    });
  });
}

function visit(term: Term, present: Present, found: (read: ReadTerm) => void): void {
  switch (term.op) {
    case "read":
      if (term.guard !== undefined && !present.has(term.guard)) found(term);
      return;
    case "has":
      return;
    case "and":
    case "or": {
      const outcome = term.op === "and";
      visit(term.left, union(present, presentWhen(term.right, outcome)), found);
      visit(term.right, union(present, presentWhen(term.left, outcome)), found);
      return;
    }
    case "choose":
      visit(term.test, present, found);
      visit(term.yes, union(present, presentWhen(term.test, true)), found);
      visit(term.no, union(present, presentWhen(term.test, false)), found);
      return;
    default:
      for (const child of childrenOfTerm(term)) visit(child, present, found);
  }
}
