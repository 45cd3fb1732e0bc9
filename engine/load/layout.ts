/**
 * Says what is wrong with the layout of a file that is no YAML, at the line that an author must change. The library
 * names the rule of YAML that was broken, often some lines further down; here the lines themselves are looked at.
 */
import { bracketFault } from "./layout_brackets.ts";
import type { Span, YamlFault } from "./yaml.ts";

/** What is wrong with a line, and the way out. */
export interface LayoutFault {
  readonly span: Span;
  readonly wrong: string;
  readonly help: string;
}

interface Line {
  readonly start: number;
  /** Columns in front of its first sign. */
  readonly indent: number;
  /** Without indentation and white space at the end. */
  readonly content: string;
}

/** The fault of the layout that the faults of the library come from; undefined when the lines show none. */
export function layoutFault(text: string, faults: readonly YamlFault[]): LayoutFault | undefined {
  const [first] = faults;
  if (first === undefined) return undefined;
  const bracket = bracketFault(text, first);
  if (bracket !== undefined || !layoutCodes.has(first.code)) return bracket;
  const lines = linesOf(text);
  // The library may begin a fault at the end of the line before, or in a blank one.
  const at = lines.findIndex(({ start, indent, content }) => start + indent + content.length > first.start);
  for (const i of [at, at + 1]) {
    const fault = lines[i] && faultOf(lines[i], lines.slice(0, i));
    if (fault !== undefined) return fault;
  }
  return undefined;
}

const layoutCodes = new Set(["BAD_INDENT", "BLOCK_AS_IMPLICIT_KEY", "MULTILINE_IMPLICIT_KEY", "MISSING_CHAR"]);

/** Lines that hold something. */
function linesOf(text: string): readonly Line[] {
  return [...text.matchAll(/^([ ]*)([^\s#].*?)\s*$/gm)].map((match) => ({
    start: match.index,
    indent: match[1]?.length ?? 0,
    content: match[2] ?? "",
  }));
}

function faultOf(line: Line, above: readonly Line[]): LayoutFault | undefined {
  return withoutSpace(line) ?? withoutColon(line, above) ?? misplacedItem(line, above) ?? misplacedKey(line, above);
}

function faultAt({ start, indent, content }: Line, length: number, wrong: string, help: string): LayoutFault {
  const from = start + indent;
  return { span: { start: from, end: from + Math.min(length, content.length) }, wrong, help };
}

const keyed = /^(?:- +)*(?:[\w.$-]+|"[^"]*"|'[^']*')\s*:(?:\s|$)/;

/** `-id: …`, `kind:threshold`, `// comment`. */
function withoutSpace(line: Line): LayoutFault | undefined {
  const { content } = line;
  if (/^-[A-Za-z_"'{]/.test(content)) {
    return faultAt(line, 1, 'an item of a list has a space behind its "-"', `write \`- ${content.slice(1)}\``);
  }
  const glued = /^((?:- +)?[A-Za-z_]\w*):([^\s/:].*)$/.exec(content);
  if (glued !== null && !keyed.test(content)) {
    return faultAt(line, content.length, 'a key has a space behind its ":"', `write \`${glued[1]}: ${glued[2]}\``);
  }
  if (!content.startsWith("//")) return undefined;
  return faultAt(line, content.length, '"//" begins no comment', `write \`# ${content.slice(2).trim()}\``);
}

/** `kind threshold`: two words where a key and its value are meant, below or above a key of the same indentation. */
function withoutColon(line: Line, above: readonly Line[]): LayoutFault | undefined {
  const words = /^([A-Za-z_]\w*) +(\S.*)$/.exec(line.content);
  const neighbour = above[above.length - 1];
  const inMap = neighbour !== undefined && keyed.test(neighbour.content) && columns(neighbour).includes(line.indent);
  if (words === null || keyed.test(line.content) || !inMap) return undefined;
  const help = `write \`${words[1]}: ${words[2]}\``;
  return faultAt(line, line.content.length, `a key has a ":" behind it, and "${words[1]}" has none`, help);
}

/** Columns at which a line opens something: its first sign, and what stands behind the dashes of a list. */
function columns({ indent, content }: Line): readonly number[] {
  const opened = [indent];
  for (let rest = content; /^- +/.test(rest);) {
    const width = /^- +/.exec(rest)?.[0].length ?? 0;
    opened.push((opened[opened.length - 1] ?? 0) + width);
    rest = rest.slice(width);
  }
  return opened;
}

/** An item of a list that stands where no other item of its list does. */
function misplacedItem(line: Line, above: readonly Line[]): LayoutFault | undefined {
  if (!/^-(\s|$)/.test(line.content)) return undefined;
  const opener = above.findLast(({ indent }) => indent < line.indent);
  const item = above.findLast(({ content }) => /^-\s/.test(content));
  if (opener?.content.endsWith(":") === true && above[above.length - 1] === opener) return undefined;
  if (item === undefined || item.indent === line.indent) {
    const help = "begin every entry with `- `, or none of them";
    return faultAt(line, line.content.length, "an item of a list stands among the keys of a map", help);
  }
  const wrong = `the "-" is indented by ${spaces(line.indent)}, that of the item above it by ${item.indent}`;
  return faultAt(line, 1, wrong, "indent the items of one list by the same number of spaces");
}

/** A key that stands at a column at which nothing above it does, or below a key that has its value already. */
function misplacedKey(line: Line, above: readonly Line[]): LayoutFault | undefined {
  const before = above[above.length - 1];
  if (before === undefined || !keyed.test(line.content)) return undefined;
  const [last = 0] = columns(before).slice(-1);
  const length = line.content.indexOf(":");
  if (line.indent > last && !/:\s*(#.*|[&|>]\S*)?$/.test(before.content)) {
    const wrong = "the line is indented deeper than the key above it, which has a value already";
    return faultAt(line, length, wrong, "indent the keys of one map by the same number of spaces");
  }
  const open = openColumns(above);
  if (line.indent >= last || open.includes(line.indent)) return undefined;
  const wrong = `the key is indented by ${spaces(line.indent)}, and no map above it is`;
  return faultAt(line, length, wrong, `indent it by ${open.join(" or ")}, like the map to which it belongs`);
}

/** Columns of the maps and lists that are still open below the lines, from the outside in. */
function openColumns(lines: readonly Line[]): readonly number[] {
  const open: number[] = [];
  for (const line of lines) {
    while ((open[open.length - 1] ?? -1) >= line.indent) open.pop();
    open.push(...columns(line));
  }
  return open;
}

function spaces(count: number): string {
  return `${count} space${count === 1 ? "" : "s"}`;
}
