/** What names mean: from a vocabulary to terms. Unknown names and fields are reported, each with the nearest one known. */
import { nearest } from "../model/problem.ts";
import { expressionProblems } from "../model/problems/expressions.ts";
import {
  anyType,
  booleanType,
  describeType,
  type FieldType,
  numberType,
  stringType,
  timestampType,
  type Type,
} from "../model/type.ts";
import { isFields, type Value } from "../model/value.ts";
import type { Vocabulary } from "./expression.ts";
import { hintForName } from "./hints.ts";
import type { Range } from "./node.ts";
import type { Report } from "./report.ts";
import type { ReadTerm, Root, Step, Term } from "./term.ts";

/** Names that stand before a dot and are no values. */
export const sections = ["params", "lists", "lookup", "change"] as const;

const builtinTypes = { time: timestampType, matched: numberType, score: numberType, decision: stringType } as const;
const changeTypes = { op: stringType, ts_ms: numberType } as const;

/** Own property of a record with any names. */
export function own<T>(record: { readonly [name: string]: T }, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** Every name that an expression may begin with. */
export function knownNames(vocabulary: Vocabulary): string[] {
  const { aliases, values, builtins, params, lists, lookups } = vocabulary;
  const filled = { params, lists, lookup: lookups };
  return [
    ...Object.keys(aliases),
    ...Object.keys(values),
    ...builtins,
    ...Object.entries(filled).filter(([, names]) => Object.keys(names).length > 0).map(([section]) => section),
    ...(changedAlias(vocabulary) === undefined ? [] : ["change"]),
  ];
}

/** The alias whose changes `change` describes. */
function changedAlias(vocabulary: Vocabulary): string | undefined {
  return Object.keys(vocabulary.aliases).find((alias) => own(vocabulary.aliases, alias)?.change === true);
}

/** Type of a parameter's value. */
export function typeOfValue(value: Value): Type {
  if (Array.isArray(value)) return { kind: "list", of: value[0] === undefined ? anyType : typeOfValue(value[0]) };
  if (typeof value === "string") return stringType;
  if (typeof value === "number") return numberType;
  if (typeof value === "boolean") return booleanType;
  return isFields(value) ? anyType : { kind: "null" };
}

/** The names of one vocabulary. */
export class Names {
  constructor(readonly vocabulary: Vocabulary, private readonly report: Report) {}

  /** The same names with another reporter. */
  reporting(report: Report): Names {
    return new Names(this.vocabulary, report);
  }

  /** Whether a name stands for a value: such a name hides the sections and `math`. */
  knows(name: string): boolean {
    const { aliases, values, builtins } = this.vocabulary;
    return Object.hasOwn(values, name) || Object.hasOwn(aliases, name) || builtins.some((known) => known === name);
  }

  /** Type of what a name stands for; of sections, any. */
  typeOf(name: string): Type {
    const { aliases, values, builtins } = this.vocabulary;
    const builtin = builtins.find((known) => known === name);
    return own(values, name)?.type ?? own(aliases, name)?.type ??
      (builtin === undefined ? anyType : builtinTypes[builtin]);
  }

  /** The value that a name stands for; undefined, reported, when there is none. */
  name(name: string, range: Range): Term | undefined {
    const { aliases, values, builtins } = this.vocabulary;
    const value = own(values, name);
    if (value !== undefined) {
      return this.read({ from: "value", index: value.index }, [name], value.type, value.optional, range);
    }
    const alias = own(aliases, name);
    if (alias !== undefined) {
      return this.read({ from: "alias", alias: name }, [name], alias.type, alias.optional, range);
    }
    const builtin = builtins.find((known) => known === name);
    if (builtin !== undefined) {
      return this.read({ from: "builtin", name: builtin }, [name], builtinTypes[builtin], false, range);
    }
    const known = knownNames(this.vocabulary);
    const facts = { name, hint: hintForName(name, this.vocabulary, known), known, note: undefined };
    this.report(expressionProblems.unknownVariable, facts, { path: [], range });
    return undefined;
  }

  /** `params.x`, `lists.x`, `lookup.x`, `change.x`. */
  inSection(section: (typeof sections)[number], field: string, range: Range): Term | undefined {
    if (section === "params") return this.param(field, range);
    if (section === "lists") return this.list(field, range);
    return section === "lookup" ? this.lookup(field, range) : this.change(field, range);
  }

  private param(name: string, range: Range): Term | undefined {
    const value = own(this.vocabulary.params, name);
    if (value === undefined) return this.unknownIn("params", name, Object.keys(this.vocabulary.params), range);
    return { op: "constant", value, type: typeOfValue(value), missing: value === null, tunable: true, ...bare(range) };
  }

  /** A list by name; undefined, reported, when the pack has none of this name. */
  list(name: string, range: Range): Term | undefined {
    const list = own(this.vocabulary.lists, name);
    if (list === undefined) return this.unknownIn("lists", name, Object.keys(this.vocabulary.lists), range);
    const of = list.type === "string" ? stringType : numberType;
    return { op: "set", list, type: { kind: "list", of }, missing: false, tunable: false, ...bare(range) };
  }

  private lookup(name: string, range: Range): Term | undefined {
    const lookup = own(this.vocabulary.lookups, name);
    if (lookup === undefined) return this.unknownIn("lookup", name, Object.keys(this.vocabulary.lookups), range);
    const fields = Object.entries(lookup.fields).map(([field, type]): [string, FieldType] => [
      field,
      { type, optional: true, description: "" },
    ]);
    const type: Type = { kind: "object", fields: Object.fromEntries(fields) };
    return this.read({ from: "lookup", lookup: name }, ["lookup", name], type, true, range);
  }

  private change(field: string, range: Range): Term | undefined {
    const alias = changedAlias(this.vocabulary);
    const stream = alias === undefined ? undefined : own(this.vocabulary.aliases, alias);
    if (stream === undefined) {
      this.name("change", { start: range.start, end: range.start + "change".length });
      return undefined;
    }
    const path = ["change", field];
    if (field === "before") return this.read({ from: "change", field }, path, stream.type, true, range);
    if (field === "op" || field === "ts_ms") {
      const missing = field === "ts_ms" || stream.optional;
      return this.read({ from: "change", field }, path, changeTypes[field], missing, range);
    }
    return this.unknownIn("change", field, ["op", "before", "ts_ms"], range);
  }

  private unknownIn(owner: string, field: string, known: readonly string[], range: Range): undefined {
    const facts = { owner, field, nearest: nearest(field, known), known, declared: undefined };
    this.report(expressionProblems.unknownField, facts, { path: [], range: lastPart(range, field) });
    return undefined;
  }

  private read(root: Root, path: readonly string[], type: Type, missing: boolean, range: Range): ReadTerm {
    return {
      op: "read",
      root,
      steps: [],
      path,
      type,
      missing,
      guard: root.from === "change" && root.field === "before" ? path.join(".") : undefined,
      values: undefined,
      tunable: false,
      ...bare(range),
    };
  }

  /** A field of a term; undefined, reported, when its type has no such field. */
  field(of: Term, name: string, range: Range): Term | undefined {
    if (of.type.kind !== "object" && of.type.kind !== "any") {
      const facts = {
        action: `read field "${name}" of "${pathText(of) ?? "the value"}"`,
        expected: "an object",
        found: describeType(of.type),
        declared: this.declared(of),
        help: undefined,
      };
      this.report(expressionProblems.typeMismatch, facts, { path: [], range: lastPart(range, name) });
      return undefined;
    }
    const loose = of.type.kind === "any";
    const declared: FieldType | undefined = of.type.kind === "object"
      ? own(of.type.fields, name)
      : { type: anyType, optional: true, description: "" };
    if (declared === undefined) return this.unknownField(of, name, range);
    const step: Step = { name, guarded: of.missing, loose };
    const common = {
      type: declared.type,
      missing: of.missing || declared.optional,
      tunable: of.tunable,
      ...bare(range),
    };
    if (of.op !== "read") return { op: "step", of, step, ...common };
    const path = [...of.path, name];
    const optional = declared.optional && !loose && of.root.from !== "lookup";
    const guard = optional ? path.join(".") : of.guard;
    return { ...of, ...common, steps: [...of.steps, step], path, guard, values: declared.values };
  }

  /** An element of a list that a path leads to. */
  element(of: ReadTerm, index: number, range: Range): Term {
    const step: Step = { name: index, guarded: of.missing, loose: of.type.kind !== "list" };
    const type = of.type.kind === "list" ? of.type.of : anyType;
    const path = [...of.path, String(index)];
    return { ...of, steps: [...of.steps, step], path, type, missing: true, values: undefined, ...bare(range) };
  }

  private unknownField(of: Term, field: string, range: Range): undefined {
    const known = of.type.kind === "object" ? Object.keys(of.type.fields) : [];
    const owner = pathText(of) ?? "the object";
    const facts = {
      owner,
      field,
      nearest: nearest(field, known),
      known,
      declared: this.schemaNote(of, "fields are declared"),
    };
    this.report(expressionProblems.unknownField, facts, { path: [], range: lastPart(range, field) });
    return undefined;
  }

  /** Where a read field is declared, and as what. */
  declared(term: Term): string | undefined {
    if (term.op !== "read" || term.steps.length === 0) return undefined;
    if (term.steps.some((step) => step.loose)) return undefined;
    const optional = term.guard === term.path.join(".") ? ", optional" : "";
    return this.schemaNote(term, "declared")?.concat(` as ${describeType(term.type)}${optional}`);
  }

  private schemaNote(term: Term, how: string): string | undefined {
    if (term.op !== "read") return undefined;
    const { root } = term;
    const alias = root.from === "alias"
      ? root.alias
      : root.from === "change"
      ? changedAlias(this.vocabulary)
      : undefined;
    const file = alias === undefined ? undefined : own(this.vocabulary.aliases, alias)?.schemaFile;
    return file === undefined ? undefined : `${how} in ${file}`;
  }

  /** Fields of the alias of a path that have one of these kinds, for help. */
  fieldsOfKind(term: Term, kinds: readonly Type["kind"][]): string | undefined {
    if (term.op !== "read" || term.root.from !== "alias") return undefined;
    const { alias } = term.root;
    const type = own(this.vocabulary.aliases, alias)?.type;
    if (type?.kind !== "object") return undefined;
    const fitting = Object.keys(type.fields).filter((name) =>
      kinds.includes(own(type.fields, name)?.type.kind ?? "any")
    );
    if (fitting.length === 0) return undefined;
    const quoted = fitting.map((name) => `"${name}"`).join(", ");
    const kind = kinds[0] === "number" ? "numeric" : kinds[0] ?? "";
    return `${kind} fields of "${alias}" are ${quoted}`;
  }
}

function bare({ start, end }: Range): Range {
  return { start, end };
}

/** Range of the last segment of a path that ends with it. */
function lastPart(range: Range, name: string): Range {
  return { start: Math.max(range.start, range.end - name.length), end: range.end };
}

/** `payment.card.country` for a read, else undefined. */
export function pathText(term: Term): string | undefined {
  return term.op === "read" ? term.path.join(".") : undefined;
}
