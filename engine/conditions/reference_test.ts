/**
 * Compiled expressions against two others on random expressions and events: a naive walk of the syntax tree that spells
 * out what no value means, and, where every field has a value, the CEL library's own evaluator.
 */
import { Environment } from "@marcbachmann/cel-js";
import { expect } from "expect";
import fc from "fast-check";
import type { Fields, Value } from "../model/value.ts";
import { parseCel } from "./cel.ts";
import { compileCondition, compileExpression } from "./mod.ts";
import type { Node } from "./node.ts";
import { objectType, recorder, scopeOf, vocabulary } from "./test_vocabulary.ts";

type Maybe = Value | undefined;

/** The meaning of a node, spelled out; undefined is no value. */
function walk(node: Node, of: { readonly [name: string]: Maybe }): Maybe {
  switch (node.op) {
    case "literal":
      return node.value ?? undefined;
    case "name":
      return of[node.name];
    case "select": {
      const owner = walk(node.of, of);
      const found = isObject(owner) && Object.hasOwn(owner, node.field) ? owner[node.field] : undefined;
      return found ?? undefined;
    }
    case "not": {
      const value = walk(node.of, of);
      return typeof value === "boolean" ? !value : undefined;
    }
    case "negate": {
      const value = walk(node.of, of);
      return typeof value === "number" ? -value : undefined;
    }
    case "and":
    case "or": {
      const [left, right] = [walk(node.left, of), walk(node.right, of)];
      const decided = node.op === "or";
      if (left === decided || right === decided) return decided;
      return left === undefined || right === undefined ? undefined : !decided;
    }
    case "choose": {
      const test = walk(node.test, of);
      return test === undefined ? undefined : walk(test === true ? node.yes : node.no, of);
    }
    case "list": {
      const items = node.items.map((item) => walk(item, of));
      return items.some((item) => item === undefined) ? undefined : items.map((item) => item ?? null);
    }
    case "in": {
      const [left, right] = [walk(node.left, of), walk(node.right, of)];
      return left === undefined || !Array.isArray(right) ? undefined : right.includes(left);
    }
    case "compare":
      return compare(node.operator, walk(node.left, of), walk(node.right, of));
    case "arithmetic":
      return compute(node.operator, walk(node.left, of), walk(node.right, of));
    case "call":
      return call(node, of);
    default:
      throw new Error(`no meaning for ${node.op}`);
  }
}

function isObject(value: Maybe): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function compare(operator: string, left: Maybe, right: Maybe): Maybe {
  if (left === undefined || right === undefined) return undefined;
  if (operator === "==") return left === right;
  if (operator === "!=") return left !== right;
  if (left === null || right === null) return undefined;
  return { "<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right }[operator];
}

function compute(operator: string, left: Maybe, right: Maybe): Maybe {
  if (typeof left === "string" && typeof right === "string") return left + right;
  if (typeof left !== "number" || typeof right !== "number") return undefined;
  const result =
    { "+": left + right, "-": left - right, "*": left * right, "/": left / right, "%": left % right }[operator];
  return Number.isFinite(result) ? result : undefined;
}

function call(node: Extract<Node, { op: "call" }>, of: { readonly [name: string]: Maybe }): Maybe {
  const [first, second] = node.args;
  if (node.name === "has" && first !== undefined) return walk(first, of) !== undefined;
  const receiver = node.receiver === undefined ? undefined : walk(node.receiver, of);
  if (node.name === "exists" || node.name === "all") {
    if (!Array.isArray(receiver) || first?.op !== "name" || second === undefined) return undefined;
    const results = receiver.map((item) => walk(second, { ...of, [first.name]: item }));
    const decided = node.name === "exists";
    if (results.includes(decided)) return decided;
    return results.includes(undefined) ? undefined : !decided;
  }
  const subject = node.receiver === undefined && first !== undefined ? walk(first, of) : receiver;
  if (node.name === "size") return typeof subject === "string" || Array.isArray(subject) ? subject.length : undefined;
  const part = first === undefined ? undefined : walk(first, of);
  return typeof subject === "string" && typeof part === "string" ? subject.startsWith(part) : undefined;
}

interface Grammar {
  readonly number: string;
  readonly text: string;
  readonly boolean: string;
  readonly list: string;
}

/** Random texts of each type; `optional` says whether they may read fields that events omit. */
function expressions(optional: boolean): fc.Arbitrary<string> {
  const optionals = optional ? ["e.x", "e.y", "e.deep.n"] : [];
  return fc.letrec<Grammar>((tied) => {
    const tie = (name: keyof Grammar) => tied(name).map(String);
    const binary = (operand: fc.Arbitrary<string>, operators: readonly string[]) =>
      fc.tuple(operand, fc.constantFrom(...operators), operand).map(([a, operator, b]) => `(${a} ${operator} ${b})`);
    const number = tie("number");
    const text = tie("text");
    const boolean = tie("boolean");
    const choose = (branch: fc.Arbitrary<string>) =>
      fc.tuple(boolean, branch, branch).map(([test, yes, no]) => `(${test} ? ${yes} : ${no})`);
    return {
      number: fc.oneof(
        { depthSize: "small" },
        fc.constantFrom("e.n", "e.m", "0", "1", "2.5", "e.n", ...optionals),
        binary(number, ["+", "-", "*", "%", "/"]),
        number.map((a) => `(-${a})`),
        choose(number),
        text.map((a) => `size(${a})`),
        fc.constant("e.list.size()"),
      ),
      text: fc.oneof(
        { depthSize: "small" },
        fc.constantFrom("e.s", '"a"', '""', "'b'", ...(optional ? ["e.t", "e.deep.s"] : [])),
        binary(text, ["+"]),
        choose(text),
      ),
      list: fc.constantFrom("e.list", '["a", "b"]', '["a", "b", "c", "d", "e", e.s]', '["a", "b", "c", "d", "ab"]'),
      boolean: fc.oneof(
        { depthSize: "small" },
        fc.constantFrom("e.b", "true", "false", ...(optional ? ["e.c", "has(e.x)", "has(e.deep.n)", "has(e.t)"] : [])),
        binary(number, ["==", "!=", "<", "<=", ">", ">="]),
        binary(text, ["==", "!=", "<", ">="]),
        binary(boolean, ["&&", "||", "&&", "||", "==", "!="]),
        boolean.map((a) => `!${a}`),
        choose(boolean),
        fc.tuple(text, tie("list")).map(([a, list]) => `(${a} in ${list})`),
        fc.tuple(text, text).map(([a, b]) => `${a}.startsWith(${b})`),
        fc.tuple(tie("list"), fc.constantFrom("exists", "all"), text, boolean).map(([list, macro, a, b]) =>
          `${list}.${macro}(v, v == ${a} || ${b})`
        ),
      ),
    };
  }).boolean;
}

const small = fc.constantFrom(-1, 0, 1, 2, 3, 0.5);
const word = fc.constantFrom("", "a", "b", "ab");
const required = { n: small, m: small, s: word, b: fc.boolean(), list: fc.array(word, { maxLength: 3 }) };
const optional = {
  x: fc.option(small),
  y: fc.option(small),
  t: fc.option(word),
  c: fc.option(fc.boolean()),
  deep: fc.option(fc.record({ n: fc.option(small), s: fc.option(word) }, { requiredKeys: [] })),
};
const full: fc.Arbitrary<Fields> = fc.record(required);
const ragged: fc.Arbitrary<Fields> = fc.record({ ...required, ...optional }, {
  requiredKeys: ["n", "m", "s", "b", "list"],
});

const base = objectType({
  n: "number",
  m: "number",
  s: "string",
  b: "boolean",
  list: ["string"],
  x: "number?",
  y: "number?",
  t: "string?",
  c: "boolean?",
});
const deep = { type: objectType({ n: "number?", s: "string?" }), optional: true, description: "" };
const type = { ...base, fields: { ...base.fields, deep } };
const words = vocabulary({ aliases: { e: { type, optional: false, schemaFile: "e.schema.json", change: false } } });

function compiled(text: string) {
  const { told, report } = recorder();
  const expression = compileExpression(text, words, ["boolean"], report);
  expect(told.filter((problem) => problem.severity === "error")).toEqual([]);
  return expression;
}

Deno.test("compiled expressions agree with a naive walk of the tree where fields are missing or null", () => {
  fc.assert(
    fc.property(expressions(true), ragged, (text, event) => {
      const parsed = parseCel(text);
      const meaning = "fault" in parsed ? undefined : walk(parsed.node, { e: event });
      const scope = scopeOf({ e: event });
      expect(compiled(text)?.evaluate(scope)).toBe(meaning);
      const { report } = recorder();
      expect(compileCondition(text, words, report)?.test(scope)).toBe(meaning);
      expect(compileCondition({ not: text }, words, report)?.test(scope)).toBe(meaning !== true);
      expect(compileCondition({ all: [text, "true"] }, words, report)?.test(scope) === true).toBe(meaning === true);
    }),
    { numRuns: 5_000 },
  );
});

Deno.test("an expression that says it always has a value has one", () => {
  fc.assert(
    fc.property(expressions(true), ragged, (text, event) => {
      const expression = compiled(text);
      if (expression?.mayBeMissing === false) expect(typeof expression.evaluate(scopeOf({ e: event }))).toBe("boolean");
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("compiled expressions agree with the CEL library where every field has a value", () => {
  const environment = new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false });
  environment.registerOperator("double % double", (a: number, b: number) => a % b);
  const doubles = (text: string) =>
    text.replace(/(?<![\w.])(\d+)(?![\w.])/g, "$1.0").replace(/size\(/g, "size_(")
      .replaceAll("e.list.size_()", "size_(e.list)");
  environment.registerFunction("size_(dyn): double", (value: string | readonly unknown[]) => value.length);
  fc.assert(
    fc.property(expressions(false), full, (text, event) => {
      let theirs: unknown;
      try {
        theirs = environment.evaluate(doubles(text), { e: event });
      } catch {
        theirs = undefined;
      }
      const ours = compiled(text)?.evaluate(scopeOf({ e: event }));
      if (/[/%]/.test(text)) fc.pre(ours !== undefined);
      expect(ours).toBe(theirs);
    }),
    { numRuns: 3_000 },
  );
});
