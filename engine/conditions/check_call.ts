/** Calls: functions by the types of their arguments, macros over lists, `has` and `matches`. */
import { expressionProblems } from "../model/problems/expressions.ts";
import { ruleProblems } from "../model/problems/rules.ts";
import { anyType, booleanType, describeType, type Type } from "../model/type.ts";
import type { Checker, Locals } from "./check.ts";
import { fold } from "./fold.ts";
import { functionNames, type FunctionSpec, overloads } from "./functions.ts";
import { aggregateNamed, hintForCall } from "./hints.ts";
import { listMacros, type Node, textOf } from "./node.ts";
import { compilePattern } from "./regex.ts";
import { bare, describeKinds, type ReadTerm, type Term } from "./term.ts";

type Call = Extract<Node, { readonly op: "call" }>;

/** The term of a call; undefined when something in it was reported. */
export function checkCall(checker: Checker, node: Call, locals: Locals): Term | undefined {
  if (node.name === "has" && node.receiver === undefined) return checkHas(checker, node, locals);
  const macro = listMacros.find((name) => name === node.name);
  if (macro !== undefined && node.receiver !== undefined) return checkMacro(checker, node, macro, locals);
  const math = node.receiver?.op === "name" && node.receiver.name === "math" && !locals.has("math") &&
    !checker.names.knows("math");
  const form = math ? "math" : node.receiver === undefined ? "function" : "method";
  const nodes = node.receiver === undefined || math ? node.args : [node.receiver, ...node.args];
  const args = checker.all(nodes, locals);
  if (form === "method" && node.name === "matches") {
    return args === undefined ? undefined : checkMatches(checker, node, nodes, args);
  }
  const candidates = overloads(node.name, form);
  if (candidates.length === 0) return unknownFunction(checker, node, form);
  return args === undefined ? undefined : resolve(checker, node, candidates, args);
}

function unknownFunction(checker: Checker, node: Call, form: FunctionSpec["form"]): undefined {
  const site = { path: [], range: bare(node) };
  const aggregate = form === "function" ? aggregateNamed(node.name) : undefined;
  if (aggregate?.startsWith(`${node.name}(`) === true) {
    checker.report(ruleProblems.nestedAggregate, { call: aggregate }, site);
    return undefined;
  }
  const known = functionNames();
  const hint = aggregate === undefined
    ? hintForCall(node.name, form, known)
    : `write \`${aggregate}\`, as a line of its own under \`aggregate\``;
  const call = form === "math" ? `math.${node.name}` : node.name;
  checker.report(expressionProblems.unknownFunction, { call, hint, known }, site);
  return undefined;
}

function resolve(
  checker: Checker,
  node: Call,
  specs: readonly FunctionSpec[],
  args: readonly Term[],
): Term | undefined {
  const spec = specs.find((spec) => fits(spec, args, false)) ?? specs.find((spec) => fits(spec, args, true));
  if (spec === undefined) {
    const found = args.length === 0 ? "no arguments" : args.map((arg) => describeType(arg.type)).join(" and ");
    const takes = [...new Set(specs.map(describeArguments))].join(", or ");
    const facts = { call: callName(node, specs), takes, found };
    checker.report(expressionProblems.wrongArguments, facts, { path: [], range: bare(node) });
    return undefined;
  }
  const narrowed = args.map((arg, i) => checker.expect(arg, [kindAt(spec, i)], `call "${node.name}"`, arg));
  const sound = narrowed.filter((arg) => arg !== undefined);
  if (sound.length < narrowed.length) return undefined;
  const missing = spec.partial || sound.some((arg) => arg.missing);
  const tunable = sound.some((arg) => arg.tunable);
  return fold({ op: "call", spec, args: sound, type: spec.result, missing, tunable, ...bare(node) });
}

function kindAt(spec: FunctionSpec, i: number): Type["kind"] {
  return spec.takes[Math.min(i, spec.takes.length - 1)] ?? "any";
}

/** Whether arguments fit; `loosely`: a value of unknown type may turn out to fit. */
function fits(spec: FunctionSpec, args: readonly Term[], loosely: boolean): boolean {
  const most = spec.repeats === true ? Infinity : spec.takes.length;
  if (args.length < spec.takes.length - (spec.optional ?? 0) || args.length > most) return false;
  return args.every((arg, i) => {
    const kind = kindAt(spec, i);
    if (arg.type.kind === kind || arg.type.kind === "null") return true;
    return loosely && arg.type.kind === "any" && kind !== "timestamp" && kind !== "duration" && kind !== "object";
  });
}

function callName(node: Call, specs: readonly FunctionSpec[]): string {
  return specs[0]?.form === "math" ? `math.${node.name}` : node.name;
}

/** `a string and a number`; of a method without what stands before the dot. */
function describeArguments(spec: FunctionSpec): string {
  const needed = spec.takes.length - (spec.optional ?? 0);
  const words = spec.takes.map((kind, i) => `${i < needed ? "" : "optionally "}${describeKinds([kind])}`);
  if (spec.repeats === true) words.push("more of them");
  const [first = "", ...rest] = words;
  if (spec.form !== "method") return words.join(" and ");
  return `${first} before the dot${rest.length === 0 ? "" : ` and ${rest.join(" and ")}`}`;
}

/** `has(payment.card.country)`: false for missing, for null, and when the event is not at hand. */
function checkHas(checker: Checker, node: Call, locals: Locals): Term | undefined {
  const [arg] = node.args;
  if (arg === undefined || node.args.length !== 1 || !isPath(arg)) {
    const source = node.args.map((each) => textOf(each, checker.source)).join(", ");
    for (const each of node.args) checker.check(each, locals);
    checker.report(expressionProblems.hasNeedsField, { source, isEvent: false }, { path: [], range: bare(node) });
    return undefined;
  }
  const of = checker.check(arg, locals);
  if (of === undefined) return undefined;
  if (of.op === "read" && of.root.from === "alias" && of.steps.length === 0 && !of.missing) {
    const facts = { source: textOf(arg, checker.source), isEvent: true };
    checker.report(expressionProblems.hasNeedsField, facts, { path: [], range: bare(arg) });
    return undefined;
  }
  const common = { type: booleanType, missing: false, tunable: of.tunable, ...bare(node) };
  return of.missing ? { op: "has", of, ...common } : { op: "constant", value: true, ...common };
}

function isPath(node: Node): boolean {
  return node.op === "name" || ((node.op === "select" || node.op === "index") && isPath(node.of));
}

function checkMatches(checker: Checker, node: Call, nodes: readonly Node[], args: readonly Term[]): Term | undefined {
  const [first, second] = args;
  if (first === undefined || second === undefined || args.length !== 2) {
    const facts = {
      call: "matches",
      takes: "a string before the dot and a pattern",
      found: `${args.length - 1} arguments`,
    };
    checker.report(expressionProblems.wrongArguments, facts, { path: [], range: bare(node) });
    return undefined;
  }
  const action = `match ${nodes[0] === undefined ? "it" : checker.quote(nodes[0])}`;
  const of = checker.expect(first, ["string"], action, nodes[0] ?? node);
  const pattern = checker.expect(second, ["string"], `${action} with a pattern`, nodes[1] ?? node);
  if (of === undefined || pattern === undefined) return undefined;
  if (pattern.op === "constant" && typeof pattern.value === "string") {
    const compiled = compilePattern(pattern.value);
    if (typeof compiled !== "function") {
      const facts = { pattern: pattern.value, wrong: compiled.refused };
      checker.report(expressionProblems.badPattern, facts, { path: [], range: bare(nodes[1] ?? node) });
      return undefined;
    }
  }
  const missing = of.missing || pattern.missing || pattern.op !== "constant";
  const tunable = of.tunable || pattern.tunable;
  return fold({ op: "matches", of, pattern, type: booleanType, missing, tunable, ...bare(node) });
}

/** `list.exists(x, condition)` and its like: `x` is an element, a name of the macro alone. */
function checkMacro(
  checker: Checker,
  node: Call,
  macro: (typeof listMacros)[number],
  locals: Locals,
): Term | undefined {
  const receiver = node.receiver === undefined ? undefined : checker.check(node.receiver, locals);
  const [variable, ...bodies] = node.args;
  const count = macro === "map" ? bodies.length === 1 || bodies.length === 2 : bodies.length === 1;
  if (variable?.op !== "name" || !count) {
    const takes = `a name and ${macro === "map" ? "an expression" : "a condition"}: \`list.${macro}(x, …)\``;
    const facts = { call: macro, takes, found: `${node.args.length} arguments` };
    checker.report(expressionProblems.wrongArguments, facts, { path: [], range: bare(node) });
    return undefined;
  }
  const of = receiver &&
    checker.expect(receiver, ["list"], `call "${macro}" of ${textOf(receiver, checker.source)}`, receiver);
  const element = localOf(checker, variable.name, of?.type.kind === "list" ? of.type.of : anyType, node);
  const terms = checker.all(bodies, new Map([...locals, [variable.name, element]]));
  const body = terms?.[terms.length - 1];
  const where = terms?.length === 2 ? terms[0] : undefined;
  if (of === undefined || body === undefined) return undefined;
  return macroTerm(checker, node, macro, of, element, where, body);
}

function localOf(checker: Checker, name: string, type: Type, node: Call): ReadTerm {
  const root = { from: "local", name: checker.localName() } as const;
  const missing = type.kind === "any";
  const common = { guard: undefined, values: undefined, tunable: false, ...bare(node) };
  return { op: "read", root, steps: [], path: [name], type, missing, ...common };
}

function macroTerm(
  checker: Checker,
  node: Call,
  macro: (typeof listMacros)[number],
  of: Term,
  element: ReadTerm,
  filter: Term | undefined,
  found: Term,
): Term | undefined {
  const action = `use ${textOf(found, checker.source)} as a condition`;
  const body = macro === "map" ? found : checker.expect(found, ["boolean"], action, found);
  const where = filter && checker.expect(filter, ["boolean"], action, filter);
  if (body === undefined || (filter !== undefined && where === undefined)) return undefined;
  const type: Type = macro === "map" ? { kind: "list", of: body.type } : macro === "filter" ? of.type : booleanType;
  const missing = of.missing || body.missing || where?.missing === true;
  const tunable = of.tunable || body.tunable;
  const variable = element.root.from === "local" ? element.root.name : "v";
  return { op: "macro", macro, of, variable, where, body, type, missing, tunable, ...bare(node) };
}
