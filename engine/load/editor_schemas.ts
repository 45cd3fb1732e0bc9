/**
 * The schemas that editors complete YAML from: whole documents, with the conditions spelt out and each kind's properties
 * offered once `kind` is written. Generated from what the loader checks with; `vigie schema` prints them.
 */
import { kinds } from "../kinds/mod.ts";
import { packProperties, packRequired, ruleSchema, type Schema } from "./rule_schema.ts";
import { streamSchema } from "./stream_schema.ts";
import { openLine, testFileSchema } from "./test_schema.ts";

const dialect = "https://json-schema.org/draft/2020-12/schema";
const condition = { $ref: "#/$defs/condition" } as const;

/** A condition and its branches; a map stream → condition stands in the same places, so further keys are allowed. */
const conditionDefinition = {
  description: "An expression, or a tree: `all`, `any`, `not`, `{ condition: name }`, or a json-rules-engine leaf.",
  anyOf: [{ type: "string" }, { type: "boolean" }, {
    type: "object",
    properties: {
      all: { type: "array", items: condition, description: "Holds when all of these hold." },
      any: { type: "array", items: condition, description: "Holds when one of these holds." },
      not: { ...condition, description: "Holds when this does not." },
      condition: { type: "string", description: "A condition of the pack by name." },
      fact: { type: "string", description: "Alias of the stream." },
      path: { type: "string", description: "Field, as `$.amount`." },
      operator: {
        enum: [
          "equal",
          "notEqual",
          "lessThan",
          "lessThanInclusive",
          "greaterThan",
          "greaterThanInclusive",
          "in",
          "notIn",
          "contains",
          "doesNotContain",
        ],
      },
      value: { description: "What the field is compared with; `{ list: name }` names a list of the pack." },
    },
  }],
} as const;

/** The schema of `rules/<domain>/<pack>.yaml`. */
function packSchema(): Schema {
  const all = Object.values(kinds);
  return {
    $schema: dialect,
    title: "Rule pack",
    description: "Rules of one domain, with their parameters, lists, conditions and lookups.",
    type: "object",
    additionalProperties: false,
    required: packRequired,
    properties: {
      ...packProperties,
      rules: {
        ...packProperties.rules,
        items: {
          type: "object",
          required: ["id", "kind"],
          properties: { id: { type: "string" }, kind: { enum: all.map(({ name }) => name) } },
          allOf: all.map((kind) => ({
            if: { properties: { kind: { const: kind.name } }, required: ["kind"] },
            then: ruleSchema(kind),
          })),
        },
      },
    },
    $defs: { condition: conditionDefinition },
  };
}

/** The schema of `<pack>.test.yaml`. */
function testsSchema(): Schema {
  return {
    $schema: dialect,
    title: "Tests of a pack",
    description: "Events at virtual times, and the alerts and records that must come of them.",
    ...testFileSchema(openLine),
  };
}

/** Every document that authors write, by the name of its schema's file. */
export const editorSchemas = {
  "rule_pack.schema.json": () => forEditors(packSchema()),
  "test_file.schema.json": () => forEditors(testsSchema()),
  "stream.schema.json": () => forEditors(streamSchema),
} satisfies Record<string, () => Schema>;

const patterns: ReadonlyMap<unknown, string> = new Map([
  ["duration", "^\\d{1,12}(ms|s|m|h|d)$"],
  ["offset", "^-?\\d{1,12}(ms|s|m|h|d)$"],
]);

/** Formats of our own as patterns: a `duration` of JSON Schema is another one (`PT5M`), and editors know it. */
export function forEditors(schema: Schema): Schema {
  const entries = Object.entries(schema).map(([name, value]): [string, unknown] => {
    const pattern = name === "format" ? patterns.get(value) : undefined;
    return pattern === undefined ? [name, within(value)] : ["pattern", pattern];
  });
  return Object.fromEntries(entries);
}

function within(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(within);
  return typeof value === "object" && value !== null ? forEditors({ ...value }) : value;
}
