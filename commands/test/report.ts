/** The results of tests as people read them: what failed, expected and actual side by side, and where they part. */
import type { TestFailure, TestResult } from "../../engine/runtime/pack_tests.ts";
import { formatDuration } from "../../engine/model/time.ts";
import { type Fields, isFields, type Value } from "../../engine/model/value.ts";

export interface ReportOptions {
  readonly colour: boolean;
  /** Columns of the terminal. */
  readonly columns: number;
  /** Line of a test in its file. */
  readonly lineOf: (result: TestResult) => number;
  /** The time of `at: 0s` of a test's file, in milliseconds. */
  readonly startOf: (result: TestResult) => number;
}

/** One failing test; empty for one that passed. */
export function reportTest(result: TestResult, options: ReportOptions): string {
  if (result.failures.length === 0) return "";
  const red = options.colour ? (text: string) => `\x1b[1;31m${text}\x1b[0m` : (text: string) => text;
  const title = `${red("FAIL")} ${result.test.name}  (${result.file}:${options.lineOf(result)})`;
  // What stands beside an expectation as its nearest is not said again.
  const shownAlready = new Set(
    result.failures.map((failure) => failure.what === "missing" ? failure.nearest : undefined),
  );
  const parts = result.failures
    .filter((failure) => failure.what !== "unexpected" || !shownAlready.has(failure.actual))
    .map((failure) => reportFailure(failure, result, options));
  return [title, ...parts, ""].join("\n");
}

function reportFailure(failure: TestFailure, result: TestResult, options: ReportOptions): string {
  const start = options.startOf(result);
  switch (failure.what) {
    case "invalid":
      return `  ${failure.message}`;
    case "unexpected":
      return [`  unexpected ${failure.output}:`, ...brief(readable(failure.actual, start))].join("\n");
    case "missing": {
      const head = `  expected ${failure.output} ${failure.index + 1}, and no ${failure.output} matches it`;
      if (failure.nearest === undefined) {
        return [`${head}; none came near:`, ...brief(readable(failure.expected, start))].join("\n");
      }
      const rows = sideBySide(readable(failure.expected, start), readable(failure.nearest, start), failure.differs);
      return [`${head}:`, ...table(rows, options)].join("\n");
    }
  }
}

interface Row {
  readonly name: string;
  readonly expected: string;
  readonly actual: string;
  readonly differs: boolean;
}

/** Times since the start, as authors write them. */
function readable(said: Fields, start: number): Fields {
  const { event_time, ...rest } = said;
  if (typeof event_time !== "string") return said;
  const offset = Date.parse(event_time) - start;
  return { at: offset < 0 ? `-${formatDuration(-offset)}` : formatDuration(offset).replace(/^0ms$/, "0s"), ...rest };
}

/** One row for each value that the expectation names. */
function sideBySide(expected: Fields, actual: Fields, differs: readonly string[]): Row[] {
  const parted = new Set(differs.map((path) => path.replace(/^event_time$/, "at")));
  return leaves(expected, "", parted).map(({ path, name, value }) => ({
    name,
    expected: shown(value),
    actual: shown(valueAt(actual, path)),
    differs: parted.has(name),
  }));
}

interface Leaf {
  readonly path: readonly string[];
  readonly name: string;
  readonly value: Value;
}

/** Values below a value, down to where it parts: a list of another length is one leaf. */
function leaves(value: Value, name: string, parted: ReadonlySet<string>, path: readonly string[] = []): Leaf[] {
  if (parted.has(name)) return [{ path, name, value }];
  const entries = isFields(value)
    ? Object.entries(value).map(([key, one]) => [key, name === "" ? key : `${name}.${key}`, one] as const)
    : Array.isArray(value)
    ? value.map((one, i) => [String(i), `${name}[${i}]`, one] as const)
    : [];
  if (entries.length === 0) return [{ path, name, value }];
  return entries.flatMap(([key, longer, one]) => leaves(one, longer, parted, [...path, key]));
}

function valueAt(value: Value | undefined, path: readonly string[]): Value | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(value)) return valueAt(value[Number(key)], rest);
  return isFields(value) && Object.hasOwn(value, key) ? valueAt(value[key], rest) : undefined;
}

function shown(value: Value | undefined): string {
  if (value === undefined) return "(absent)";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function table(rows: readonly Row[], { colour, columns }: ReportOptions): string[] {
  const names = Math.max(...rows.map(({ name }) => name.length));
  const room = Math.max(20, Math.floor((columns - names - 12) / 2));
  const isLong = ({ differs, expected, actual }: Row) => differs && Math.max(expected.length, actual.length) > room;
  const beside = rows.filter((row) => !isLong(row)).map(({ expected }) => Math.min(room, expected.length));
  const width = Math.max("expected".length, ...beside);
  const line = (mark: string, name: string, left: string, right: string) =>
    `  ${mark} ${name.padEnd(names)}  ${cut(left, room).padEnd(width)}  ${cut(right, room)}`.trimEnd();
  return [
    line(" ", "", "expected", "actual"),
    ...rows.map((row) => {
      const { name, expected, actual, differs } = row;
      const text = isLong(row)
        ? `  ≠ ${name}\n      expected: ${expected}\n      actual:   ${actual}`
        : line(differs ? "≠" : " ", name, expected, actual);
      return differs && colour ? `\x1b[31m${text}\x1b[0m` : text;
    }),
  ];
}

function cut(text: string, room: number): string {
  return text.length <= room ? text : `${text.slice(0, room - 1)}…`;
}

/** What tells one alert or record from another. */
const telling = ["at", "rule", "output", "status", "severity", "key", "entities", "values", "suppressed"] as const;

function brief(said: Fields): string[] {
  const told = telling.filter((name) => said[name] !== undefined);
  const names = told.length > 0 ? told : Object.keys(said);
  const named = Object.fromEntries(names.map((name) => [name, said[name] ?? null]));
  return leaves(named, "", new Set()).filter(({ value }) => !isFields(value)).map(({ name, value }) =>
    `    ${name}: ${shown(value)}`
  );
}
