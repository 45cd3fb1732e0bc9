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
  const end = lineEnd(text, start);
  let at = start;
  while (at < end) {
    const sign = text.charAt(at);
    if (sign === "#" && /[ \t]/.test(text.charAt(at - 1))) break;
    if (flow && ",}]".includes(sign)) break;
    at = afterUnit(text, at, end);
  }
  while (at > start && /\s/.test(text.charAt(at - 1))) at--;
  return at;
}

/** Offset after the quoted text, the bracketed text or the single sign at `at`; what does not close is a sign. */
function afterUnit(text: string, at: number, end: number): number {
  const sign = text.charAt(at);
  if (sign === '"' || (sign === "'" && !/\w/.test(text.charAt(at - 1)))) {
    for (let i = at + 1; i < end; i++) {
      if (text[i] === "\\") i++;
      else if (text[i] === sign) return i + 1;
    }
    return at + 1;
  }
  return closers[sign] === undefined ? at + 1 : afterBracket(text, at, end) ?? at + 1;
}

/** Offset after the bracket that closes the one at `at`, undefined when none does on the line. */
export function afterBracket(text: string, at: number, end: number): number | undefined {
  const closer = closers[text.charAt(at)];
  for (let i = at + 1; i < end;) {
    if (text[i] === closer) return i + 1;
    i = afterUnit(text, i, end);
  }
  return undefined;
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
