/**
 * Condition trees (language.md §2): `all`, `any`, `not`, `{condition: name}`, leaves of json-rules-engine, and
 * expressions. A tree becomes one term; a leaf without value is false, so `not` of it is true (semantics.md 14).
 */
import { nearest, type ProblemKind } from "../model/problem.ts";
import { expressionProblems } from "../model/problems/expressions.ts";
import { booleanType } from "../model/type.ts";
import { isFields } from "../model/value.ts";
import { canonicalOf } from "./canonical.ts";
import { checkText } from "./compile.ts";
import type { Condition, LocalSite, Vocabulary } from "./expression.ts";
import { generateTest } from "./generate.ts";
import { type Present, presentWhen, union, warnUnguarded } from "./guards.ts";
import { engineRefuses } from "./json_rules.ts";
import { readLeaf } from "./leaf.ts";
import { Names, own } from "./names.ts";
import { readsOf, requiresOf } from "./reads.ts";
import type { Report } from "./report.ts";
import type { Term } from "./term.ts";

type Path = LocalSite["path"];

const branches = ["all", "any", "not", "condition"] as const;

const shapes = "write an expression, `all: […]`, `any: […]`, `not: …`, `{ condition: name }` or " +
  "`{ fact, path, operator, value }`";

/** Words by which other languages know a branch. */
const otherWords: Readonly<Record<string, (typeof branches)[number]>> = {
  and: "all",
  every: "all",
  allof: "all",
  or: "any",
  some: "any",
  anyof: "any",
  oneof: "any",
  none: "not",
  ref: "condition",
  name: "condition",
};

function meantBranch(word: string): string | undefined {
  const lower = word.toLowerCase();
  return Object.hasOwn(otherWords, lower) ? otherWords[lower] : nearest(word, [...branches, "fact"]);
}

/** Steps of a path below which a tree is refused: no condition that a person wrote comes near. */
const deepest = 100;

/** Where a part of a tree stands: below the node that was given, or inside a named condition. */
interface Place {
  readonly path: Path;
  /** Named conditions being expanded, outermost first. */
  readonly names: readonly string[];
}

/** A condition as written, against a vocabulary; undefined when it has an error. */
export function compileCondition(tree: unknown, vocabulary: Vocabulary, report: Report): Condition | undefined {
  const reader = new TreeReader(vocabulary, report);
  const term = reader.read(tree, { path: [], names: [] });
  if (term === undefined) return undefined;
  const refused = engineRefuses(tree);
  if (refused !== undefined) {
    report(expressionProblems.badTree, { wrong: refused, help: "see the documentation of json-rules-engine" }, {
      path: [],
    });
    return undefined;
  }
  reader.warn(term, new Set());
  const source = describeTree(tree);
  const constant = term.op === "constant" ? term.value === true : undefined;
  if (constant !== undefined && !term.tunable && typeof tree !== "boolean" && source !== String(constant)) {
    report(expressionProblems.constantCondition, { source, value: constant }, { path: [] });
  }
  return {
    source,
    test: generateTest(term),
    reads: readsOf([term]),
    canonical: canonicalOf(term),
    requires: requiresOf(term),
    constant,
  };
}

/** Reads a tree into one term; remembers where each expression stands, for warnings. */
class TreeReader {
  private readonly reports = new Map<Term, { readonly names: Names; readonly report: Report }>();

  constructor(private readonly vocabulary: Vocabulary, private readonly report: Report) {}

  read(tree: unknown, place: Place): Term | undefined {
    if (typeof tree === "string" || typeof tree === "boolean" || typeof tree === "number") {
      return this.expression(String(tree), place);
    }
    if (place.path.length > deepest) return this.wrong(place, "it is nested too deeply");
    if (!isFields(tree)) return this.wrong(place, `${describeJson(tree)} is no condition`);
    const [branch, ...others] = branches.filter((name) => Object.hasOwn(tree, name));
    if (branch === undefined) return this.leafOr(tree, place);
    const extra = [...others, ...Object.keys(tree).filter((name) => name !== branch && !isDecoration(name))];
    if (extra[0] !== undefined) return this.wrong(place, `"${extra[0]}" cannot stand beside "${branch}"`);
    if (branch === "condition") return this.named(tree.condition, place);
    if (branch === "not") return this.not(tree.not, place);
    return this.branch(branch, tree[branch], place);
  }

  private expression(text: string, place: Place): Term | undefined {
    const report = this.at(place);
    const names = new Names(this.vocabulary, report);
    const term = checkText(text, names, ["boolean"], report);
    if (term !== undefined) this.reports.set(term, { names, report });
    return term;
  }

  /** A leaf, or a branch whose word is misspelt or another language's. */
  private leafOr(tree: Readonly<Record<string, unknown>>, place: Place): Term | undefined {
    const [word] = Object.keys(tree).filter((name) => !isDecoration(name));
    if (word === undefined) return this.wrong(place, "it is empty");
    if (Object.hasOwn(tree, "fact") || Object.hasOwn(tree, "operator")) return this.leaf(tree, place);
    const meant = meantBranch(word);
    const help = meant === undefined ? undefined : `did you mean "${meant}"?`;
    return this.wrong(below(place, word), `"${word}" is no part of a condition`, help, "key");
  }

  private leaf(tree: Readonly<Record<string, unknown>>, place: Place): Term | undefined {
    const report = this.at(place);
    const names = new Names(this.vocabulary, report);
    return readLeaf(tree, names, report);
  }

  private branch(name: "all" | "any", items: unknown, place: Place): Term | undefined {
    if (!Array.isArray(items)) {
      return this.wrong(below(place, name), `"${name}" needs a list of conditions`, `write \`${name}: [ … ]\``);
    }
    const terms = items.map((item, i) => this.read(item, below(place, name, i)));
    const sound = terms.filter((term) => term !== undefined);
    if (sound.length < terms.length) return undefined;
    const decided = name === "any";
    const deciding = sound.find((term) => isConstant(term, decided));
    if (deciding !== undefined) return deciding;
    const left = sound.filter((term) => !isConstant(term, !decided));
    const tunable = sound.some((term) => term.tunable);
    const common = { type: booleanType, missing: false, tunable, start: 0, end: 0 };
    if (left.length === 0) return { op: "constant", value: items.length === 0 || !decided, ...common };
    return { op: name === "all" ? "every" : "some", items: left, ...common };
  }

  private not(item: unknown, place: Place): Term | undefined {
    if (Array.isArray(item)) return this.wrong(place, `"not" takes one condition, no list`);
    const of = this.read(item, below(place, "not"));
    if (of === undefined) return undefined;
    const common = { type: booleanType, missing: false, tunable: of.tunable, start: 0, end: 0 };
    return of.op === "constant"
      ? { op: "constant", value: of.value !== true, ...common }
      : { op: "unless", of, ...common };
  }

  private named(name: unknown, place: Place): Term | undefined {
    if (typeof name !== "string") return this.wrong(place, `"condition" needs the name of a condition`);
    const report = this.at(below(place, "condition"));
    const known = Object.keys(this.vocabulary.conditions);
    if (!known.includes(name)) {
      report(expressionProblems.unknownCondition, { name, nearest: nearest(name, known), known }, { path: [] });
      return undefined;
    }
    if (place.names.includes(name)) {
      const cycle = [...place.names.slice(place.names.indexOf(name)), name];
      report(expressionProblems.conditionCycle, { cycle }, { path: [] });
      return undefined;
    }
    const names = [...place.names, name];
    const path = place.names.length === 0 ? [...place.path, "condition"] : place.path;
    return this.read(own(this.vocabulary.conditions, name), { path, names });
  }

  private wrong(place: Place, wrong: string, help = shapes, at: "key" | "value" = "value"): undefined {
    this.at(place)(expressionProblems.badTree, { wrong, help }, { path: [], at });
    return undefined;
  }

  /** Reports below a place; what is wrong inside a named condition stands where the name does, and says so. */
  private at(place: Place): Report {
    const name = place.names[place.names.length - 1];
    if (name === undefined) {
      return (kind, facts, site) => this.report(kind, facts, { ...site, path: [...place.path, ...site.path] });
    }
    return (kind, facts) => this.report(inCondition(kind, name), facts, { path: place.path });
  }

  /** Warns of optional fields, expression by expression; `all` and `any` guard across their items. */
  warn(term: Term, present: Present): void {
    const known = this.reports.get(term);
    if (known !== undefined) return warnUnguarded(term, known.names, known.report, present);
    if (term.op === "unless") return this.warn(term.of, present);
    if (term.op !== "every" && term.op !== "some") return;
    for (const item of term.items) {
      const others = term.items.filter((other) => other !== item);
      this.warn(item, others.map((other) => presentWhen(other, term.op === "every")).reduce(union, present));
    }
  }
}

function below(place: Place, ...names: (string | number)[]): Place {
  return place.names.length > 0 ? place : { ...place, path: [...place.path, ...names] };
}

/** The same problem with a note that names the condition in which it stands. */
function inCondition<A>(kind: ProblemKind<A>, name: string): ProblemKind<A> {
  return {
    ...kind,
    say: (facts) => {
      const said = kind.say(facts);
      return { ...said, notes: [...said.notes ?? [], `in condition "${name}"`] };
    },
  };
}

function isConstant(term: Term, value: boolean): boolean {
  return term.op === "constant" && term.value === value;
}

/** Keys that json-rules-engine knows and that change no outcome. */
function isDecoration(name: string): boolean {
  return name === "name" || name === "priority";
}

/** A tree on one line: `payment.is_flagged || (a && b)`. */
export function describeTree(tree: unknown): string {
  if (!isFields(tree)) return String(tree).trim().replace(/\s+/g, " ");
  for (const [branch, sign] of [["all", " && "], ["any", " || "]] as const) {
    const items = tree[branch];
    if (Array.isArray(items)) return items.map((item) => parenthesized(item)).join(sign);
  }
  if (tree.not !== undefined) return `not ${parenthesized(tree.not)}`;
  if (typeof tree.condition === "string") return tree.condition;
  const path = typeof tree.path === "string" ? tree.path.replace(/^\$/, "") : "";
  return `${String(tree.fact)}${path} ${String(tree.operator)} ${describeJson(tree.value)}`;
}

function parenthesized(tree: unknown): string {
  const text = describeTree(tree);
  const branched = isFields(tree) ? Array.isArray(tree.all) || Array.isArray(tree.any) : / (&&|\|\||\?) /.test(text);
  return branched ? `(${text})` : text;
}

function describeJson(value: unknown): string {
  if (isFields(value) && typeof value.list === "string") return `lists.${value.list}`;
  return JSON.stringify(value) ?? "nothing";
}
