/** Messages: text with `{expression}` places, `{{` and `}}` for braces. What has no value reads "n/a". */
import { expressionProblems } from "../model/problems/expressions.ts";
import type { Scope } from "../model/scope.ts";
import { formatDuration, formatTime } from "../model/time.ts";
import type { Type } from "../model/type.ts";
import type { Value } from "../model/value.ts";
import { checkText } from "./compile.ts";
import type { Template, Vocabulary } from "./expression.ts";
import { generateValue } from "./generate.ts";
import { knownNames, Names } from "./names.ts";
import { readsOf } from "./reads.ts";
import type { Report } from "./report.ts";
import type { Term } from "./term.ts";
import { scan } from "./text.ts";

/** A piece of a template: text, or an expression with its offset. */
type Piece = { readonly text: string } | { readonly expression: string; readonly start: number };

/** A template against a vocabulary; undefined when it has an error. */
export function compileTemplate(text: string, vocabulary: Vocabulary, report: Report): Template | undefined {
  const pieces = split(text, report);
  if (pieces === undefined) return undefined;
  warnDoubled(text, vocabulary, report);
  const terms: Term[] = [];
  const parts = pieces.map((piece) => {
    if ("text" in piece) return () => piece.text;
    const shifted = shift(report, piece.start);
    const term = checkText(piece.expression, new Names(vocabulary, shifted), undefined, shifted);
    if (term === undefined) return undefined;
    terms.push(term);
    const evaluate = generateValue(term);
    return (scope: Scope) => render(evaluate(scope), term.type);
  });
  const sound = parts.filter((part) => part !== undefined);
  if (sound.length < parts.length) return undefined;
  return { source: text, render: (scope) => sound.map((part) => part(scope)).join(""), reads: readsOf(terms) };
}

/** Warns of `{{name}}` where the name stands for a value. */
function warnDoubled(text: string, vocabulary: Vocabulary, report: Report): void {
  const known = knownNames(vocabulary);
  for (const { 0: doubled, 1: inner = "", index } of text.matchAll(/(?<!\{)\{\{\s*([\w.]+)\s*\}\}(?!\})/g)) {
    if (!known.includes(inner.split(".")[0] ?? "")) continue;
    const range = { start: index, end: index + doubled.length };
    report(expressionProblems.doubledBraces, { text: doubled, inner }, { path: [], range });
  }
}

/** Puts a problem of an expression where the expression stands in the template. */
function shift(report: Report, by: number): Report {
  return (kind, facts, site) => {
    const range = site.range && { start: site.range.start + by, end: site.range.end + by };
    report(kind, facts, range === undefined ? site : { ...site, range });
  };
}

/** A value in a message: numbers in their shortest form, times as RFC 3339, lists and objects as JSON. */
export function render(value: Value | undefined, type: Type): string {
  if (value === undefined || value === null) return "n/a";
  if (typeof value === "number" && type.kind === "timestamp") return formatTime(value);
  if (typeof value === "number" && type.kind === "duration") return formatDuration(value);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Pieces of a template in order; undefined, reported, when its braces do not fit. */
function split(text: string, report: Report): readonly Piece[] | undefined {
  const pieces: Piece[] = [];
  let plain = "";
  for (let i = 0; i < text.length; i++) {
    const sign = text.charAt(i);
    if (sign !== "{" && sign !== "}") {
      plain += sign;
    } else if (text[i + 1] === sign) {
      plain += sign;
      i++;
    } else {
      const close = sign === "}" ? -1 : scan(text, i + 1, (_, __, depth) => depth < 0);
      if (close < 0 || text[close] !== "}") return unbalanced(sign, i, report);
      pieces.push({ text: plain }, { expression: text.slice(i + 1, close), start: i + 1 });
      plain = "";
      i = close;
    }
  }
  return [...pieces, { text: plain }];
}

function unbalanced(sign: string, at: number, report: Report): undefined {
  const wrong = sign === "{" ? "a place is not closed" : '"}" closes nothing';
  const help = sign === "{" ? "close it with `}`, or write `{{` for a brace" : "write `}}` for a brace";
  report(expressionProblems.badTemplate, { wrong, help }, { path: [], range: { start: at, end: at + 1 } });
  return undefined;
}
