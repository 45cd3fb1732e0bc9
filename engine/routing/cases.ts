/**
 * Tests of routes, beside the deployment file: `vigie.test.yaml` beside `vigie.yaml`. Each case names an alert and every
 * sink that it must reach, those of the rule and of every alert included.
 */
import { compileSchema } from "../load/ajv.ts";
import { readDocument } from "../load/document.ts";
import { checkStructure } from "../load/structure.ts";
import type { Alert } from "../model/alert.ts";
import { severities } from "../model/alert.ts";
import { type Path, type Problem, problem } from "../model/problem.ts";
import { isFields, type Value } from "../model/value.ts";
import { alertOfFields } from "./way.ts";

export interface RouteCase {
  readonly name: string;
  readonly path: Path;
  readonly alert: Alert;
  readonly sinks: readonly string[];
}

const alertSchema = {
  description: "The fields that routes ask for.",
  type: "object",
  properties: { severity: { enum: severities }, status: { enum: ["firing", "resolved"] } },
};

const schema = {
  type: "object",
  additionalProperties: false,
  required: ["routes"],
  properties: {
    routes: {
      type: "array",
      minItems: 1,
      items: {
        type: "object",
        additionalProperties: false,
        required: ["name", "alert", "expect"],
        properties: {
          name: { type: "string", minLength: 1 },
          alert: alertSchema,
          expect: {
            type: "object",
            additionalProperties: false,
            required: ["sinks"],
            properties: { sinks: { type: "array", items: { type: "string" } } },
          },
        },
      },
    },
  },
} as const;

/** The cases of a file, and what is wrong with it. */
export function readCases(text: string, file: string): { cases: readonly RouteCase[]; problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const value = readDocument(text, (kind, offset, facts) => {
    problems.push(problem(kind, { file, path: [], offset }, facts));
  });
  const isSound = checkStructure(
    compileSchema(schema, "all"),
    value ?? {},
    "the tests of routes",
    (kind, path, facts, at = "value") => void problems.push(problem(kind, { file, path, at }, facts)),
  );
  if (!isSound || !isFields(value)) return { cases: [], problems };
  return { cases: listOf(value.routes).map(caseOf), problems };
}

function caseOf(raw: Value, i: number): RouteCase {
  const { name, alert, expect } = isFields(raw) ? raw : {};
  const sinks = isFields(expect) ? listOf(expect.sinks).map(String) : [];
  const read = alertOfFields(isFields(alert) ? alert : {});
  return { name: String(name), path: ["routes", i], alert: read, sinks };
}

function listOf(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? value : [];
}
