/** Types of `+ - * / %`: numbers, and the sums that strings, lists, timestamps and durations have. */
import { numberType, type Type } from "../model/type.ts";
import type { Checker, Locals } from "./check.ts";
import { fold } from "./fold.ts";
import type { Arithmetic, Node } from "./node.ts";
import { bare, type Term } from "./term.ts";

type Kind = Type["kind"];

const durationType: Type = { kind: "duration" };
const timestampType: Type = { kind: "timestamp" };

const verbs: Readonly<Record<Arithmetic, string>> = {
  "+": "add",
  "-": "subtract",
  "*": "multiply",
  "/": "divide",
  "%": "take the remainder of",
};

/** Kinds that an operator takes on its left. */
const operands: Readonly<Record<Arithmetic, readonly Kind[]>> = {
  "+": ["number", "string", "list", "timestamp", "duration"],
  "-": ["number", "timestamp", "duration"],
  "*": ["number"],
  "/": ["number"],
  "%": ["number"],
};

export function checkArithmetic(
  checker: Checker,
  node: Extract<Node, { readonly op: "arithmetic" }>,
  locals: Locals,
): Term | undefined {
  const [first, second] = checker.all([node.left, node.right], locals) ?? [];
  if (first === undefined || second === undefined) return undefined;
  const { operator } = node;
  const action = `${verbs[operator]} ${checker.quote(node.left)} and ${checker.quote(node.right)}`;
  const kinds = operands[operator];
  const like = first.type.kind === "any" && kinds.includes(second.type.kind) ? [second.type.kind] : kinds;
  const left = checker.expect(first, like, action, node.left);
  if (left === undefined) return undefined;
  const right = checker.expect(second, partners(left.type.kind, operator), action, node.right);
  if (right === undefined) return undefined;
  const partial = (operator === "/" || operator === "%") && !(right.op === "constant" && right.value !== 0);
  const missing = left.missing || right.missing || partial;
  const tunable = left.tunable || right.tunable;
  const type = resultType(left.type, right.type, operator);
  return fold({ op: "arithmetic", operator, left, right, type, missing, tunable, ...bare(node) });
}

/** Kinds that may stand to the right of an operator. */
function partners(left: Kind, operator: Arithmetic): readonly Kind[] {
  if (left === "timestamp") return operator === "-" ? ["timestamp", "duration"] : ["duration"];
  if (left === "duration") return operator === "+" ? ["duration", "timestamp"] : ["duration"];
  return left === "null" ? operands[operator] : [left];
}

function resultType(left: Type, right: Type, operator: Arithmetic): Type {
  if (left.kind === "timestamp") return operator === "-" && right.kind === "timestamp" ? durationType : timestampType;
  if (left.kind === "duration") return right.kind === "timestamp" ? timestampType : durationType;
  return left.kind === "null" ? numberType : left;
}
