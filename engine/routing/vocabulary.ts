/** What conditions of routes and silences may name: `alert`, with the fields of contracts/alert.schema.json. */
import { alertStream } from "../compile/alerts.ts";
import type { Vocabulary } from "../conditions/expression.ts";
import type { Alert } from "../model/alert.ts";
import { aliasProperty, createScope, type Scope } from "../model/scope.ts";
import type { ObjectType } from "../model/type.ts";

const { fields } = alertStream.type;

/** Unlike rules over alerts, routes see resolved alerts too. */
const type: ObjectType = {
  kind: "object",
  fields: {
    ...fields,
    status: { type: { kind: "string" }, optional: false, description: "", values: ["firing", "resolved"] },
  },
};

export const alertVocabulary: Vocabulary = {
  aliases: { alert: { type, optional: false, schemaFile: alertStream.schemaFile, change: false } },
  values: {},
  params: {},
  lists: {},
  lookups: {},
  conditions: {},
  builtins: [],
};

/** A scope in which `alert` is this one. */
export function scopeOf(alert: Alert): Scope {
  const scope = createScope(["alert"]);
  scope[aliasProperty("alert")] = {
    ...alert,
    criteria: alert.criteria.map((criterion) => ({ ...criterion })),
    evidence: alert.evidence.map((place) => ({ ...place })),
  };
  return scope;
}
