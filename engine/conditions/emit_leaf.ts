/**
 * Leaves of json-rules-engine as JavaScript: its ten operators, except that a leaf without value is false under each of
 * them (semantics.md 14).
 */
import type { Emitter } from "./emit.ts";
import type { Term } from "./term.ts";
import { numeric } from "./values.ts";

type LeafTerm = Extract<Term, { readonly op: "leaf" }>;

const orderings: Readonly<Record<string, string>> = {
  lessThan: "<",
  lessThanInclusive: "<=",
  greaterThan: ">",
  greaterThanInclusive: ">=",
};

/** The ten operators of a leaf. */
export const leafOperators = [
  "equal",
  "notEqual",
  "in",
  "notIn",
  "contains",
  "doesNotContain",
  ...Object.keys(orderings),
] as const;

/** Code that is truthy exactly when the leaf holds. */
export function emitLeaf(emitter: Emitter, term: LeafTerm): string {
  const left = emitter.temporary();
  const tests = [`(${left} = ${emitter.value(term.left)}) != null`];
  let right = rightSide(emitter, term.right);
  if (term.right.missing && term.right.op !== "constant") {
    const name = emitter.temporary();
    tests.push(`(${name} = ${right}) != null`);
    right = name;
  }
  return `(${[...tests, ...operatorTests(emitter, term, left, right)].join(" && ")})`;
}

/** The right side; the literal null stands for itself, it is no missing value. */
function rightSide(emitter: Emitter, right: Term): string {
  if (right.op === "set") return emitter.capture(right.list.values);
  return right.op === "constant" && right.value === null ? "null" : emitter.value(right);
}

function operatorTests(emitter: Emitter, term: LeafTerm, left: string, right: string): readonly string[] {
  const has = term.right.op === "set" ? "has" : "includes";
  const isList = term.left.type.kind === "list" ? [] : [`Array.isArray(${left})`];
  const rightIsList = term.right.type.kind === "list" ? [] : [`Array.isArray(${right})`];
  switch (term.operator) {
    case "equal":
      return [`${left} === ${right}`];
    case "notEqual":
      return [`${left} !== ${right}`];
    case "in":
      return [...rightIsList, `${right}.${has}(${left})`];
    case "notIn":
      return [...rightIsList, `!${right}.${has}(${left})`];
    case "contains":
      return [...isList, `${left}.includes(${right})`];
    case "doesNotContain":
      return [...isList, `!${left}.includes(${right})`];
    default: {
      const isNumber = term.left.type.kind === "number" ? [] : [`${emitter.capture(numeric)}(${left})`];
      return [...isNumber, `${left} ${orderings[term.operator] ?? "<"} ${right}`];
    }
  }
}
