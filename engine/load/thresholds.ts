/** Thresholds of customers and rows of lookups from a file or a test: YAML or JSON, checked, with every problem. */
import { severities } from "../model/alert.ts";
import { type Path, type Problem, problem, type ProblemKind } from "../model/problem.ts";
import { documentProblems } from "../model/problems/documents.ts";
import { testProblems } from "../model/problems/tests.ts";
import type { Threshold } from "../model/threshold.ts";
import { parseDuration } from "../model/time.ts";
import { type Fields, isFields, type Value } from "../model/value.ts";
import { compileSchema } from "./ajv.ts";
import { readDocument } from "./document.ts";
import { createReader, shown, textOf } from "./files.ts";
import { checkStructure } from "./structure.ts";
import { lookupRowsSchema, thresholdSchema } from "./test_schema.ts";

export interface LoadedFile<T> {
  /** Undefined when there is an error. */
  readonly content: T | undefined;
  readonly problems: readonly Problem[];
  readonly texts: ReadonlyMap<string, string>;
}

/** Rows by lookup and by key as the lookup's template renders it. */
export type LookupRows = { readonly [lookup: string]: { readonly [key: string]: Fields } };

/** The threshold that a row stands for; its structure is sound. */
export function thresholdOf(row: Fields): Threshold {
  const direction = row.above === undefined ? "below" : "above";
  const limit = isFields(row.limit) ? row.limit : undefined;
  return {
    tenant: String(row.tenant),
    metric: String(row.metric),
    direction,
    value: Number(row[direction]),
    limit: limit && { max: Number(limit.max), every: parseDuration(String(limit.every)) ?? 0 },
    severity: severities.find((one) => one === row.severity),
    webhook: typeof row.webhook === "string" ? row.webhook : undefined,
  };
}

/** Reports rows that say both `above` and `below`, or neither. */
export function checkDirections(
  rows: readonly Fields[],
  path: Path,
  report: <A>(kind: ProblemKind<A>, path: Path, facts: A) => void,
): void {
  for (const [i, row] of rows.entries()) {
    const given = ["above", "below"].filter((direction) => row[direction] !== undefined);
    if (given.length !== 1) report(testProblems.oneDirection, [...path, i], { given });
  }
}

/** A list of thresholds. Never throws for what the file says. */
export async function readThresholds(path: string): Promise<LoadedFile<readonly Threshold[]>> {
  return await readFile(path, "a list of thresholds", { type: "array", items: thresholdSchema }, (value, report) => {
    const rows = Array.isArray(value) ? value.filter(isFields) : [];
    checkDirections(rows, [], report);
    return rows.map(thresholdOf);
  });
}

/** Rows of lookups, as tests give them. Never throws for what the file says. */
export async function readLookupRows(path: string): Promise<LoadedFile<LookupRows>> {
  return await readFile(path, "rows of lookups", lookupRowsSchema, (value) => {
    if (!isFields(value)) return {};
    return Object.fromEntries(Object.entries(value).map(([lookup, rows]) => [lookup, rowsOf(rows)]));
  });
}

function rowsOf(value: Value): { readonly [key: string]: Fields } {
  if (!isFields(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, row]) => [key, isFields(row) ? row : {}]));
}

type Report = <A>(kind: ProblemKind<A>, path: Path, facts: A) => void;

async function readFile<T>(
  path: string,
  what: string,
  schema: Readonly<Record<string, unknown>>,
  contentOf: (value: Value, report: Report) => T,
): Promise<LoadedFile<T>> {
  const file = shown(path);
  const reader = createReader();
  const report: Report = (kind, at, facts) => reader.problems.push(problem(kind, { file, path: at }, facts));
  const text = await textOf(file, reader);
  if (typeof text !== "string") report(documentProblems.unreadable, [], { path: file, reason: text.reason });
  const value = typeof text !== "string" ? undefined : readDocument(text, (kind, offset, facts) => {
    reader.problems.push(problem(kind, { file, path: [], offset }, facts));
  });
  if (value === undefined) {
    if (reader.problems.length === 0) report(documentProblems.emptyFile, [], { what });
    return { content: undefined, ...reader };
  }
  const isSound = checkStructure(compileSchema(schema, "all"), value, what, (kind, at, facts, where = "value") => {
    reader.problems.push(problem(kind, { file, path: at, at: where }, facts));
  });
  const content = isSound ? contentOf(value, report) : undefined;
  return { content: reader.problems.length > 0 ? undefined : content, ...reader };
}
