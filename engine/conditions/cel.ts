/**
 * The one door to the CEL library: it parses, and its type checker has the last word. Evaluation is ours (`emit.ts`).
 * What the library calls int is turned into a double here, before anyone sees it.
 */
import { type ASTNode, Environment, ParseError } from "@marcbachmann/cel-js";
import {
  type Arithmetic,
  arithmetic,
  type Comparison,
  comparisons,
  type Literal,
  type Node,
  type Range,
} from "./node.ts";

/** Why a text is no expression. */
export interface SyntaxFault extends Range {
  readonly code: string;
  readonly message: string;
}

const parser = new Environment({ unlistedVariablesAreDyn: true });

/** The syntax tree of a text, or what is wrong with it. */
export function parseCel(text: string): { readonly node: Node } | { readonly fault: SyntaxFault } {
  try {
    return { node: fromLibrary(parser.parse(text).ast) };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const { start, end } = error.range ?? { start: 0, end: text.length };
    return { fault: { code: error.code, message: error.summary, start, end } };
  }
}

/** A node of the library as ours. */
function fromLibrary(ast: ASTNode): Node {
  const range = { start: ast.start, end: ast.end };
  switch (ast.op) {
    case "value":
      return literal(ast.args, ast.input.slice(ast.start, ast.end), range);
    case "id":
      return { op: "name", name: ast.args, ...range };
    case ".":
    case ".?":
      return { op: "select", of: fromLibrary(ast.args[0]), field: ast.args[1], ...range };
    case "[]":
    case "[?]":
      return { op: "index", of: fromLibrary(ast.args[0]), index: fromLibrary(ast.args[1]), ...range };
    case "call":
      return { op: "call", name: ast.args[0], receiver: undefined, args: ast.args[1].map(fromLibrary), ...range };
    case "rcall": {
      const [name, receiver, args] = ast.args;
      return { op: "call", name, receiver: fromLibrary(receiver), args: args.map(fromLibrary), ...range };
    }
    case "list":
      return { op: "list", items: ast.args.map(fromLibrary), ...range };
    case "map":
      return { op: "refused", kind: "map", text: ast.input.slice(ast.start, ast.end), ...range };
    case "?:": {
      const [test, yes, no] = ast.args;
      return { op: "choose", test: fromLibrary(test), yes: fromLibrary(yes), no: fromLibrary(no), ...range };
    }
    case "!_":
    case "-_":
      return { op: ast.op === "!_" ? "not" : "negate", of: fromLibrary(ast.args), ...range };
    default:
      return binary(ast.op, fromLibrary(ast.args[0]), fromLibrary(ast.args[1]), range);
  }
}

function binary(op: "&&" | "||" | "in" | Comparison | Arithmetic, left: Node, right: Node, range: Range): Node {
  if (op === "&&" || op === "||") return { op: op === "&&" ? "and" : "or", left, right, ...range };
  if (op === "in") return { op, left, right, ...range };
  const comparison = comparisons.find((operator) => operator === op);
  if (comparison !== undefined) return { op: "compare", operator: comparison, left, right, ...range };
  const operator = arithmetic.find((operator) => operator === op) ?? "+";
  return { op: "arithmetic", operator, left, right, ...range };
}

/** A literal; integers become doubles where a double holds them. */
function literal(value: Literal | bigint | object, text: string, range: Range): Node {
  if (typeof value === "bigint") {
    const number = Number(value);
    if (BigInt(number) === value && Math.abs(number) <= Number.MAX_SAFE_INTEGER) {
      return { op: "literal", value: number, ...range };
    }
    return { op: "refused", kind: "integer", text, ...range };
  }
  if (typeof value === "object" && value !== null) {
    return { op: "refused", kind: value instanceof Uint8Array ? "bytes" : "unsigned", text, ...range };
  }
  return { op: "literal", value, ...range };
}
