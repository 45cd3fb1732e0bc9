/** Leaves of json-rules-engine, `{fact, path, operator, value}`, as terms: the same types and names as expressions. */
import { nearest } from "../model/problem.ts";
import { expressionProblems } from "../model/problems/expressions.ts";
import { booleanType, describeType, type Type } from "../model/type.ts";
import { isFields, type Value } from "../model/value.ts";
import { leafOperators } from "./emit_leaf.ts";
import { type Names, typeOfValue } from "./names.ts";
import type { Report } from "./report.ts";
import { compatible, type Term } from "./term.ts";

type Leaf = Readonly<Record<string, unknown>>;

const nowhere = { start: 0, end: 0 };
const leafKeys = ["fact", "path", "operator", "value", "name", "priority"];
const shape = "a leaf is `{ fact: payment, path: $.method, operator: equal, value: card }`";

/** Operators as authors may write them. */
const signs: Readonly<Record<string, string>> = {
  "=": "equal",
  "==": "equal",
  eq: "equal",
  "!=": "notEqual",
  "<>": "notEqual",
  ne: "notEqual",
  "<": "lessThan",
  lt: "lessThan",
  "<=": "lessThanInclusive",
  lte: "lessThanInclusive",
  ">": "greaterThan",
  gt: "greaterThan",
  ">=": "greaterThanInclusive",
  gte: "greaterThanInclusive",
};

/** The term of a leaf; undefined when something was reported. */
export function readLeaf(leaf: Leaf, names: Names, report: Report): Term | undefined {
  const problem = shapeOf(leaf);
  if (problem !== undefined) {
    report(expressionProblems.badTree, { wrong: problem, help: shape }, { path: [] });
    return undefined;
  }
  const below = (key: string): Report => (kind, facts, site) =>
    report(kind, facts, { path: [key, ...site.path], ...(site.at === undefined ? {} : { at: site.at }) });
  const operator = String(leaf.operator);
  const known: readonly string[] = leafOperators;
  if (!known.includes(operator)) {
    const facts = { operator, nearest: signs[operator] ?? nearest(operator, known), known };
    below("operator")(expressionProblems.unknownOperator, facts, { path: [] });
  }
  const left = readFact(leaf, names, below);
  const right = readValue(leaf.value, names, below("value"));
  if (left === undefined || right === undefined || !known.includes(operator)) return undefined;
  const wrong = misfit(operator, left, right);
  if (wrong !== undefined) {
    const help = quotedNumber(wrong, leaf.value);
    below(wrong.at)(expressionProblems.badLeafValue, { operator, ...wrong, help }, { path: [] });
    return undefined;
  }
  const tunable = left.tunable || right.tunable;
  return { op: "leaf", operator, left, right, type: booleanType, missing: false, tunable, ...nowhere };
}

function shapeOf(leaf: Leaf): string | undefined {
  const needed = ["fact", "operator", "value"].find((key) => !Object.hasOwn(leaf, key));
  if (needed !== undefined) return `a leaf lacks "${needed}"`;
  const extra = Object.keys(leaf).find((key) => !leafKeys.includes(key));
  if (extra !== undefined) return `a leaf has no "${extra}"`;
  return typeof leaf.fact === "string" ? undefined : '"fact" must be a name';
}

/** The value that `fact` and `path` lead to. */
function readFact(leaf: Leaf, names: Names, below: (key: string) => Report): Term | undefined {
  const fact = String(leaf.fact);
  const root = names.reporting(below("fact")).name(fact, nowhere);
  if (leaf.path === undefined) return root;
  const steps = typeof leaf.path === "string" ? parsePath(leaf.path) : undefined;
  if (steps === undefined) {
    below("path")(expressionProblems.badPath, { path: String(leaf.path) }, { path: [] });
    return undefined;
  }
  const reader = names.reporting(below("path"));
  return steps.reduce<Term | undefined>((of, step) => {
    if (of === undefined) return undefined;
    if (typeof step === "string") return reader.field(of, step, nowhere);
    return of.op === "read" ? reader.element(of, step, nowhere) : undefined;
  }, root);
}

/** Names and indexes of a JSONPath that names one place; undefined for any other. */
export function parsePath(path: string): readonly (string | number)[] | undefined {
  const segment = /\.([A-Za-z_][\w-]*)|\[(\d+)\]|\['([^'\\]+)'\]|\["([^"\\]+)"\]/y;
  const steps: (string | number)[] = [];
  if (!path.startsWith("$")) return undefined;
  segment.lastIndex = 1;
  while (segment.lastIndex < path.length) {
    const match = segment.exec(path);
    if (match === null) return undefined;
    const name = match[1] ?? match[3] ?? match[4];
    steps.push(name ?? Number(match[2]));
  }
  return steps.length === 0 ? undefined : steps;
}

/** The right side: a constant, `{list: name}`, or `{fact, path}`. */
function readValue(value: unknown, names: Names, report: Report): Term | undefined {
  if (isFields(value) && typeof value.list === "string") {
    return names.reporting((kind, facts) => report(kind, facts, { path: ["list"] })).list(value.list, nowhere);
  }
  if (isFields(value) && Object.hasOwn(value, "fact")) {
    return readFact(value, names, (key) => (kind, facts, site) => report(kind, facts, { path: [key, ...site.path] }));
  }
  const constant = toValue(value);
  const missing = constant === null;
  return { op: "constant", value: constant, type: typeOfValue(constant), missing, tunable: false, ...nowhere };
}

function toValue(value: unknown): Value {
  if (Array.isArray(value)) return value.map(toValue);
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (!isFields(value)) return null;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, toValue(item)]));
}

interface Misfit {
  readonly at: "value" | "path";
  readonly expected: string;
  readonly found: string;
}

/** The way out for a number in quotes, or a text without. */
function quotedNumber({ at, expected }: Misfit, value: unknown): string | undefined {
  if (at !== "value") return undefined;
  if (expected === "a number" && typeof value === "string" && value.trim() !== "" && !Number.isNaN(Number(value))) {
    return `leave out the quotes: ${value}`;
  }
  return expected === "a string" && typeof value === "number" ? `put it in quotes: "${value}"` : undefined;
}

/** What does not go together; the engine itself would be silent and false. */
function misfit(operator: string, left: Term, right: Term): Misfit | undefined {
  const number: Type = { kind: "number" };
  const expectLeft = (fits: boolean, expected: string): Misfit | undefined =>
    fits ? undefined : { at: "path", expected, found: describeType(left.type) };
  const expectRight = (fits: boolean, expected: string): Misfit | undefined =>
    fits ? undefined : { at: "value", expected, found: describeType(right.type) };
  const element = (type: Type): Type => (type.kind === "list" ? type.of : { kind: "any" });
  const isList = (type: Type) => type.kind === "list" || type.kind === "any";
  switch (operator) {
    case "equal":
    case "notEqual":
      return expectRight(compatible(left.type, right.type) && right.op !== "set", describeType(left.type));
    case "in":
    case "notIn":
      return expectRight(isList(right.type), "a list") ??
        expectRight(compatible(left.type, element(right.type)), describeType({ kind: "list", of: left.type }));
    case "contains":
    case "doesNotContain":
      return expectLeft(isList(left.type), "a list") ??
        expectRight(compatible(right.type, element(left.type)), describeType(element(left.type)));
    default:
      return expectLeft(compatible(left.type, number), "a number") ??
        expectRight(compatible(right.type, number), "a number");
  }
}
