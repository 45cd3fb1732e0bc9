/** Where a character of a YAML scalar's value stands in its source: past quotes, escapes, folded lines and indentation. */
import type { ScalarNode } from "./yaml.ts";

/**
 * Offset into `source` of the character at `index` of the value. Value and source are walked side by side; what the
 * source has and the value has not (quotes, backslashes, indentation) is passed over.
 */
export function offsetInSource(source: string, value: string, index: number, style: ScalarNode["style"]): number {
  // A plain text on one line, and a text that only was to be in quotes.
  if (source === value) return Math.min(index, source.length);
  let at = contentStart(source, style);
  for (let i = 0; i < value.length && at < source.length; i++) {
    at = match(source, at, value.charAt(i), style);
    if (i === index) return Math.min(at, Math.max(0, source.length - 1));
    at++;
  }
  return Math.min(at, source.length);
}

/** Past the opening quote, or the header line of a block scalar. */
function contentStart(source: string, style: ScalarNode["style"]): number {
  if (style === "block") return source.indexOf("\n") + 1;
  return style === "quoted" && /^["']/.test(source) ? 1 : 0;
}

/** Offset at which the source has a character of the value. A folded space stands for a line break and indentation. */
function match(source: string, from: number, sign: string, style: ScalarNode["style"]): number {
  let at = from;
  while (at < source.length && source[at] !== sign) {
    if (/\s/.test(sign) && source[at] === "\n") return at;
    if (style === "quoted" && source[at] === "\\" && /[ntr0]/.test(source.charAt(at + 1)) && /\s/.test(sign)) {
      return at + 1;
    }
    at++;
  }
  return at;
}
