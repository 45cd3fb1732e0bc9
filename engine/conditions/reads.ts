/** What a term reads: paths for alerts and for windows that carry fields, and the equalities that an index needs. */
import type { Scope } from "../model/scope.ts";
import type { Value } from "../model/value.ts";
import type { Condition, Read } from "./expression.ts";
import { generateValue } from "./generate.ts";
import { childrenOfTerm, type ReadTerm, type Term } from "./term.ts";

/** Every path that terms read, once, in the order of appearance; the time of the event is no path. */
export function readsOf(terms: readonly Term[]): readonly Read[] {
  const found = new Map<string, ReadTerm>();
  for (const term of terms) collect(term, found);
  return [...found.values()].map((term) => ({ path: term.path, evaluate: lazily(term) }));
}

function collect(term: Term, found: Map<string, ReadTerm>): void {
  if (term.op === "read" && term.root.from !== "local") {
    const path = term.path.join(".");
    if (path !== "time" && !found.has(path)) found.set(path, term);
  }
  for (const child of childrenOfTerm(term)) collect(child, found);
}

/** Most reads are never asked for: their functions are made when they are. */
function lazily(term: ReadTerm): (scope: Scope) => Value | undefined {
  let evaluate: ((scope: Scope) => Value | undefined) | undefined;
  return (scope) => (evaluate ??= generateValue({ ...term, missing: true }))(scope);
}

/** Equalities of a field with a constant without which the term cannot be true. */
export function requiresOf(term: Term): Condition["requires"] {
  switch (term.op) {
    case "and":
      return [...requiresOf(term.left), ...requiresOf(term.right)];
    case "every":
      return term.items.flatMap(requiresOf);
    case "some":
      return term.items.length === 1 && term.items[0] !== undefined ? requiresOf(term.items[0]) : [];
    case "read":
      return equality(term, true);
    case "not":
      return term.of.op === "read" ? equality(term.of, false) : [];
    case "leaf":
    case "compare": {
      if (term.operator !== "==" && term.operator !== "equal") return [];
      const { left, right } = term;
      if (right.op === "constant") return equality(left, right.value);
      return left.op === "constant" ? equality(right, left.value) : [];
    }
    default:
      return [];
  }
}

/** Only fields of an event that is certainly at hand: the index looks at nothing else. */
function equality(term: Term, value: Value): Condition["requires"] {
  if (term.op !== "read" || term.root.from !== "alias" || term.steps.length === 0) return [];
  const [first] = term.steps;
  if (first?.guarded === true || term.steps.some((step) => typeof step.name === "number")) return [];
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") return [];
  return [{ path: term.path, value }];
}
