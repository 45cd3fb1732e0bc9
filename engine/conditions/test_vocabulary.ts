/** For tests only: vocabularies, scopes and reports in one line each. */
import { type LocalSite, type Vocabulary } from "./expression.ts";
import { aliasProperty, createScope, type Scope } from "../model/scope.ts";
import type { ProblemKind } from "../model/problem.ts";
import {
  anyType,
  booleanType,
  type FieldType,
  numberType,
  type ObjectType,
  stringType,
  type Type,
} from "../model/type.ts";
import type { Fields, Value } from "../model/value.ts";
import type { Report } from "./report.ts";

/** A type as tests write it: "number", "string?" for an optional field, a list of one, an object, or an enumeration. */
export type TypeText = string | readonly [TypeText] | { readonly [field: string]: TypeText } | {
  readonly values: string;
};

const simple: Readonly<Record<string, Type>> = {
  number: numberType,
  string: stringType,
  boolean: booleanType,
  any: anyType,
  timestamp: { kind: "timestamp" },
  duration: { kind: "duration" },
};

/** An object type: `{ amount: "number", country: "string?", tags: ["string"], method: "card|wallet" }`. */
export function objectType(fields: { readonly [field: string]: TypeText }): ObjectType {
  return {
    kind: "object",
    fields: Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, fieldType(text)])),
  };
}

function fieldType(text: TypeText): FieldType {
  if (typeof text !== "string") {
    const type: Type = isList(text) ? { kind: "list", of: fieldType(text[0]).type } : objectType({ ...text });
    return { type, optional: false, description: "" };
  }
  const optional = text.endsWith("?");
  const name = optional ? text.slice(0, -1) : text;
  if (name.includes("|")) return { type: stringType, optional, description: "", values: name.split("|") };
  if (name.startsWith("{")) return { type: objectType({ inner: "string" }), optional, description: "" };
  return { type: simple[name] ?? anyType, optional, description: "" };
}

function isList(text: TypeText): text is readonly [TypeText] {
  return Array.isArray(text);
}

/** The fields of the alias `payment` in most tests. */
export const paymentFields = {
  amount: "number",
  risk_score: "number?",
  status: "succeeded|failed|pending",
  country: "string",
  method: "string",
  device_id: "string?",
  is_flagged: "boolean",
  is_new: "boolean?",
  tags: ["string"],
  codes: ["number"],
  card: { bin: "string", country: "string?" },
  shipping: "{}?",
  extra: "any",
  created_at: "string",
} as const;

/** A vocabulary over `payment`; parts given replace those of the default. */
export function vocabulary(more: Partial<Vocabulary> = {}): Vocabulary {
  return {
    aliases: {
      payment: {
        type: objectType(paymentFields),
        optional: false,
        schemaFile: "contracts/events/payment.schema.json",
        change: false,
      },
    },
    values: {},
    params: {},
    lists: {},
    lookups: {},
    conditions: {},
    builtins: ["time"],
    ...more,
  };
}

/** A scope whose aliases hold the given events. */
export function scopeOf(events: { readonly [alias: string]: Fields | undefined }, more: Partial<Scope> = {}): Scope {
  const scope = createScope(Object.keys(events));
  for (const [alias, data] of Object.entries(events)) scope[aliasProperty(alias)] = data;
  return Object.assign(scope, more);
}

/** A payment with every required field. */
export function payment(fields: { readonly [name: string]: Value } = {}): Fields {
  return {
    amount: 20,
    status: "succeeded",
    country: "FR",
    method: "card",
    is_flagged: false,
    tags: [],
    codes: [],
    card: { bin: "411111" },
    extra: null,
    created_at: "2026-01-05T10:00:00Z",
    ...fields,
  };
}

/** One problem as a test sees it. */
export interface Told {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly notes: readonly string[];
  readonly help: string | undefined;
  readonly site: LocalSite;
}

/** A reporter and what it was told. */
export function recorder(): { readonly told: Told[]; readonly report: Report } {
  const told: Told[] = [];
  const report = <A>(kind: ProblemKind<A>, facts: A, site: LocalSite): void => {
    const said = kind.say(facts);
    const { code, severity } = kind;
    told.push({ code, severity, message: said.message, notes: said.notes ?? [], help: said.help, site });
  };
  return { told, report };
}
