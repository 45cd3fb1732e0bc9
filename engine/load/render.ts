/**
 * Problems as people read them: what is wrong, the author's own line with a caret under the fault, and the way out. The
 * style is that of the Rust compiler.
 */
import type { Problem, ProblemSeverity } from "../model/problem.ts";
import { type LocatedProblem, locateProblems, type Place } from "./locate.ts";
import { wrapped } from "./wrap.ts";

export interface RenderOptions {
  /** ANSI colours, for terminals. */
  readonly colour: boolean;
}

const codes = { error: "1;31", warning: "1;33", note: "1;36", bold: "1", gutter: "34" } as const;
type Paint = (text: string, style: keyof typeof codes) => string;

/** Characters of a line that are shown at most: a longer one is cut around its caret. */
const excerptMax = 160;

/** Every problem with its excerpt, and a last line that counts them; empty when there are none. */
export function renderProblems(
  problems: readonly Problem[],
  texts: ReadonlyMap<string, string>,
  { colour }: RenderOptions,
): string {
  if (problems.length === 0) return "";
  const paint: Paint = colour ? (text, style) => `\x1b[${codes[style]}m${text}\x1b[0m` : (text) => text;
  const located = locateProblems(problems, texts);
  const parts = located.filter((one) => firstOf(one, located) === one).map((one) => renderProblem(one, paint, located));
  return `${[...parts, paint(summarize(located.map(({ problem }) => problem)), "bold")].join("\n\n")}\n`;
}

/** `3 errors, 1 warning in 2 files`. */
export function summarize(problems: readonly Problem[]): string {
  const count = (severity: ProblemSeverity) => problems.filter((one) => one.severity === severity).length;
  const counts = (["error", "warning", "note"] as const)
    .map((severity) => [count(severity), severity] as const)
    .filter(([n]) => n > 0)
    .map(([n, severity]) => plural(n, severity));
  return `${counts.join(", ")} in ${plural(new Set(problems.map(({ file }) => file)).size, "file")}`;
}

function plural(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}

/** The problem that stands for one: notes of one code are shown once, with the places of all. */
function firstOf({ problem, place }: LocatedProblem, located: readonly LocatedProblem[]): LocatedProblem | undefined {
  return located.find((other) =>
    problem.severity === "note"
      ? other.problem.code === problem.code
      : other.problem === problem && other.place === place
  );
}

function renderProblem(
  { problem, place, rule }: LocatedProblem,
  paint: Paint,
  located: readonly LocatedProblem[],
): string {
  const { code, severity, message, notes, help, file } = problem;
  const width = String(place?.line ?? 10).length;
  const margin = " ".repeat(width + 1);
  const where = placeText(file, place);
  const alike = severity !== "note"
    ? []
    : located.filter((one) => one.problem !== problem && one.problem.code === code);
  const said = (word: string, text: string) => {
    const lines = wrapped(printable(text), width + 9);
    return lines.map((line, i) =>
      i === 0 ? `${margin}${paint("=", "gutter")} ${word}: ${line}` : `${margin}        ${line}`
    );
  };
  const ofRule = rule === undefined ? "" : `  rule "${rule}"`;
  return [
    `${paint(`${severity}[${code}]`, severity)}${paint(`: ${printable(message)}`, "bold")}`,
    `${" ".repeat(width)}${paint("-->", "gutter")} ${where}${ofRule}`,
    ...(place === undefined ? [] : excerpt(place, severity, paint)),
    ...notes.flatMap((note) => said("note", note)),
    ...(help === undefined ? [] : said("help", help)),
    ...alike.map((one) => `${margin}${paint("=", "gutter")} also: ${placeOfAlike(one)}`),
  ].join("\n");
}

function placeText(file: string, place: Place | undefined): string {
  return place === undefined ? file : `${file}:${place.line}:${place.column}`;
}

function placeOfAlike({ problem, place, rule }: LocatedProblem): string {
  return `${placeText(problem.file, place)}${rule === undefined ? "" : `  rule "${rule}"`}`;
}

function excerpt(place: Place, severity: ProblemSeverity, paint: Paint): string[] {
  const { line, column, endColumn, excerpt } = place;
  const number = String(line);
  const bar = paint("|", "gutter");
  const signs = [...excerpt];
  const from = signs.length <= excerptMax ? 0 : Math.max(0, Math.min(column - 60, signs.length - excerptMax));
  const shown = signs.slice(from, from + excerptMax);
  const lead = from > 0 ? "…" : "";
  const before = lead + signs.slice(from, column - 1).join("");
  const carets = Math.max(1, Math.min(endColumn - column, from + excerptMax - column + 1));
  const cut = from + excerptMax < signs.length ? "…" : "";
  return [
    `${paint(number, "gutter")} ${bar} ${printable(lead + shown.join("") + cut)}`,
    `${" ".repeat(number.length)} ${bar} ${" ".repeat(printable(before).length)}${paint("^".repeat(carets), severity)}`,
  ];
}

/** Tabs as arrows of two columns, control characters as a sign: no file can steer the terminal. */
function printable(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replaceAll("\t", "→ ").replace(/[\u0000-\u001f\u007f-\u009f]/g, "\ufffd");
}
