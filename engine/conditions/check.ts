/**
 * From nodes to terms: resolves every name, types every operation, folds constants. Every problem of an expression is
 * reported in one pass: where an operand has one, the operation around it is left alone, the other operands are not.
 */
import { nearest } from "../model/problem.ts";
import { expressionProblems } from "../model/problems/expressions.ts";
import { anyType, booleanType, describeType, numberType, type Type } from "../model/type.ts";
import { checkCall } from "./check_call.ts";
import { fold } from "./fold.ts";
import { Names, pathText, sections } from "./names.ts";
import { type Node, type Range, textOf } from "./node.ts";
import type { Report } from "./report.ts";
import type { ReadTerm, Term } from "./term.ts";

/** Variables of the macros around a node. */
export type Locals = ReadonlyMap<string, ReadTerm>;

const durationType: Type = { kind: "duration" };
const timestampType: Type = { kind: "timestamp" };
const ordered: readonly Type["kind"][] = ["number", "string", "timestamp", "duration", "boolean"];

type Of<Op extends Node["op"]> = Extract<Node, { readonly op: Op }>;

/** Checks one expression against one vocabulary. */
export class Checker {
  private localCount = 0;

  constructor(readonly names: Names, readonly source: string, readonly report: Report) {}

  /** A name for the variable of a macro that no other macro of the expression has. */
  localName(): string {
    return `v${this.localCount++}`;
  }

  /** The term of a node; undefined when something in it was reported as an error. */
  check(node: Node, locals: Locals): Term | undefined {
    switch (node.op) {
      case "literal":
        return constant(node.value, node);
      case "refused":
        return this.refuse(node);
      case "name":
        return this.name(node, locals);
      case "select":
        return this.select(node, locals);
      case "index":
        return this.index(node, locals);
      case "call":
        return checkCall(this, node, locals);
      case "list":
        return this.list(node, locals);
      case "choose":
        return this.choose(node, locals);
      case "and":
      case "or":
        return this.logic(node, locals);
      case "not":
      case "negate":
        return this.unary(node, locals);
      case "in":
        return this.membership(node, locals);
      case "compare":
        return this.compare(node, locals);
      case "arithmetic":
        return this.arithmetic(node, locals);
    }
  }

  /** Children of a node, all checked; undefined when one had a problem. */
  all(nodes: readonly Node[], locals: Locals): readonly Term[] | undefined {
    const terms = nodes.map((node) => this.check(node, locals));
    const sound = terms.filter((term) => term !== undefined);
    return sound.length === terms.length ? sound : undefined;
  }

  /** The text of a node for a message: literals as they stand, all else in quotes. */
  quote(node: Node): string {
    const text = textOf(node, this.source);
    return node.op === "literal" ? text : `"${text}"`;
  }

  mismatch(action: string, expected: string, found: Term, range: Range, help?: string): undefined {
    const declared = this.names.declared(found);
    const facts = { action, expected, found: describeType(found.type), declared, help };
    this.report(expressionProblems.typeMismatch, facts, { path: [], range: bare(range) });
    return undefined;
  }

  /** A term as one of some kinds: unknown types are narrowed at run time, others are reported. */
  expect(term: Term, kinds: readonly Type["kind"][], action: string, range: Range): Term | undefined {
    if (kinds.includes(term.type.kind)) return term;
    const [kind] = kinds;
    const narrowable = kind === "number" || kind === "string" || kind === "boolean" || kind === "list";
    if (term.type.kind === "any" && narrowable) {
      const type: Type = kind === "list" ? { kind, of: anyType } : { kind };
      return { op: "narrow", of: term, type, missing: true, tunable: term.tunable, ...bare(term) };
    }
    if (isNothing(term)) return term;
    const expected = describeKinds(kinds);
    return this.mismatch(action, expected, term, range, this.names.fieldsOfKind(term, kinds));
  }

  private refuse(node: Of<"refused">): undefined {
    const said = {
      integer: { wrong: "a double cannot hold this integer exactly", help: "use a number below 2^53" },
      unsigned: { wrong: "there is one number type, the double", help: "leave out the `u`" },
      bytes: { wrong: "there are no bytes in events", help: "leave out the `b` before the quote" },
      map: { wrong: "an expression cannot make an object", help: "compare fields one by one" },
    }[node.kind];
    this.report(expressionProblems.refusedLiteral, { text: node.text, ...said }, { path: [], range: bare(node) });
    return undefined;
  }

  private name(node: Of<"name">, locals: Locals): Term | undefined {
    const local = locals.get(node.name);
    if (local !== undefined) return { ...local, ...bare(node) };
    const section = sections.find((name) => name === node.name);
    if (section === undefined || this.names.knows(node.name)) return this.names.name(node.name, node);
    const known = [`${section}.<name>`];
    const facts = { name: node.name, nearest: undefined, known, note: `"${section}" holds names, it is no value` };
    this.report(expressionProblems.unknownVariable, facts, { path: [], range: bare(node) });
    return undefined;
  }

  private select(node: Of<"select">, locals: Locals): Term | undefined {
    const section = node.of.op === "name" && !locals.has(node.of.name) && !this.names.knows(node.of.name)
      ? sections.find((name) => node.of.op === "name" && name === node.of.name)
      : undefined;
    if (section !== undefined) return this.names.inSection(section, node.field, node);
    const of = this.check(node.of, locals);
    return of === undefined ? undefined : this.names.field(of, node.field, node);
  }

  private index(node: Of<"index">, locals: Locals): Term | undefined {
    const terms = this.all([node.of, node.index], locals);
    if (terms === undefined) return undefined;
    const [of, index] = terms;
    if (of === undefined || index === undefined) return undefined;
    if (of.type.kind === "object" && index.op === "constant" && typeof index.value === "string") {
      return this.names.field(of, index.value, node);
    }
    if (of.op === "read" && of.type.kind === "list" && index.op === "constant" && typeof index.value === "number") {
      return this.names.element(of, index.value, node);
    }
    const tunable = of.tunable || index.tunable;
    if (of.type.kind === "any") return { op: "at", of, index, type: anyType, missing: true, tunable, ...bare(node) };
    if (of.type.kind !== "list") {
      return this.mismatch(`take an element of ${this.quote(node.of)}`, "a list", of, node.of);
    }
    const at = this.expect(index, ["number"], `take element ${this.quote(node.index)}`, node.index);
    if (at === undefined) return undefined;
    return fold({ op: "at", of, index: at, type: of.type.of, missing: true, tunable, ...bare(node) });
  }

  private list(node: Of<"list">, locals: Locals): Term | undefined {
    const items = this.all(node.items, locals);
    if (items === undefined) return undefined;
    const of = items[0]?.type ?? anyType;
    const odd = items.findIndex((item) => !compatible(item.type, of));
    const [item, oddNode] = [items[odd], node.items[odd]];
    if (item !== undefined && oddNode !== undefined) {
      return this.mismatch(`mix ${this.quote(oddNode)} into the list`, describeType(of), item, oddNode);
    }
    const missing = items.some((item) => item.missing);
    const tunable = items.some((item) => item.tunable);
    return fold({ op: "list", items, type: { kind: "list", of }, missing, tunable, ...bare(node) });
  }

  private choose(node: Of<"choose">, locals: Locals): Term | undefined {
    const terms = this.all([node.test, node.yes, node.no], locals);
    if (terms === undefined) return undefined;
    const [first, yes, no] = terms;
    if (first === undefined || yes === undefined || no === undefined) return undefined;
    const test = this.expect(first, ["boolean"], `choose by ${this.quote(node.test)}`, node.test);
    if (test === undefined) return undefined;
    if (!compatible(yes.type, no.type)) {
      return this.mismatch(
        `choose between ${this.quote(node.yes)} and ${this.quote(node.no)}`,
        describeType(yes.type),
        no,
        node.no,
      );
    }
    if (test.op === "constant" && typeof test.value === "boolean") {
      return { ...(test.value ? yes : no), tunable: test.tunable };
    }
    const type = yes.type.kind === "null" || yes.type.kind === "any" ? no.type : yes.type;
    const missing = terms.some((term) => term.missing);
    return { op: "choose", test, yes, no, type, missing, tunable: terms.some((term) => term.tunable), ...bare(node) };
  }

  private logic(node: Of<"and" | "or">, locals: Locals): Term | undefined {
    const terms = this.all([node.left, node.right], locals);
    const action = `combine conditions with ${node.op === "and" ? "&&" : "||"}`;
    const left = terms?.[0] && this.expect(terms[0], ["boolean"], action, node.left);
    const right = terms?.[1] && this.expect(terms[1], ["boolean"], action, node.right);
    if (left === undefined || right === undefined) return undefined;
    const tunable = left.tunable || right.tunable;
    const decided = node.op === "or";
    for (const [side, other] of [[left, right], [right, left]] as const) {
      if (side.op !== "constant" || typeof side.value !== "boolean") continue;
      return side.value === decided ? { ...side, tunable, ...bare(node) } : { ...other, tunable };
    }
    const missing = left.missing || right.missing;
    return { op: node.op, left, right, type: booleanType, missing, tunable, ...bare(node) };
  }

  private unary(node: Of<"not" | "negate">, locals: Locals): Term | undefined {
    const found = this.check(node.of, locals);
    if (found === undefined) return undefined;
    const kinds = node.op === "not" ? ["boolean"] as const : ["number", "duration"] as const;
    const of = this.expect(
      found,
      kinds,
      `${node.op === "not" ? "negate" : "take the negative of"} ${this.quote(node.of)}`,
      node.of,
    );
    if (of === undefined) return undefined;
    return fold({ op: node.op, of, type: of.type, missing: of.missing, tunable: of.tunable, ...bare(node) });
  }

  private membership(node: Of<"in">, locals: Locals): Term | undefined {
    const terms = this.all([node.left, node.right], locals);
    const [left, found] = terms ?? [];
    if (left === undefined || found === undefined) return undefined;
    const action = `look for ${this.quote(node.left)} in ${this.quote(node.right)}`;
    const right = found.type.kind === "object" ? found : this.expect(found, ["list"], action, node.right);
    if (right === undefined) return undefined;
    const of: Type = right.type.kind === "list" ? right.type.of : { kind: "string" };
    if (!compatible(left.type, of)) return this.mismatch(action, describeType(of), left, node.left);
    this.listedValues(left, right);
    const common = {
      type: booleanType,
      missing: left.missing || right.missing,
      tunable: left.tunable || right.tunable,
    };
    return fold({ op: "in", left, right, ...common, ...bare(node) });
  }

  private compare(node: Of<"compare">, locals: Locals): Term | undefined {
    const terms = this.all([node.left, node.right], locals);
    const [left, right] = terms ?? [];
    if (left === undefined || right === undefined) return undefined;
    if (isNothing(left) || isNothing(right)) return this.compareNull(node, left, right);
    const equality = node.operator === "==" || node.operator === "!=";
    const action = `${equality ? "compare" : "order"} ${this.quote(node.left)} with ${this.quote(node.right)}`;
    if (!compatible(left.type, right.type)) {
      const [wanted, other, at] = left.op === "constant" ? [right, left, node.left] : [left, right, node.right];
      const declared = this.names.declared(wanted);
      const facts = {
        action,
        expected: describeType(wanted.type),
        found: describeType(other.type),
        declared,
        help: conversion(wanted, other),
      };
      this.report(expressionProblems.typeMismatch, facts, { path: [], range: bare(at === node.left ? node : node) });
      return undefined;
    }
    const unordered = [left, right].find((side) => side.type.kind !== "any" && !ordered.includes(side.type.kind));
    if (!equality && unordered !== undefined) {
      return this.mismatch(action, "a number, a string, a timestamp or a duration", unordered, node);
    }
    if (equality) this.enumeration(left, right);
    const unsure = !equality && left.type.kind === "any" || !equality && right.type.kind === "any";
    const missing = left.missing || right.missing || unsure;
    const tunable = left.tunable || right.tunable;
    return fold({
      op: "compare",
      operator: node.operator,
      left,
      right,
      type: booleanType,
      missing,
      tunable,
      ...bare(node),
    });
  }

  /** A comparison with null: what has no value stays without, everything else is no null. */
  private compareNull(node: Of<"compare">, left: Term, right: Term): Term | undefined {
    const equal = node.operator === "==";
    if (!equal && node.operator !== "!=") {
      const [nothing, at] = isNothing(left) ? [left, node.left] : [right, node.right];
      return this.mismatch(`order ${this.quote(node.left)} with ${this.quote(node.right)}`, "a value", nothing, at);
    }
    const common = { type: booleanType, tunable: left.tunable || right.tunable, ...bare(node) };
    const other = isNothing(left) ? right : left;
    if (isNothing(other)) return { op: "constant", value: equal, missing: false, ...common };
    const path = pathText(other) ?? textOf(other, this.source);
    const facts = { source: textOf(node, this.source), path, equal };
    this.report(expressionProblems.nullComparison, facts, { path: [], range: bare(node) });
    const decided: Term = { op: "constant", value: !equal, missing: false, ...common };
    if (!other.missing) return decided;
    const test: Term = { op: "has", of: other, missing: false, ...common };
    const nothing: Term = { op: "constant", value: null, missing: true, ...common };
    return { op: "choose", test, yes: decided, no: nothing, missing: true, ...common };
  }

  private arithmetic(node: Of<"arithmetic">, locals: Locals): Term | undefined {
    const terms = this.all([node.left, node.right], locals);
    let [left, right] = terms ?? [];
    if (left === undefined || right === undefined) return undefined;
    const verb =
      { "+": "add", "-": "subtract", "*": "multiply", "/": "divide", "%": "take the remainder of" }[node.operator];
    const action = `${verb} ${this.quote(node.left)} and ${this.quote(node.right)}`;
    const kinds: readonly Type["kind"][] = node.operator === "+"
      ? ["number", "string", "list", "timestamp", "duration"]
      : node.operator === "-"
      ? ["number", "timestamp", "duration"]
      : ["number"];
    const bothAny = left.type.kind === "any" && right.type.kind === "any";
    const wanted = bothAny ? kinds : left.type.kind === "any" ? [right.type.kind] : kinds;
    left = this.expect(left, wanted, action, node.left);
    right = this.expect(
      right,
      left === undefined || bothAny ? kinds : partners(left.type.kind, node.operator),
      action,
      node.right,
    );
    if (left === undefined || right === undefined) return undefined;
    const type = resultType(left.type, right.type, node.operator);
    const partial = (node.operator === "/" || node.operator === "%") && !(right.op === "constant" && right.value !== 0);
    const missing = left.missing || right.missing || partial;
    const tunable = left.tunable || right.tunable;
    return fold({ op: "arithmetic", operator: node.operator, left, right, type, missing, tunable, ...bare(node) });
  }

  /** Warns of constants that the enumeration of a field does not list. */
  private enumeration(left: Term, right: Term): void {
    for (const [field, other] of [[left, right], [right, left]] as const) {
      if (field.op !== "read" || field.values === undefined || other.op !== "constant") continue;
      if (typeof other.value !== "string" || field.values.includes(other.value)) continue;
      const facts = {
        path: field.path.join("."),
        value: other.value,
        nearest: nearest(other.value, field.values),
        known: field.values,
        declared: this.names.declared(field),
      };
      this.report(expressionProblems.unknownEnumValue, facts, { path: [], range: bare(other) });
    }
  }

  private listedValues(left: Term, right: Term): void {
    if (right.op !== "constant" || !Array.isArray(right.value)) return;
    for (const value of right.value) {
      if (typeof value === "string") this.enumeration(left, { ...constant(value, right) });
    }
  }
}

export function constant(value: string | number | boolean | null, range: Range): Term {
  const kind = value === null ? "null" : typeof value;
  const type: Type = kind === "string" || kind === "number" || kind === "boolean" ? { kind } : { kind: "null" };
  return { op: "constant", value, type, missing: value === null, tunable: false, ...bare(range) };
}

/** The literal null, or a parameter that is null. */
export function isNothing(term: Term): boolean {
  return term.op === "constant" && term.value === null;
}

export function bare({ start, end }: Range): Range {
  return { start, end };
}

/** Whether values of two types can be equal. */
export function compatible(a: Type, b: Type): boolean {
  if (a.kind === "any" || b.kind === "any" || a.kind === "null" || b.kind === "null") return true;
  return a.kind === "list" && b.kind === "list" ? compatible(a.of, b.of) : a.kind === b.kind;
}

/** `a number or a string`. */
export function describeKinds(kinds: readonly Type["kind"][]): string {
  const names = kinds.map((kind) =>
    describeType(kind === "list" ? { kind, of: anyType } : kind === "object" ? { kind, fields: {} } : { kind })
  );
  const words = names.map((name) => (name.startsWith("a list") ? "a list" : name));
  return words.length === 1 ? words[0] ?? "" : `${words.slice(0, -1).join(", ")} or ${words[words.length - 1]}`;
}

/** Kinds that may stand to the right of an operator. */
function partners(left: Type["kind"], operator: string): readonly Type["kind"][] {
  if (left === "timestamp") return operator === "-" ? ["timestamp", "duration"] : ["duration"];
  if (left === "duration") return operator === "+" ? ["duration", "timestamp"] : ["duration"];
  return [left];
}

function resultType(left: Type, right: Type, operator: string): Type {
  if (left.kind === "timestamp") return operator === "-" && right.kind === "timestamp" ? durationType : timestampType;
  if (left.kind === "duration") return right.kind === "timestamp" ? timestampType : durationType;
  return left.kind === "null" ? numberType : left;
}

/** The conversion that would make a comparison possible. */
function conversion(wanted: Term, found: Term): string | undefined {
  if (wanted.type.kind === "timestamp" && found.type.kind === "string") return "convert it with `timestamp(…)`";
  if (wanted.type.kind === "duration" && found.type.kind === "string") return "convert it with `duration(…)`";
  if (wanted.type.kind === "string" && found.op === "constant") return `put it in quotes: "${String(found.value)}"`;
  if (wanted.type.kind === "number" && found.op === "constant" && !Number.isNaN(Number(found.value))) {
    return `leave out the quotes: ${String(found.value)}`;
  }
  return undefined;
}
