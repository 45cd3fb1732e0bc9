/**
 * The one door to the RE2 library: `matches()` never takes more than linear time. Alternations of plain literals, the
 * common case, run on the native engine, which gives the same answer for them and is faster.
 */
import { RE2JS } from "re2js";

/** Whether a pattern occurs anywhere in a text. */
export type Matcher = (text: string) => boolean;

/**
 * Alternations of literals, each perhaps anchored: without repetition and without classes, one text position costs at most
 * the pattern's length on any engine, and what is written means the same in both.
 */
const branch = String.raw`\^?(?:[A-Za-z0-9 _:;,@%&=<>"'!~#/-]|\\[.+*?()|[\]{}^$\\/])+\$?`;
const plainAlternation = new RegExp(`^(\\(\\?i\\))?(${branch}(?:\\|${branch})*)$`);

/** The matcher of a pattern, or why RE2 refuses it. */
export function compilePattern(pattern: string): Matcher | { readonly refused: string } {
  const plain = plainAlternation.exec(pattern);
  if (plain !== null) return nativeMatcher(plain[2] ?? "", plain[1] !== undefined);
  try {
    const compiled = RE2JS.compile(pattern);
    return (text) => compiled.test(text);
  } catch (error) {
    return { refused: error instanceof Error ? error.message.replace(/^error parsing regexp: /, "") : String(error) };
  }
}

/** With `u` the native engine folds case by Unicode's simple folding, as RE2 does: `k` is also the Kelvin sign. */
function nativeMatcher(alternatives: string, ignoreCase: boolean): Matcher {
  const compiled = new RegExp(alternatives, ignoreCase ? "iu" : "u");
  return (text) => compiled.test(text);
}

/** Patterns that come with the events are compiled once each; the oldest are forgotten first. */
const known = new Map<string, Matcher | undefined>();
const knownLimit = 1_000;

/** Whether a pattern of an event occurs in a text; undefined when the pattern is refused. */
export function matchDynamic(text: string, pattern: string): boolean | undefined {
  let matcher = known.get(pattern);
  if (matcher === undefined && !known.has(pattern)) {
    const compiled = compilePattern(pattern);
    matcher = typeof compiled === "function" ? compiled : undefined;
    if (known.size >= knownLimit) known.delete(known.keys().next().value ?? "");
    known.set(pattern, matcher);
  }
  return matcher?.(text);
}
