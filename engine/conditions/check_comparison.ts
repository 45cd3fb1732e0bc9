/** Types of `== != < <= > >=` and `in`; warns of null and of values that an enumeration does not list. */
import { nearest } from "../model/problem.ts";
import { expressionProblems } from "../model/problems/expressions.ts";
import { booleanType, describeType, stringType, type Type } from "../model/type.ts";
import type { Checker, Locals } from "./check.ts";
import { fold } from "./fold.ts";
import { pathText } from "./names.ts";
import { type Node, textOf } from "./node.ts";
import { bare, compatible, constant, isNothing, type Term } from "./term.ts";

type Comparison = Extract<Node, { readonly op: "compare" }>;

const ordered: readonly Type["kind"][] = ["number", "string", "timestamp", "duration", "boolean", "any"];

export function checkComparison(checker: Checker, node: Comparison, locals: Locals): Term | undefined {
  const [left, right] = checker.all([node.left, node.right], locals) ?? [];
  if (left === undefined || right === undefined) return undefined;
  const { operator } = node;
  const equality = operator === "==" || operator === "!=";
  const action = `${equality ? "compare" : "order"} ${checker.quote(node.left)} with ${checker.quote(node.right)}`;
  if (isNothing(left) || isNothing(right)) return compareNull(checker, node, left, right, action);
  if (!compatible(left.type, right.type)) {
    const [wanted, found] = left.op === "constant" ? [right, left] : [left, right];
    const declared = checker.names.declared(wanted) ?? checker.names.declared(found);
    const [expected, got] = [describeType(wanted.type), describeType(found.type)];
    const facts = { action, expected, found: got, declared, help: conversion(wanted, found) };
    checker.report(expressionProblems.typeMismatch, facts, { path: [], range: bare(node) });
    return undefined;
  }
  const unordered = [left, right].find((side) => !ordered.includes(side.type.kind));
  if (!equality && unordered !== undefined) {
    return checker.mismatch(action, "a number, a string, a timestamp or a duration", unordered, node);
  }
  if (equality) warnUnlisted(checker, left, right);
  const unsure = !equality && (left.type.kind === "any" || right.type.kind === "any");
  const missing = left.missing || right.missing || unsure;
  const tunable = left.tunable || right.tunable;
  return fold({ op: "compare", operator, left, right, type: booleanType, missing, tunable, ...bare(node) });
}

/** A comparison with null: what has no value stays without, everything else is no null. */
function compareNull(checker: Checker, node: Comparison, left: Term, right: Term, action: string): Term | undefined {
  const equal = node.operator === "==";
  if (!equal && node.operator !== "!=") {
    return checker.mismatch(
      action,
      "a value",
      isNothing(left) ? left : right,
      isNothing(left) ? node.left : node.right,
    );
  }
  const common = { type: booleanType, tunable: left.tunable || right.tunable, ...bare(node) };
  const other = isNothing(left) ? right : left;
  if (isNothing(other)) return { op: "constant", value: equal, missing: false, ...common };
  const path = pathText(other) ?? textOf(other, checker.source);
  const facts = { source: textOf(node, checker.source), path, equal };
  checker.report(expressionProblems.nullComparison, facts, { path: [], range: bare(node) });
  const decided: Term = { op: "constant", value: !equal, missing: false, ...common };
  if (!other.missing) return decided;
  const test: Term = { op: "has", of: other, missing: false, ...common };
  const nothing: Term = { op: "constant", value: null, missing: true, ...common };
  return { op: "choose", test, yes: decided, no: nothing, missing: true, ...common };
}

export function checkMembership(
  checker: Checker,
  node: Extract<Node, { readonly op: "in" }>,
  locals: Locals,
): Term | undefined {
  const [left, found] = checker.all([node.left, node.right], locals) ?? [];
  if (left === undefined || found === undefined) return undefined;
  const action = `look for ${checker.quote(node.left)} in ${checker.quote(node.right)}`;
  const right = found.type.kind === "object" ? found : checker.expect(found, ["list"], action, node.right);
  if (right === undefined) return undefined;
  const of = right.type.kind === "list" ? right.type.of : stringType;
  if (!compatible(left.type, of)) return checker.mismatch(action, describeType(of), left, node.left);
  if (right.op === "constant" && Array.isArray(right.value)) {
    for (const value of right.value) if (typeof value === "string") warnUnlisted(checker, left, constant(value, right));
  }
  const missing = left.missing || right.missing;
  const tunable = left.tunable || right.tunable;
  return fold({ op: "in", left, right, type: booleanType, missing, tunable, ...bare(node) });
}

/** Warns of a constant that the enumeration of the field on the other side does not list. */
function warnUnlisted(checker: Checker, left: Term, right: Term): void {
  for (const [field, other] of [[left, right], [right, left]] as const) {
    if (field.op !== "read" || field.values === undefined || other.op !== "constant") continue;
    if (typeof other.value !== "string" || field.values.includes(other.value)) continue;
    const facts = {
      path: field.path.join("."),
      value: other.value,
      nearest: nearest(other.value, field.values),
      known: field.values,
      declared: checker.names.declared(field),
    };
    checker.report(expressionProblems.unknownEnumValue, facts, { path: [], range: bare(other) });
  }
}

/** The conversion that would make a comparison possible. */
function conversion(wanted: Term, found: Term): string | undefined {
  const { kind } = wanted.type;
  if ((kind === "timestamp" || kind === "duration") && found.type.kind === "string") {
    return `convert it with \`${kind}(…)\``;
  }
  if (found.op !== "constant" || typeof found.value === "object") return undefined;
  if (kind === "string") return `put it in quotes: "${String(found.value)}"`;
  if (
    kind === "number" && typeof found.value === "string" && found.value.trim() !== "" &&
    !Number.isNaN(Number(found.value))
  ) {
    return `leave out the quotes: ${found.value}`;
  }
  return undefined;
}
