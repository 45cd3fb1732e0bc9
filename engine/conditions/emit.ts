/**
 * Terms as JavaScript source. Three forms of the same meaning: `value` (undefined or null for no value), and for booleans
 * `truth` (it has the value true) and `falsity` (it has the value false), which need no third value and are shorter.
 * Nothing is allocated per evaluation: loops of macros are functions beside the expression, constants are captured.
 */
import { aliasProperty } from "../model/scope.ts";
import type { Value } from "../model/value.ts";
import { emitLeaf } from "./emit_leaf.ts";
import { emitMacro } from "./emit_macro.ts";
import { compilePattern, matchDynamic } from "./regex.ts";
import type { ReadTerm, Root, Step, Term } from "./term.ts";
import { element, field, holds, order, same } from "./values.ts";

/** Up to this many constants `in` becomes a row of comparisons, above a Set. */
const shortList = 4;

type Of<Op extends Term["op"]> = Extract<Term, { readonly op: Op }>;

/** Collects the source of one compiled function, and the values that it captures. */
export class Emitter {
  readonly captured: unknown[] = [];
  readonly functions: string[] = [];
  /** Variables of the macros around the code being emitted, outermost first. */
  locals: readonly string[] = [];
  private temporaries: string[] = [];
  private count = 0;

  /** Name of a value that the code refers to. */
  capture(value: unknown): string {
    const known = this.captured.indexOf(value);
    return `c${known >= 0 ? known : this.captured.push(value) - 1}`;
  }

  /** A fresh variable of the function being emitted. */
  temporary(): string {
    const name = `t${this.count++}`;
    this.temporaries.push(name);
    return name;
  }

  /** A function of its own: body source with its variables declared; gives the function's name. */
  define(parameters: readonly string[], body: () => string): string {
    const outer = this.temporaries;
    this.temporaries = [];
    const source = body();
    const variables = this.temporaries.length === 0 ? "" : `let ${this.temporaries.join(", ")};\n`;
    this.temporaries = outer;
    const name = `f${this.functions.length}`;
    this.functions.push(`function ${name}(${parameters.join(", ")}) {\n${variables}${source}\n}`);
    return name;
  }

  /** Code of a term's value; nullish when it has none. */
  value(term: Term): string {
    switch (term.op) {
      case "constant":
        return this.constant(term.value);
      case "set":
        return `[...${this.capture(term.list.values)}]`;
      case "read":
        return this.read(term);
      case "step":
        return this.step(this.value(term.of), term.step);
      case "at":
        return this.strict(
          [term.of, term.index],
          ([of, index]) =>
            term.of.type.kind === "list" ? `${of}[${index}]` : `${this.capture(element)}(${of}, ${index})`,
        );
      case "list":
        return this.strict(term.items, (items) => `[${items.join(", ")}]`);
      case "has":
        return `(${this.value(term.of)} != null)`;
      case "not":
        return this.strict([term.of], ([of]) => `!${of}`);
      case "negate":
        return this.strict([term.of], ([of]) => `(-${of})`);
      case "and":
      case "or":
        return this.logic(term);
      case "choose":
        return this.choose(term, (branch) => this.value(branch), "undefined");
      case "compare":
        return this.strict([term.left, term.right], ([left = "", right = ""]) => this.comparison(term, left, right));
      case "arithmetic":
        return this.strict([term.left, term.right], ([left = "", right = ""]) => this.arithmetic(term, left, right));
      case "in":
        return this.membership(term);
      case "narrow":
        return this.narrow(term);
      case "call":
        return this.strict(
          term.args,
          (args) =>
            term.spec.inline === undefined
              ? `${this.capture(term.spec.run)}(${args.join(", ")})`
              : term.spec.inline(args),
        );
      case "matches":
        return this.matches(term);
      case "macro":
        return emitMacro(this, term);
      default:
        return this.truth(term);
    }
  }

  /** Code that is truthy exactly when a boolean term has the value true. */
  truth(term: Term): string {
    switch (term.op) {
      case "and":
        return `(${this.truth(term.left)} && ${this.truth(term.right)})`;
      case "or":
        return `(${this.truth(term.left)} || ${this.truth(term.right)})`;
      case "not":
        return this.falsity(term.of);
      case "choose":
        return this.choose(term, (branch) => this.truth(branch), "false");
      case "every":
        return term.items.length === 0 ? "true" : `(${term.items.map((item) => this.truth(item)).join(" && ")})`;
      case "some":
        return term.items.length === 0 ? "true" : `(${term.items.map((item) => this.truth(item)).join(" || ")})`;
      case "unless":
        return `!${this.truth(term.of)}`;
      case "leaf":
        return emitLeaf(this, term);
      case "compare":
        if (this.plainEquality(term)) return `(${this.value(term.left)} === ${this.value(term.right)})`;
        return this.all([term.left, term.right], ([left = "", right = ""]) => this.comparison(term, left, right));
      case "in":
        if (term.right.op === "set") return this.member(term, this.value(term.left), this.value(term.right));
        break;
    }
    return term.missing ? `(${this.value(term)} === true)` : this.value(term);
  }

  /** Code that is truthy exactly when a boolean term has the value false. */
  falsity(term: Term): string {
    if (term.op === "and") return `(${this.falsity(term.left)} || ${this.falsity(term.right)})`;
    if (term.op === "or") return `(${this.falsity(term.left)} && ${this.falsity(term.right)})`;
    if (term.op === "not") return this.truth(term.of);
    return term.missing ? `(${this.value(term)} === false)` : `!${this.value(term)}`;
  }

  /** Code over operands that all have a value; `undefined` where one has none. */
  strict(terms: readonly Term[], build: (operands: readonly string[]) => string): string {
    const { operands, checks } = this.operands(terms);
    const code = build(operands);
    if (checks.length === 0) return code;
    return `(${checks.map((check) => `${check} == null`).join(" || ")} ? undefined : ${code})`;
  }

  /** Like `strict` for a boolean whose lack counts as false. */
  private all(terms: readonly Term[], build: (operands: readonly string[]) => string): string {
    const { operands, checks } = this.operands(terms);
    return `(${[...checks.map((check) => `${check} != null`), build(operands)].join(" && ")})`;
  }

  private operands(terms: readonly Term[]): { operands: string[]; checks: string[] } {
    const checks: string[] = [];
    const operands = terms.map((term) => {
      const code = this.value(term);
      if (!term.missing) return code;
      const name = this.temporary();
      checks.push(`(${name} = ${code})`);
      return name;
    });
    return { operands, checks };
  }

  /** A literal, or a captured list. */
  private constant(value: Value): string {
    if (value === null) return "undefined";
    if (typeof value === "object") return this.capture(value);
    const code = Object.is(value, -0) ? "-0" : typeof value === "number" ? String(value) : JSON.stringify(value);
    return typeof value === "number" && code.startsWith("-") ? `(${code})` : code;
  }

  read(term: ReadTerm): string {
    const { root } = term;
    const start = root.from === "lookup" && root.lookup in Object.prototype
      ? `${this.capture(field)}(s.lookup, ${JSON.stringify(root.lookup)})`
      : rootCode(root, term);
    return term.steps.reduce((code, step) => this.step(code, step), start);
  }

  private step(code: string, { name, guarded, loose }: Step): string {
    if (typeof name === "number") {
      if (loose) return `${this.capture(element)}(${code}, ${name})`;
      return `${code}${guarded ? "?." : ""}[${name}]`;
    }
    if (loose || name in Object.prototype) return `${this.capture(field)}(${code}, ${JSON.stringify(name)})`;
    return `${code}${property(name, guarded)}`;
  }

  private logic(term: Of<"and" | "or">): string {
    const { left, right } = term;
    const [sign, decided] = term.op === "and" ? ["&&", "false"] : ["||", "true"];
    if (!left.missing) return `(${this.truth(left)} ${sign} ${this.value(right)})`;
    const first = this.temporary();
    const start = `(${first} = ${this.value(left)}) === ${decided} ? ${decided}`;
    if (!right.missing) {
      const [yes, no] = term.op === "and" ? [first, "false"] : ["true", first];
      return `(${start} : ${this.truth(right)} ? ${yes} : ${no})`;
    }
    const second = this.temporary();
    return `(${start} : (${second} = ${this.value(right)}) === ${decided} ? ${decided} : ` +
      `${first} == null ? undefined : ${second})`;
  }

  private choose(term: Of<"choose">, branch: (term: Term) => string, otherwise: string): string {
    const [yes, no] = [branch(term.yes), branch(term.no)];
    if (!term.test.missing) return `(${this.truth(term.test)} ? ${yes} : ${no})`;
    const test = this.temporary();
    return `((${test} = ${this.value(term.test)}) === true ? ${yes} : ${test} === false ? ${no} : ${otherwise})`;
  }

  /** Scalars are equal by `===`; a missing side never equals a constant, so no check is needed for the truth of it. */
  private plainEquality(term: Of<"compare">): boolean {
    const scalar = [term.left, term.right].some((side) => isScalar(side.type.kind));
    return term.operator === "==" && scalar && !(term.left.missing && term.right.missing);
  }

  private comparison(term: Of<"compare">, left: string, right: string): string {
    const kinds = [term.left.type.kind, term.right.type.kind];
    if (term.operator === "==" || term.operator === "!=") {
      if (kinds.some(isScalar)) return `(${left} ${term.operator}= ${right})`;
      return `${term.operator === "!=" ? "!" : ""}${this.capture(same)}(${left}, ${right})`;
    }
    if (!kinds.includes("any")) return `(${left} ${term.operator} ${right})`;
    const found = this.temporary();
    const code = `((${found} = ${this.capture(order)}(${left}, ${right})) === undefined ? undefined : `;
    return `${code}${found} ${term.operator} 0)`;
  }

  /** `/` and `%` have no value where the result is not a finite number. */
  private arithmetic(term: Of<"arithmetic">, left: string, right: string): string {
    if (term.type.kind === "list") return `${left}.concat(${right})`;
    const code = `(${left} ${term.operator} ${right})`;
    if (term.operator !== "/" && term.operator !== "%") return code;
    if (staysFinite(term)) return code;
    const result = this.temporary();
    return `((${result} = ${code}) - ${result} === 0 ? ${result} : undefined)`;
  }

  private membership(term: Of<"in">): string {
    if (term.right.op === "set") return this.strict([term.left], ([left = ""]) => this.member(term, left, ""));
    const constants = term.right.op === "constant" && Array.isArray(term.right.value) ? term.right.value : undefined;
    if (constants === undefined || !constants.every((constant) => typeof constant !== "object")) {
      return this.strict([term.left, term.right], ([left = "", right = ""]) => this.member(term, left, right));
    }
    if (constants.length > shortList) {
      const set = this.capture(new Set(constants));
      return this.strict([term.left], ([left]) => `${set}.has(${left})`);
    }
    const left = this.temporary();
    const tests = constants.map((constant) => `${left} === ${this.constant(constant)}`).join(" || ") || "false";
    if (term.left.missing) return `((${left} = ${this.value(term.left)}) == null ? undefined : ${tests})`;
    return `((${left} = ${this.value(term.left)}), ${tests})`;
  }

  private member(term: Of<"in">, left: string, right: string): string {
    if (term.right.op === "set") return `${this.capture(term.right.list.values)}.has(${left})`;
    if (term.right.type.kind === "object") return `Object.hasOwn(${right}, ${left})`;
    return isScalar(term.left.type.kind) ? `${right}.includes(${left})` : `${this.capture(holds)}(${right}, ${left})`;
  }

  private narrow(term: Of<"narrow">): string {
    const found = this.temporary();
    const code = `(${found} = ${this.value(term.of)})`;
    const { kind } = term.type;
    if (kind === "list") return `(Array.isArray(${code}) ? ${found} : undefined)`;
    return `(typeof ${code} === ${JSON.stringify(kind)}${
      kind === "object" ? ` && !Array.isArray(${found})` : ""
    } ? ${found} : undefined)`;
  }

  private matches(term: Of<"matches">): string {
    const { of, pattern } = term;
    if (pattern.op !== "constant" || typeof pattern.value !== "string") {
      return this.strict([of, pattern], (args) => `${this.capture(matchDynamic)}(${args.join(", ")})`);
    }
    const matcher = compilePattern(pattern.value);
    return this.strict([of], ([text]) => `${this.capture(matcher)}(${text})`);
  }
}

/** Fields and aggregates are finite, and what is finite stays so under a divisor of at least 1. */
function staysFinite({ left, right }: Of<"arithmetic">): boolean {
  return left.op === "read" && right.op === "constant" && Math.abs(Number(right.value)) >= 1;
}

export function isScalar(kind: string): boolean {
  return kind !== "any" && kind !== "list" && kind !== "object" && kind !== "null";
}

/** `.name`, or `["na-me"]`. */
function property(name: string, guarded: boolean): string {
  if (/^[A-Za-z_$][A-Za-z0-9_$]*$/.test(name)) return `${guarded ? "?." : "."}${name}`;
  return `${guarded ? "?." : ""}[${JSON.stringify(name)}]`;
}

function rootCode(root: Root, term: ReadTerm): string {
  switch (root.from) {
    case "alias":
      return `s${property(aliasProperty(root.alias), false)}`;
    case "value":
      return `s.values[${root.index}]`;
    case "builtin":
      return `s.${root.name}`;
    case "lookup":
      return `s.lookup${property(root.lookup, false)}`;
    case "change":
      return `s.change${root.field === "op" && !term.missing ? "." : "?."}${root.field}`;
    case "local":
      return root.name;
  }
}
