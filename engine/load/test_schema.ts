/** The structure of test files as JSON Schema (language.md §4): for the loader and for editors. */
import type { Schema } from "./rule_schema.ts";
import { severities } from "../model/alert.ts";

const duration = { type: "string", format: "duration" } as const;
const at = {
  type: "string",
  format: "offset",
  description: "Time since the start; may be negative.",
};
const fields = { type: "object" } as const;

/** Words of a line of `given` that are no stream. */
export const lineProperties = {
  at,
  advance: { enum: [true], description: "Move the time without an event: `{ at: 1h, advance: true }`." },
  repeat: { type: "integer", minimum: 1, description: "How many such events." },
  every: { ...duration, description: "Time between repeated events." },
  partition: { type: "integer", minimum: 0, description: "Partition of the events. Default: 0." },
} as const;

/** A threshold of a customer, as in the thresholds file. */
export const thresholdSchema: Schema = {
  type: "object",
  additionalProperties: false,
  required: ["tenant", "metric"],
  properties: {
    tenant: { type: ["string", "number"] },
    metric: { type: "string" },
    above: { type: "number", description: "Alert strictly above." },
    below: { type: "number", description: "Alert strictly below." },
    limit: {
      type: "object",
      additionalProperties: false,
      required: ["max", "every"],
      properties: { max: { type: "integer", minimum: 1 }, every: duration },
    },
    severity: { enum: severities },
    webhook: { type: "string" },
  },
};

/** Rows of lookups. */
export const lookupRowsSchema: Schema = {
  type: "object",
  additionalProperties: { type: "object", additionalProperties: fields },
  description: "Lookup → key as its template renders it → fields of the row.",
};

const common = {
  at: { ...at, description: "Its event time, since the start." },
  rule: { type: "string", description: "Id of the rule." },
  pack: { type: "string" },
  id: { type: "string" },
  key: fields,
  entities: fields,
  values: fields,
  window: { type: ["object", "null"] },
  event_time: { type: "string" },
} as const;

const alert = {
  type: "object",
  additionalProperties: false,
  minProperties: 1,
  description: "What one alert must have; what is not named may be anything.",
  properties: {
    ...common,
    severity: { enum: severities },
    status: { enum: ["firing", "resolved"] },
    fingerprint: { type: "string" },
    episode: { type: "string" },
    revision: { type: "string" },
    kind: { type: "string" },
    title: { type: "string" },
    message: { type: "string" },
    criteria: { type: "array" },
    detected_at: { type: "string" },
    evidence: { type: "array" },
    evidence_total: { type: "integer" },
    context: fields,
    suppressed: { type: "integer" },
    shadow: { type: "boolean" },
    labels: fields,
    runbook: { type: ["string", "null"] },
  },
} as const;

const record = {
  type: "object",
  additionalProperties: false,
  minProperties: 1,
  description: "What one record must have; what is not named may be anything.",
  properties: { ...common, output: { type: "string" } },
} as const;

/** The whole file. Lines of `given` are maps whose other keys are streams; `line` is what stands for them. */
export function testFileSchema(line: Schema): Schema {
  return {
    type: "object",
    additionalProperties: false,
    required: ["pack", "start"],
    properties: {
      pack: { type: "string", description: "The pack that is tested." },
      start: { type: "string", description: "The time of `at: 0s`, in RFC 3339." },
      defaults: {
        type: "object",
        additionalProperties: fields,
        description: "Stream → fields that every event of it has unless it says otherwise.",
      },
      tests: {
        type: "array",
        description: "The tests.",
        items: {
          type: "object",
          additionalProperties: false,
          required: ["name", "given"],
          properties: {
            name: { type: "string", minLength: 1, description: "What the test shows, as a sentence." },
            given: { type: "array", items: line, description: "Events in order of arrival." },
            expect: { type: "array", items: alert, description: "Alerts; any other fails the test." },
            records: { type: "array", items: record, description: "Records; looked at only where this is present." },
            others: { enum: ["allowed"], description: "Further alerts do not fail the test." },
            lookups: lookupRowsSchema,
            thresholds: { type: "array", items: thresholdSchema, description: "Thresholds of customers." },
          },
        },
      },
    },
  };
}

/** A line of `given` whose streams are known only to the contracts. */
export const openLine: Schema = { type: "object", required: ["at"], properties: lineProperties };
