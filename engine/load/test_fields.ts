/** Fields that tests give to events and that the contract does not declare: most likely misspelt, and then without effect. */
import type { Stream } from "../model/contract.ts";
import { nearest, type Path, type ProblemKind } from "../model/problem.ts";
import { testProblems as problems } from "../model/problems/tests.ts";
import type { TestFile } from "../model/test_file.ts";
import { type Fields, isFields, type Value } from "../model/value.ts";

type Report = <A>(kind: ProblemKind<A>, path: Path, facts: A, at?: "key" | "value") => void;

/** Warns of each such field of the defaults and of the events. */
export function checkTestFields(
  { defaults, tests }: TestFile,
  streams: ReadonlyMap<string, Stream>,
  report: Report,
): void {
  const events = [
    ...Object.entries(defaults).map(([stream, fields]) => ({ stream, fields, path: ["defaults", stream] })),
    ...tests.flatMap(({ given, path }) =>
      given.flatMap((line, i) =>
        Object.entries(line).map(([stream, fields]) => ({ stream, fields, path: [...path, "given", i, stream] }))
      )
    ),
  ];
  for (const { stream, fields, path } of events) {
    const known = streams.get(stream);
    if (known === undefined || !isFields(fields)) continue;
    for (const { row, below } of rowsOf(known, fields)) checkRow(known, row, [...path, ...below], report);
  }
}

/** The fields that the contract describes: of a change, those of the row before and of the row after. */
function rowsOf({ format }: Stream, fields: Fields): readonly { readonly row: Fields; readonly below: Path }[] {
  const sides: readonly (readonly [Path, Value | undefined])[] = format === "debezium" && isChange(fields)
    ? [[["before"], fields.before], [["after"], fields.after]]
    : [[[], fields]];
  return sides.flatMap(([below, row]) => isFields(row) ? [{ row, below }] : []);
}

function isChange(fields: Fields): boolean {
  return ["op", "before", "after"].some((name) => Object.hasOwn(fields, name));
}

function checkRow({ name, type, schemaFile, topics }: Stream, row: Fields, path: Path, report: Report): void {
  const known = Object.keys(type.fields);
  const filled = topics.join(" ");
  for (const field of Object.keys(row)) {
    const isKnown = Object.hasOwn(type.fields, field) || field.startsWith("_") || filled.includes(`{${field}}`);
    if (isKnown) continue;
    const facts = { field, stream: name, nearest: nearest(field, known), schemaFile };
    report(problems.unknownField, [...path, field], facts, "key");
  }
}
