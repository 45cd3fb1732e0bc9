/**
 * Where the text that an author meant ends, as opposed to where YAML ends it: past quotes and brackets that close on the
 * same line. Only looks at one line, and never at YAML's own meaning of quotes.
 */
import type { Span } from "./yaml.ts";

const closers: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/** Offset of the newline that ends the line of `at`, or the end of the text. */
export function lineEnd(text: string, at: number): number {
  const found = text.indexOf("\n", at);
  return found < 0 ? text.length : found;
}

/**
 * End of the text that begins at `start`: at a comment or the end of the line, in a flow collection also at `,` `}` `]`,
 * in each case outside of quotes and brackets.
 */
export function meantEnd(text: string, start: number, flow: boolean): number {
  const end = Math.min(lineEnd(text, start), start + reach);
  const units = unitsFrom(text, start, end);
  let at = start;
  while (at < end) {
    const sign = text.charAt(at);
    if (sign === "#" && /[ \t]/.test(text.charAt(at - 1))) break;
    if (flow && ",}]".includes(sign)) break;
    at = units.get(at) ?? at + 1;
  }
  while (at > start && /\s/.test(text.charAt(at - 1))) at--;
  return at;
}

/** Signs of a line that are looked at beyond the beginning of a text: no author's line is longer. */
const reach = 4_000;

/**
 * For every quote and bracket that closes on the line, the offset after its end. One pass with a stack: what does not
 * close is a sign like any other.
 */
function unitsFrom(text: string, start: number, end: number): ReadonlyMap<number, number> {
  const units = new Map<number, number>();
  const open: number[] = [];
  for (let at = start; at < end; at++) {
    const sign = text.charAt(at);
    const close = isQuote(text, at) ? closingQuote(text, at, end) : undefined;
    if (close !== undefined) {
      units.set(at, close + 1);
      at = close;
    } else if (closers[sign] !== undefined) open.push(at);
    else if (")]}".includes(sign)) {
      const opener = open.findLastIndex((from) => closers[text.charAt(from)] === sign);
      if (opener < 0) continue;
      units.set(open[opener] ?? at, at + 1);
      open.length = opener;
    }
  }
  return units;
}

/** An apostrophe inside a word opens nothing. */
function isQuote(text: string, at: number): boolean {
  return text[at] === '"' || (text[at] === "'" && !/\w/.test(text.charAt(at - 1)));
}

function closingQuote(text: string, at: number, end: number): number | undefined {
  for (let i = at + 1; i < end; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === text[at]) return i;
  }
  return undefined;
}

/** Offset after the bracket that closes the one at `at`, undefined when none does on the line. */
export function afterBracket(text: string, at: number, end: number): number | undefined {
  return unitsFrom(text, at, Math.min(end, at + reach)).get(at);
}

/** Dashes of a list, and one key with its colon. */
const lead = /(?:- +)*(?:[\w.\-/]+:[ \t]+)?/y;

/** The innermost value that an author wrote around an offset, as a span of its line; undefined where there is none. */
export function valueAround(text: string, offset: number, flow: boolean): Span | undefined {
  const line = text.lastIndexOf("\n", offset - 1) + 1;
  const indent = /^[ \t]*/.exec(text.slice(line, lineEnd(text, line)))?.[0].length ?? 0;
  return valueFrom(text, line + indent, offset, flow);
}

function valueFrom(text: string, from: number, offset: number, flow: boolean): Span | undefined {
  lead.lastIndex = from;
  const start = from + (lead.exec(text)?.[0].length ?? 0);
  const inside = flowAt(text, start);
  if (inside === undefined) {
    const end = meantEnd(text, start, flow);
    return offset >= from && offset <= end && end > start ? { start, end } : undefined;
  }
  for (let at = start + 1; at < inside;) {
    while (at < inside && /[\s,]/.test(text.charAt(at))) at++;
    const found = valueFrom(text, at, offset, true);
    if (found !== undefined) return found;
    at = Math.max(at + 1, meantEnd(text, at, true));
  }
  return undefined;
}

/** End of the flow collection that begins at `at`; undefined for an expression that begins with a bracket. */
function flowAt(text: string, at: number): number | undefined {
  if (!"{[".includes(text.charAt(at)) || at >= text.length) return undefined;
  const end = lineEnd(text, at);
  const close = afterBracket(text, at, end);
  if (close === undefined) return undefined;
  return /^\s*([,}\]].*|#.*)?$/.test(text.slice(close, end)) ? close - 1 : undefined;
}
