/** The file of customers' thresholds (`database: {file: …}`): a list in YAML or JSON, read at start and on reload. */
import { compileSchema } from "../load/ajv.ts";
import { readDocument } from "../load/document.ts";
import { shown } from "../load/files.ts";
import { checkStructure } from "../load/structure.ts";
import { severities } from "../model/alert.ts";
import { type Problem, problem } from "../model/problem.ts";
import { documentProblems } from "../model/problems/documents.ts";
import type { Threshold } from "../model/threshold.ts";
import { parseDuration } from "../model/time.ts";
import { type Fields, isFields } from "../model/value.ts";

const text = { type: "string", minLength: 1 } as const;

/** One line has `above` or `below`, never both. */
export const thresholdsSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "Thresholds",
  description: "Thresholds of customers on their own metrics.",
  type: "array",
  items: {
    type: "object",
    additionalProperties: false,
    required: ["tenant", "metric"],
    properties: {
      tenant: { description: "Customer, as rules of kind kpi name it.", ...text },
      metric: { description: "Metric of the customer.", ...text },
      above: { description: "Alerts when the value is greater.", type: "number" },
      below: { description: "Alerts when the value is less.", type: "number" },
      limit: {
        description: "Replaces the rule's limit.",
        type: "object",
        additionalProperties: false,
        required: ["max", "every"],
        properties: { max: { type: "integer", minimum: 1 }, every: { type: "string", format: "duration" } },
      },
      severity: { description: "Replaces the rule's severity.", enum: severities },
      webhook: { description: "Where the customer is told.", ...text },
    },
    oneOf: [{ required: ["above"] }, { required: ["below"] }],
  },
} as const;

export interface LoadedThresholds {
  readonly thresholds: readonly Threshold[];
  readonly problems: readonly Problem[];
  readonly texts: ReadonlyMap<string, string>;
}

/** Reads the file. Never throws for what it says. */
export async function loadThresholds(path: string): Promise<LoadedThresholds> {
  const file = shown(path);
  const problems: Problem[] = [];
  const read = await Deno.readTextFile(path).catch((error: unknown) => error);
  if (typeof read !== "string") {
    const reason = read instanceof Deno.errors.NotFound ? "it does not exist" : String(read);
    problems.push(problem(documentProblems.unreadable, { file, path: [] }, { path: file, reason }));
    return { thresholds: [], problems, texts: new Map() };
  }
  const value = readDocument(read, (kind, offset, facts) => {
    problems.push(problem(kind, { file, path: [], offset }, facts));
  }) ?? [];
  checkStructure(compileSchema(thresholdsSchema, "all"), value, "the thresholds", (kind, path, facts, at = "value") => {
    problems.push(problem(kind, { file, path, at }, facts));
  });
  const lines = Array.isArray(value) ? value.filter(isFields) : [];
  return { thresholds: problems.length > 0 ? [] : lines.map(thresholdOf), problems, texts: new Map([[file, read]]) };
}

function thresholdOf({ tenant, metric, above, below, limit, severity, webhook }: Fields): Threshold {
  return {
    tenant: String(tenant),
    metric: String(metric),
    direction: above === undefined ? "below" : "above",
    value: Number(above ?? below),
    limit: isFields(limit) ? { max: Number(limit.max), every: parseDuration(String(limit.every)) ?? 0 } : undefined,
    severity: severities.find((known) => known === severity),
    webhook: typeof webhook === "string" ? webhook : undefined,
  };
}
