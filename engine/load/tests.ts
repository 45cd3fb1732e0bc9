/** One file of tests: from the values of its YAML to a `TestFile`. A file that tests nothing is an error. */
import type { Stream } from "../model/contract.ts";
import type { Pack } from "../model/pack.ts";
import { nearest, type Path, type Problem, problem, type ProblemKind } from "../model/problem.ts";
import { testProblems as problems } from "../model/problems/tests.ts";
import type { PackTest, TestFile } from "../model/test_file.ts";
import { type Fields, isFields, type Value } from "../model/value.ts";
import { compileSchema, type SchemaCheck } from "./ajv.ts";
import { anyRuleOf, type FileReader } from "./files.ts";
import { checkStructure } from "./structure.ts";
import { checkDirections } from "./thresholds.ts";
import { checkTestFields } from "./test_fields.ts";
import { lineProperties, openLine, testFileSchema } from "./test_schema.ts";

type Report = <A>(kind: ProblemKind<A>, path: Path, facts: A, at?: "key" | "value") => void;

let ofFile: SchemaCheck | undefined;

/** The tests that a file's values stand for; undefined when their structure is wrong. */
export function readTests(file: string, value: Value, found: Problem[]): TestFile | undefined {
  const report: Report = (kind, path, facts, at = "value") => found.push(problem(kind, { file, path, at }, facts));
  ofFile ??= compileSchema(testFileSchema(openLine), "all");
  const isSound = checkStructure(ofFile, value, "the test file", report);
  if (!isFields(value)) return undefined;
  if (value.tests === undefined || (Array.isArray(value.tests) && value.tests.length === 0)) {
    report(problems.noTests, value.tests === undefined ? [] : ["tests"], {}, "key");
    return undefined;
  }
  if (!isSound) return undefined;
  const start = String(value.start);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(start) || Number.isNaN(Date.parse(start))) {
    report(problems.badStart, ["start"], { start });
    return undefined;
  }
  const tests = listOf(value.tests).map((raw, i) => readTest(raw, ["tests", i]));
  for (const [i, test] of tests.entries()) {
    const isTaken = tests.slice(0, i).some(({ name }) => name === test.name);
    if (isTaken) report(problems.duplicateTest, [...test.path, "name"], { name: test.name });
    checkDirections(test.thresholds, [...test.path, "thresholds"], report);
  }
  return { file, pack: String(value.pack), start, defaults: mapOf(value.defaults), tests };
}

function readTest(raw: Fields, path: Path): PackTest {
  return {
    name: String(raw.name),
    path,
    given: listOf(raw.given),
    expect: listOf(raw.expect),
    records: raw.records === undefined ? undefined : listOf(raw.records),
    others: raw.others === "allowed",
    lookups: mapOf(raw.lookups),
    thresholds: listOf(raw.thresholds),
  };
}

function listOf(value: Value | undefined): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

function mapOf(value: Value | undefined): { readonly [name: string]: Fields } {
  if (!isFields(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([name, fields]) => [name, isFields(fields) ? fields : {}]));
}

/** What the tests name that the project does not have: packs, rules, streams. */
export function checkTests(
  tests: TestFile,
  packs: readonly Pack[],
  streams: ReadonlyMap<string, Stream>,
  { problems: found, rejected }: FileReader,
): void {
  const report: Report = (kind, path, facts, at = "value") => {
    found.push(problem(kind, { file: tests.file, path, at }, facts));
  };
  const pack = packs.find(({ name }) => name === tests.pack);
  if (pack === undefined && rejected.packs.size === 0) {
    const known = packs.map(({ name }) => name);
    report(problems.unknownPack, ["pack"], { pack: tests.pack, nearest: nearest(tests.pack, known), known });
  }
  const known = [...streams.keys()];
  const checkStream = (stream: string, path: Path) => {
    if (streams.has(stream) || rejected.streams.has(stream)) return;
    report(problems.unknownStream, path, { stream, nearest: nearest(stream, [...known, ...words]), known }, "key");
  };
  checkTestFields(tests, streams, report);
  for (const stream of Object.keys(tests.defaults)) checkStream(stream, ["defaults", stream]);
  for (const test of tests.tests) {
    for (const [i, line] of test.given.entries()) {
      const named = Object.keys(line).filter((name) => !words.includes(name));
      for (const stream of named) checkStream(stream, [...test.path, "given", i, stream]);
      if (named.length === 0 && line.advance !== true) report(problems.emptyLine, [...test.path, "given", i], {});
    }
    if (pack === undefined) continue;
    for (const part of ["expect", "records"] as const) {
      for (const [i, wanted] of (test[part] ?? []).entries()) {
        const isRejected = [`${pack.name}/${wanted.rule}`, anyRuleOf(pack.name)].some((rule) =>
          rejected.rules.has(rule)
        );
        if (!isRejected) checkRule(pack, wanted, [...test.path, part, i], report);
      }
    }
  }
}

const words = Object.keys(lineProperties);

function checkRule(pack: Pack, wanted: Fields, path: Path, report: Report): void {
  if (wanted.rule === undefined) return;
  const rule = String(wanted.rule);
  const known = pack.rules.map(({ id }) => id);
  if (known.includes(rule)) return;
  report(problems.unknownRule, [...path, "rule"], { rule, pack: pack.name, nearest: nearest(rule, known), known });
}
