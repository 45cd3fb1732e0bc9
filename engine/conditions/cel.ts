/**
 * The one door to the CEL library: it parses, and its type checker has the last word. Evaluation is ours (`emit.ts`).
 * What the library calls int is turned into a double here, before anyone sees it.
 */
import { type ASTNode, Environment, ParseError } from "@marcbachmann/cel-js";
import type { Type } from "../model/type.ts";
import { functions, type FunctionSpec } from "./functions.ts";
import {
  type Arithmetic,
  arithmetic,
  type Comparison,
  comparisons,
  depthOf,
  type Literal,
  type Node,
  type Range,
} from "./node.ts";
import { scan } from "./text.ts";

/** Why a text is no expression. */
export interface SyntaxFault extends Range {
  readonly code: string;
  readonly message: string;
}

/** Bounds that keep every later walk of a tree well inside the stack. */
const limits = { maxAstNodes: 4_000, maxDepth: 200 };
const deepest = 1_000;

const parser = new Environment({ unlistedVariablesAreDyn: true, limits });

/** The syntax tree of a text, or what is wrong with it. */
export function parseCel(text: string): { readonly node: Node } | { readonly fault: SyntaxFault } {
  try {
    const node = fromLibrary(parser.parse(text).ast);
    if (depthOf(node) <= deepest) return { node };
    return { fault: { code: "limit_exceeded", message: "Exceeded depth", start: 0, end: text.length } };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const { start, end } = error.range ?? { start: 0, end: text.length };
    return { fault: { code: error.code, message: error.summary, start, end } };
  }
}

/** A node of the library as ours. */
function fromLibrary(ast: ASTNode): Node {
  const range = withParentheses(ast.start, ast.end, ast.input);
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

/**
 * The range of a node with the parentheses that it cuts: the library drops them, so that `(a + b) * c` would read
 * `a + b) * c`.
 */
function withParentheses(start: number, end: number, text: string): Range {
  let [least, depth] = [0, 0];
  scan(text.slice(start, end), 0, (sign) => {
    if ("([{".includes(sign)) depth++;
    if (")]}".includes(sign)) least = Math.min(least, --depth);
    return false;
  });
  for (let missing = -least; missing > 0; missing--) start = text.lastIndexOf("(", start - 1);
  for (let missing = depth - least; missing > 0; missing--) end = text.indexOf(")", end) + 1;
  return { start, end };
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

/** Names of types in the library; lists and objects are made as they come. */
const typeNames: Readonly<Record<string, string>> = {
  number: "double",
  string: "string",
  boolean: "bool",
  timestamp: "google.protobuf.Timestamp",
  duration: "google.protobuf.Duration",
  list: "list",
};

/** Our functions take and give doubles where the library's take and give ints, so they go by names of their own. */
const prefix = "v_";
const kept = new Set(["has", "matches", "all", "exists", "exists_one", "filter", "map"]);

/**
 * Verdicts in which the library knows less than ours: null, equality of objects, computed indexes, mixed branches, and
 * `has` of an aggregate or of the event of another stream.
 */
const lessKnown = /\bT\d+\b|\bnull\b|^(List index|Cannot index type|List elements|Ternary|has\(\) invalid argument)/;

/** The environment that every other is a copy of. */
const base = baseEnvironment();

function baseEnvironment(): Environment {
  const environment = new Environment({ unlistedVariablesAreDyn: false, limits });
  environment.registerType("Math", { fields: {} }).registerVariable("math", "Math");
  environment.registerOperator("double % double", () => 0);
  for (const spec of functions) {
    if (spec.takes.some((kind) => typeNames[kind] === undefined)) continue;
    for (const takes of argumentLists(spec)) environment.registerFunction(signature(spec, takes), () => 0);
  }
  return environment;
}

/** The lists of kinds that a function takes, with and without its optional arguments and repetitions. */
function argumentLists(spec: FunctionSpec): readonly (readonly Type["kind"][])[] {
  const longest = spec.repeats === true ? Array.from({ length: 16 }, () => spec.takes[0] ?? "any") : spec.takes;
  const shortest = spec.repeats === true ? 1 : spec.takes.length - (spec.optional ?? 0);
  return Array.from({ length: longest.length - shortest + 1 }, (_, i) => longest.slice(0, shortest + i));
}

function signature(spec: FunctionSpec, takes: readonly Type["kind"][]): string {
  const [first = "", ...rest] = takes.map((kind) => typeNames[kind] ?? "dyn");
  const result = spec.result.kind === "list" ? "list<string>" : typeNames[spec.result.kind] ?? "dyn";
  if (spec.form === "method") return `${first}.${prefix}${spec.name}(${rest.join(", ")}): ${result}`;
  const receiver = spec.form === "math" ? "Math." : "";
  return `${receiver}${prefix}${spec.name}(${[first, ...rest].join(", ")}): ${result}`;
}

/**
 * What the library's type checker has against a text whose variables have these types; undefined when nothing, or when
 * it is one of the few things that it knows less of.
 */
export function libraryRefuses(text: string, variables: ReadonlyMap<string, Type>): string | undefined {
  const parsed = environmentOf(variables).parse(text);
  oneNumberType(parsed.ast, false);
  const { error } = parsed.check();
  return error === undefined || lessKnown.test(error.summary) ? undefined : error.summary;
}

/** Environments by the variables they declare: rules of one stream share theirs. */
const environments = new Map<string, Environment>();
const environmentLimit = 200;
const typeNumbers = new WeakMap<Type, number>();
let typeCount = 0;

function environmentOf(variables: ReadonlyMap<string, Type>): Environment {
  const key = [...variables].map(([name, type]) => `${name}:${identityOf(type)}`).sort().join(",");
  const known = environments.get(key);
  if (known !== undefined) return known;
  const environment = base.clone();
  const registered = new Set<string>();
  for (const [name, type] of variables) {
    environment.registerVariable(name, nameOfType(environment, type, registered));
  }
  if (environments.size >= environmentLimit) environments.clear();
  environments.set(key, environment);
  return environment;
}

/** A text that stands for a type: of an object its own, of all others their kind. */
function identityOf(type: Type): string {
  if (type.kind !== "object") return type.kind === "list" ? `list<${identityOf(type.of)}>` : type.kind;
  const number = typeNumbers.get(type) ?? typeCount++;
  typeNumbers.set(type, number);
  return `T${number}`;
}

/** The name of a type in an environment; an object's is registered on the way. */
function nameOfType(environment: Environment, type: Type, registered: Set<string>): string {
  if (type.kind === "list") return `list<${nameOfType(environment, type.of, registered)}>`;
  if (type.kind !== "object") return typeNames[type.kind] ?? "dyn";
  const name = identityOf(type);
  if (registered.has(name)) return name;
  registered.add(name);
  const fields = Object.entries(type.fields).map((
    [field, of],
  ) => [field, nameOfType(environment, of.type, registered)]);
  environment.registerType(name, { fields: Object.fromEntries(fields) });
  return name;
}

/** Turns integers of a tree into doubles and names of functions into ours; the index of a list stays an integer. */
function oneNumberType(ast: ASTNode, isIndex: boolean): void {
  switch (ast.op) {
    case "value":
      if (typeof ast.args === "bigint" && !isIndex) Object.assign(ast, { args: Number(ast.args) });
      return;
    case "id":
    case "map":
      return;
    case ".":
    case ".?":
      return oneNumberType(ast.args[0], false);
    case "[]":
    case "[?]":
      oneNumberType(ast.args[0], false);
      return oneNumberType(ast.args[1], true);
    case "call":
      rename(ast.args);
      return ast.args[1].forEach((arg) => oneNumberType(arg, false));
    case "rcall":
      rename(ast.args);
      return [ast.args[1], ...ast.args[2]].forEach((arg) => oneNumberType(arg, false));
    case "!_":
    case "-_":
      return oneNumberType(ast.args, false);
    default:
      for (const arg of ast.args) oneNumberType(arg, false);
  }
}

function rename(args: [string, ...unknown[]]): void {
  if (!kept.has(args[0])) args[0] = `${prefix}${args[0]}`;
}
