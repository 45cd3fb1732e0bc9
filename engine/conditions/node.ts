/**
 * The syntax tree of an expression as the checker reads it: CEL without the library's classes, integers as doubles.
 * Offsets count UTF-16 units of the text, so that a problem can be placed in the YAML.
 */

export const comparisons = ["==", "!=", "<", "<=", ">", ">="] as const;
export const arithmetic = ["+", "-", "*", "/", "%"] as const;
export type Comparison = (typeof comparisons)[number];
export type Arithmetic = (typeof arithmetic)[number];

/** Offsets into the text, the end exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export type Literal = string | number | boolean | null;

export type Node =
  & Range
  & (
    | { readonly op: "literal"; readonly value: Literal }
    /** A literal that the language lacks or that a double cannot hold: `kind` names it. */
    | { readonly op: "refused"; readonly kind: "bytes" | "unsigned" | "integer" | "map"; readonly text: string }
    | { readonly op: "name"; readonly name: string }
    | { readonly op: "select"; readonly of: Node; readonly field: string }
    | { readonly op: "index"; readonly of: Node; readonly index: Node }
    | {
      readonly op: "call";
      readonly name: string;
      readonly receiver: Node | undefined;
      readonly args: readonly Node[];
    }
    | { readonly op: "list"; readonly items: readonly Node[] }
    | { readonly op: "choose"; readonly test: Node; readonly yes: Node; readonly no: Node }
    | { readonly op: "and" | "or"; readonly left: Node; readonly right: Node }
    | { readonly op: "not" | "negate"; readonly of: Node }
    | { readonly op: "in"; readonly left: Node; readonly right: Node }
    | { readonly op: "compare"; readonly operator: Comparison; readonly left: Node; readonly right: Node }
    | { readonly op: "arithmetic"; readonly operator: Arithmetic; readonly left: Node; readonly right: Node }
  );

/** Nodes directly below a node. */
export function childrenOf(node: Node): readonly Node[] {
  switch (node.op) {
    case "literal":
    case "refused":
    case "name":
      return [];
    case "select":
    case "not":
    case "negate":
      return [node.of];
    case "index":
      return [node.of, node.index];
    case "call":
      return node.receiver === undefined ? node.args : [node.receiver, ...node.args];
    case "list":
      return node.items;
    case "choose":
      return [node.test, node.yes, node.no];
    default:
      return [node.left, node.right];
  }
}

/** How many nodes stand above the deepest one, itself included; without recursion, so that any depth can be asked. */
export function depthOf(node: Node): number {
  let level: readonly Node[] = [node];
  let depth = 0;
  for (; level.length > 0; depth++) level = level.flatMap(childrenOf);
  return depth;
}

/** The text of a node in its expression, on one line. */
export function textOf(node: Range, source: string): string {
  return source.slice(node.start, node.end).replace(/\s+/g, " ");
}

/** Macros that name an element: `list.exists(x, condition)`. */
export const listMacros = ["all", "exists", "exists_one", "filter", "map"] as const;

/** Names that the paths below a node begin with, once; variables of macros are none. */
export function rootNames(node: Node): readonly string[] {
  return [...new Set(namesIn(node, []))];
}

function namesIn(node: Node, locals: readonly string[]): readonly string[] {
  if (node.op === "name") return locals.includes(node.name) ? [] : [node.name];
  if (node.op === "call" && node.receiver !== undefined && listMacros.some((name) => name === node.name)) {
    const [variable, ...bodies] = node.args;
    const inner = variable?.op === "name" ? [...locals, variable.name] : locals;
    return [...namesIn(node.receiver, locals), ...bodies.flatMap((body) => namesIn(body, inner))];
  }
  return childrenOf(node).flatMap((child) => namesIn(child, locals));
}
