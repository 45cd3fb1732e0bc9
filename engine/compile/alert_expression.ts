/** Expressions over what leaves the engine, named `alert`: the bodies that receivers with a format of their own ask for. */
import { compileExpression } from "../conditions/mod.ts";
import { aliasProperty, createScope } from "../model/scope.ts";
import { anyType, numberType, stringType, type Type } from "../model/type.ts";
import type { Fields, Value } from "../model/value.ts";
import { alertStream } from "./alerts.ts";

/** Alerts and records have not all fields in common, so each may be missing. */
const types: Readonly<Record<string, Type>> = {
  ...Object.fromEntries(Object.entries(alertStream.type.fields).map(([name, { type }]) => [name, type])),
  output: stringType,
  decision: stringType,
  score: numberType,
  features: anyType,
  reasons: { kind: "list", of: stringType },
};

const fields = Object.fromEntries(
  Object.entries(types).map(([name, type]) => [name, { type, optional: true, description: "" }]),
);

const vocabulary = {
  aliases: {
    alert: {
      type: { kind: "object", fields },
      optional: false,
      schemaFile: alertStream.schemaFile,
      change: false,
    },
  },
  values: {},
  params: {},
  lists: {},
  lookups: {},
  conditions: {},
  builtins: [],
} as const;

/** The value of an expression for an alert or a record; undefined where it has none. Throws a sentence when it is wrong. */
export function alertExpression(text: string): (item: Fields) => Value | undefined {
  const faults: string[] = [];
  const expression = compileExpression(text, vocabulary, undefined, (kind, facts) => {
    if (kind.severity !== "error") return;
    const { message, help } = kind.say(facts);
    faults.push(help === undefined ? message : `${message} (${help})`);
  });
  if (expression === undefined) throw new Error(`The expression "${text}" is wrong: ${faults.join("; ")}`);
  const scope = createScope(["alert"]);
  return (item) => {
    scope[aliasProperty("alert")] = item;
    return expression.evaluate(scope);
  };
}
