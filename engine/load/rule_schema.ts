/**
 * The structure of packs as JSON Schema: what every rule may say, and for each kind what it adds. The loader checks with
 * it, editors complete from it (`vigie schema`). Meaning is the compiler's.
 */
import type { Kind } from "../kinds/kind.ts";
import { kinds } from "../kinds/mod.ts";
import { severities } from "../model/alert.ts";

export type Schema = Readonly<Record<string, unknown>>;

const scalar = { type: ["string", "number", "boolean"] } as const;
const name = { type: "string", pattern: "^[A-Za-z0-9][A-Za-z0-9_.-]*$" } as const;
const identifier = { pattern: "^[A-Za-z_][A-Za-z0-9_]*$" } as const;
const duration = { type: "string", format: "duration" } as const;
const names = { anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }] } as const;
const labels = { type: "object", additionalProperties: scalar } as const;
const condition = { $ref: "#/$defs/condition" } as const;
const severityWord = { enum: severities } as const;
const severity = {
  description: `One of ${severities.join(", ")}, or an ordered map word → condition: the first that holds wins.`,
  anyOf: [severityWord, {
    type: "object",
    minProperties: 1,
    propertyNames: severityWord,
    additionalProperties: condition,
  }],
} as const;

/** What a condition may be. Trees are read by the condition parser, which says more than a schema could. */
export const conditionSchema: Schema = {
  description: "An expression, or a tree of `all`, `any`, `not`, `{ condition: name }` and json-rules-engine leaves.",
  type: ["string", "boolean", "object"],
};

/** What every rule may say; kinds add to it and refuse some of it. */
export const ofEveryRule = {
  id: { ...name, description: "Name of the rule, unique in the pack." },
  title: { type: "string", description: "One line for people." },
  description: { type: "string", description: "What the rule is for." },
  kind: { enum: Object.keys(kinds), description: "How the rule decides." },
  status: { enum: ["live", "shadow", "disabled"], description: "Default: live. Shadow rules alert nobody." },
  evaluate: { enum: ["arrival", "event_time"], description: "Decide as events arrive (default), or in event time." },
  was: { type: "string", description: "The id that the rule had before: keeps its state." },
  on: { ...names, description: "The stream that the rule reads, or a list of streams." },
  where: { ...condition, description: "Admits events; a map stream → condition where streams differ." },
  key: {
    description: "Whose events belong together: an expression, a list, or a map name → expression.",
    anyOf: [{ type: "string" }, { type: "array", minItems: 1, items: { type: ["string", "object"] } }, {
      type: "object",
      minProperties: 1,
      additionalProperties: { type: ["string", "array", "object"] },
    }],
  },
  when: { ...condition, description: "The condition that decides." },
  criteria: {
    type: "object",
    minProperties: 1,
    additionalProperties: condition,
    description: "Name → condition, each shown by the alert; without `when`, one must match.",
  },
  severity,
  message: { type: "string", description: "Text of the alert, with `{expression}` places." },
  entities: {
    type: "object",
    description: "Name → expression: the business ids that the alert carries.",
    additionalProperties: { type: ["string", "number", "boolean", "object"] },
  },
  context: {
    description: "`event`, or a list of fields of the deciding event that the alert carries.",
    anyOf: [{ enum: ["event"] }, { type: "array", items: { type: "string" } }],
  },
  labels: { ...labels, description: "Added to every alert." },
  runbook: { type: "string", description: "Where to read what to do." },
  sinks: { ...names, description: "Where alerts go." },
  limit: {
    type: "object",
    additionalProperties: false,
    required: ["max", "every"],
    description: "At most `max` alerts in any `every`, per key unless `per` says otherwise: `{ max: 1, every: 30m }`.",
    properties: {
      max: { type: "integer", minimum: 1, description: "The most alerts that pass." },
      every: { ...duration, description: "The event time in which they are counted, such as 30m." },
      per: { ...names, description: "Parts of the key; of rules without a key, any expressions of the event." },
    },
  },
  notify_resolved: { type: "boolean", description: "Tell when the episode is over." },
  emit_to: { ...names, description: "Outputs of records." },
  record: {
    type: "object",
    minProperties: 1,
    additionalProperties: scalar,
    description: "Name → expression: the fields of a record.",
  },
} as const;

/** Properties of a rule of a kind. */
export function rulePropertiesOf(kind: Kind): Readonly<Record<string, Schema>> {
  const common = Object.entries(ofEveryRule).filter(([property]) => kind.refuses?.includes(property) !== true);
  return { ...Object.fromEntries(common), ...kind.properties };
}

/** The schema of a rule of a kind; `$defs.condition` is the document's. */
export function ruleSchema(kind: Kind): Schema {
  return {
    type: "object",
    additionalProperties: false,
    description: kind.summary,
    required: ["id", "kind", ...kind.required],
    properties: rulePropertiesOf(kind),
  };
}

const list = {
  anyOf: [{ type: "array", items: scalar }, {
    type: "object",
    required: ["file"],
    additionalProperties: false,
    properties: {
      file: { type: "string", minLength: 1, description: "One value a line, # comments; relative to the pack." },
      type: { enum: ["string", "number"] },
    },
  }, {
    type: "object",
    required: ["redis"],
    additionalProperties: false,
    properties: {
      redis: { type: "string", minLength: 1, description: "Key of a Redis set." },
      refresh: { ...duration, description: "How often the list is read again. Default: 30s." },
      type: { enum: ["string", "number"] },
    },
  }],
} as const;

/** The head of a pack: everything but the rules. */
export const packProperties = {
  pack: { ...name, description: "Name of the pack, unique in the project." },
  owner: { type: "string", description: "Who answers for the pack." },
  description: { type: "string", description: "What the pack is for." },
  params: {
    type: "object",
    propertyNames: identifier,
    description: "Numbers and words that a deployment may change: `params.<name>` in expressions.",
    additionalProperties: {
      type: "object",
      description: "Such as `{ type: number, default: 1500, min: 100, max: 100000 }`.",
      required: ["type", "default"],
      additionalProperties: false,
      properties: {
        type: { enum: ["number", "string", "boolean"] },
        default: scalar,
        min: { type: "number" },
        max: { type: "number" },
        unit: { type: "string" },
        description: { type: "string" },
      },
    },
  },
  lists: {
    type: "object",
    propertyNames: identifier,
    description: "Sets of values: `lists.<name>` in expressions.",
    additionalProperties: list,
  },
  conditions: {
    type: "object",
    description: "Named conditions: `{ condition: name }` in trees.",
    additionalProperties: condition,
  },
  lookups: {
    type: "object",
    propertyNames: identifier,
    description: "Rows of Redis hashes: `lookup.<name>.<field>` in expressions.",
    additionalProperties: {
      type: "object",
      required: ["redis_hash", "fields"],
      additionalProperties: false,
      properties: {
        redis_hash: { type: "string", minLength: 1, description: "Key of the hash, with `{expression}` places." },
        fields: {
          type: "object",
          minProperties: 1,
          propertyNames: identifier,
          additionalProperties: { enum: ["string", "number", "boolean"] },
          description: "Name → type of each field that rules read.",
        },
        cache: { ...duration, description: "How long a row may be served from memory. Default: 60s." },
      },
    },
  },
  defaults: {
    type: "object",
    additionalProperties: false,
    description: "What rules have that do not say otherwise.",
    properties: { severity: severityWord, sinks: names, labels },
  },
  rules: { type: "array", minItems: 1, description: "The rules." },
} as const;

export const packRequired = ["pack", "rules"] as const;
