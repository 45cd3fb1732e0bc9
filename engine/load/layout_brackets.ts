/** Brackets and quotes of a file that is no YAML: the one that nothing closes, or that closes nothing. */
import type { LayoutFault } from "./layout.ts";
import { lineEnd } from "./text_span.ts";
import type { YamlFault } from "./yaml.ts";

const closers: Readonly<Record<string, string>> = { "{": "}", "[": "]" };

/** The bracket or quote at which a fault of the library began; undefined when the lines around it show none. */
export function bracketFault(text: string, fault: YamlFault): LayoutFault | undefined {
  const { code, message, start } = fault;
  if (code === "MISSING_CHAR" && message.includes("quote")) return openQuote(text, message, start);
  if (code === "UNEXPECTED_TOKEN" && "}]".includes(text.charAt(start))) {
    const span = { start, end: start + 1 };
    return { span, wrong: `nothing opens this "${text.charAt(start)}"`, help: "remove it" };
  }
  if (code !== "BAD_INDENT" || !message.startsWith("Flow")) return undefined;
  const line = text.lastIndexOf("\n", start - 1) + 1;
  const before = text.lastIndexOf("\n", Math.max(0, line - 2)) + 1;
  return openBracket(text, before, line - 1) ?? openBracket(text, line, lineEnd(text, line));
}

/** The quote that opens a text without end: lines further down may have been read as part of it. */
function openQuote(text: string, message: string, at: number): LayoutFault | undefined {
  const quote = message.includes('"') ? '"' : "'";
  for (let end = at; end > 0;) {
    const line = text.lastIndexOf("\n", end - 1) + 1;
    const content = text.slice(line, end);
    const found = content.search(new RegExp(`(?<=(?:^|[:\\-[{,])\\s*)${quote}`));
    if (found >= 0 && content.split(quote).length % 2 === 0) {
      const span = { start: line + found, end: line + found + 1 };
      return { span, wrong: "nothing closes this quote", help: `add a ${quote} at the end of the text` };
    }
    end = line - 1;
  }
  return undefined;
}

/** The last bracket between two offsets that nothing closes there, or that another kind of bracket meets. */
function openBracket(text: string, from: number, to: number): LayoutFault | undefined {
  const open: number[] = [];
  for (let at = from; at < to; at++) {
    const sign = text.charAt(at);
    if (sign === '"' || sign === "'") {
      const close = text.indexOf(sign, at + 1);
      if (close > 0 && close < to) at = close;
    } else if (closers[sign] !== undefined) open.push(at);
    else if ((sign === "}" || sign === "]") && closers[text.charAt(open[open.length - 1] ?? at)] === sign) open.pop();
  }
  const last = open.pop();
  if (last === undefined) return undefined;
  const sign = text.charAt(last);
  const span = { start: last, end: last + 1 };
  return { span, wrong: `nothing closes this "${sign}"`, help: `add the "${closers[sign]}"` };
}
