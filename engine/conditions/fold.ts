/** Constants are computed once, here: what is left of `2 * 60` is 120, of `params.limit > 3` true or false. */
import { createScope } from "../model/scope.ts";
import { generateValue } from "./generate.ts";
import { childrenOfTerm, type Term } from "./term.ts";

const nowhere = createScope([]);

/** The constant that a term of constants has as its value, or the term itself. */
export function fold(term: Term): Term {
  const children = childrenOfTerm(term);
  if (children.length === 0 || !children.every((child) => child.op === "constant")) return term;
  const value = generateValue(term)(nowhere);
  const { type, tunable, start, end } = term;
  return { op: "constant", value: value ?? null, type, missing: value === undefined, tunable, start, end };
}
