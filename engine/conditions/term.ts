/**
 * A term is a node whose names are resolved and whose type is known: what is checked and what is emitted as JavaScript.
 * `missing` says whether it may have no value; a term without it needs no check in the generated code.
 */
import { anyType, describeType, type Type } from "../model/type.ts";
import type { Value } from "../model/value.ts";
import type { ValueList } from "./expression.ts";
import type { FunctionSpec } from "./functions.ts";
import type { Arithmetic, Comparison, Range } from "./node.ts";

/** Where a path begins. */
export type Root =
  | { readonly from: "alias"; readonly alias: string }
  | { readonly from: "value"; readonly index: number }
  | { readonly from: "builtin"; readonly name: "time" | "matched" | "score" | "decision" }
  | { readonly from: "lookup"; readonly lookup: string }
  | { readonly from: "change"; readonly field: "op" | "ts_ms" | "before" }
  /** Variable of a macro: `x` of `list.exists(x, …)`. */
  | { readonly from: "local"; readonly name: string };

/** One field below a root, or an element of a list. */
export interface Step {
  readonly name: string | number;
  /** What stands before the step may be absent. */
  readonly guarded: boolean;
  /** What stands before the step may be no object (or list) at all. */
  readonly loose: boolean;
}

export interface ReadTerm extends Common {
  readonly op: "read";
  readonly root: Root;
  readonly steps: readonly Step[];
  /** As written: `payment.card.country`. */
  readonly path: readonly string[];
  /**
   * The path that `has` must ask for before the read is sure of a value: the longest part of it that the contract lets
   * events omit. Undefined where nothing of it is optional by contract.
   */
  readonly guard: string | undefined;
  /** Values of an enumeration. */
  readonly values: readonly string[] | undefined;
}

interface Common extends Range {
  readonly type: Type;
  readonly missing: boolean;
  /** Whether a parameter took part in it: a constant that is no mistake. */
  readonly tunable: boolean;
}

export type Term =
  | (Common & { readonly op: "constant"; readonly value: Value })
  | (Common & { readonly op: "set"; readonly list: ValueList })
  | ReadTerm
  | (Common & { readonly op: "step"; readonly of: Term; readonly step: Step })
  | (Common & { readonly op: "at"; readonly of: Term; readonly index: Term })
  | (Common & { readonly op: "list"; readonly items: readonly Term[] })
  | (Common & { readonly op: "and" | "or"; readonly left: Term; readonly right: Term })
  | (Common & { readonly op: "not" | "negate"; readonly of: Term })
  | (Common & { readonly op: "has"; readonly of: Term })
  | (Common & { readonly op: "choose"; readonly test: Term; readonly yes: Term; readonly no: Term })
  | (Common & { readonly op: "compare"; readonly operator: Comparison; readonly left: Term; readonly right: Term })
  | (Common & { readonly op: "arithmetic"; readonly operator: Arithmetic; readonly left: Term; readonly right: Term })
  | (Common & { readonly op: "in"; readonly left: Term; readonly right: Term })
  /** A value of unknown type where a kind is expected: no value when it is another. */
  | (Common & { readonly op: "narrow"; readonly of: Term })
  | (Common & { readonly op: "call"; readonly spec: FunctionSpec; readonly args: readonly Term[] })
  | (Common & { readonly op: "matches"; readonly of: Term; readonly pattern: Term })
  | (Common & {
    readonly op: "macro";
    readonly macro: "all" | "exists" | "exists_one" | "filter" | "map";
    readonly of: Term;
    readonly variable: string;
    readonly where: Term | undefined;
    readonly body: Term;
  })
  | (Common & {
    readonly op: "leaf";
    readonly operator: string;
    readonly left: Term;
    readonly right: Term;
  })
  /** A tree of conditions: a leaf without value is false, so these never lack one. */
  | (Common & { readonly op: "every" | "some"; readonly items: readonly Term[] })
  | (Common & { readonly op: "unless"; readonly of: Term });

/** Terms directly below a term. */
export function childrenOfTerm(term: Term): readonly Term[] {
  switch (term.op) {
    case "constant":
    case "set":
    case "read":
      return [];
    case "has":
    case "step":
    case "not":
    case "negate":
    case "narrow":
    case "unless":
      return [term.of];
    case "at":
      return [term.of, term.index];
    case "list":
    case "every":
    case "some":
      return term.items;
    case "choose":
      return [term.test, term.yes, term.no];
    case "call":
      return term.args;
    case "matches":
      return [term.of, term.pattern];
    case "macro":
      return term.where === undefined ? [term.of, term.body] : [term.of, term.where, term.body];
    default:
      return [term.left, term.right];
  }
}

/** A literal as a term. */
export function constant(value: string | number | boolean | null, range: Range): Term {
  const kind = value === null ? "null" : typeof value;
  const type: Type = kind === "string" || kind === "number" || kind === "boolean" ? { kind } : { kind: "null" };
  return { op: "constant", value, type, missing: value === null, tunable: false, ...bare(range) };
}

/** The literal null; a computed constant without value keeps its type. */
export function isNothing(term: Term): boolean {
  return term.op === "constant" && term.type.kind === "null";
}

/** The range alone of whatever has one. */
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
  const words = kinds.map((kind) => {
    if (kind === "list") return "a list";
    return describeType(kind === "object" ? { kind, fields: {} } : kind === "any" ? anyType : { kind });
  });
  return words.length === 1 ? words[0] ?? "" : `${words.slice(0, -1).join(", ")} or ${words[words.length - 1]}`;
}
