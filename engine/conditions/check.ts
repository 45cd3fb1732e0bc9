/**
 * From nodes to terms: resolves every name, types every operation, folds constants. Every problem of an expression is
 * reported in one pass: where an operand has one, the operation around it is left alone, the other operands are not.
 */
import { expressionProblems } from "../model/problems/expressions.ts";
import { anyType, booleanType, describeType, type Type } from "../model/type.ts";
import { checkArithmetic } from "./check_arithmetic.ts";
import { checkCall } from "./check_call.ts";
import { checkComparison, checkMembership } from "./check_comparison.ts";
import { fold } from "./fold.ts";
import { type Names, sections } from "./names.ts";
import { type Node, type Range, textOf } from "./node.ts";
import type { Report } from "./report.ts";
import { bare, compatible, constant, describeKinds, isNothing, type ReadTerm, type Term } from "./term.ts";

/** Variables of the macros around a node. */
export type Locals = ReadonlyMap<string, ReadTerm>;

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
        return checkMembership(this, node, locals);
      case "compare":
        return checkComparison(this, node, locals);
      case "arithmetic":
        return checkArithmetic(this, node, locals);
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
    if (section === undefined || this.names.knows(node.name)) return this.names.name(node.name, bare(node));
    const known = [`${section}.<name>`];
    const facts = { name: node.name, hint: undefined, known, note: `"${section}" holds names, it is no value` };
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
    const action = (side: Node) => `combine ${this.quote(side)} with ${node.op === "and" ? "&&" : "||"}`;
    const left = terms?.[0] && this.expect(terms[0], ["boolean"], action(node.left), node.left);
    const right = terms?.[1] && this.expect(terms[1], ["boolean"], action(node.right), node.right);
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
}
