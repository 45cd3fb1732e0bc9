/**
 * Reads YAML in spite of mistakes: tabs become spaces and changed text is put in quotes, in a copy, until it reads; what
 * was mended is reported. So one run shows the mistakes in the rules as well as those in the layout.
 */
import { type Suspect, suspectsOf } from "./suspects.ts";
import { parseYaml, type Span, type YamlFault, type YamlNode, type YamlTree } from "./yaml.ts";

export interface Mended {
  /** Undefined when the text is empty, or not YAML even after mending. Offsets are those of the original text. */
  readonly root: YamlNode | undefined;
  /** Faults that nothing mended. */
  readonly faults: readonly YamlFault[];
  /** Text that belongs in single quotes. */
  readonly suspects: readonly Suspect[];
  /** Lines indented with a tab: the tabs. */
  readonly tabs: readonly Span[];
  /** No-break spaces of a text that is no YAML because of them. */
  readonly noBreaks: readonly Span[];
}

/** A replacement in the original text. */
interface Edit extends Span {
  readonly text: string;
}

/** Rounds of mending: a text that needs more is beyond help. */
const roundsMax = 6;

/** The tree of a text with its mistakes mended. */
export function readMended(text: string): Mended {
  const tabs = tabsOf(text);
  const first = parseYaml(text);
  const isTabbed = first.faults.some(({ code }) => code === "TAB_AS_INDENT");
  const noBreaks = first.faults.length === 0 ? [] : noBreaksOf(text);
  let edits: readonly Edit[] = isTabbed ? spacesFor(text, tabs) : noBreaks.map((span) => ({ ...span, text: " " }));
  const suspects: Suspect[] = [];
  for (let round = 0;; round++) {
    const copy = round === 0 && edits.length === 0 ? { text, back: same } : apply(text, edits);
    const tree = round === 0 && edits.length === 0 ? first : parseYaml(copy.text);
    const found = round < roundsMax ? fresh(suspectsOf(copy.text, tree), copy.back, suspects) : [];
    if (found.length === 0) return { ...settled(tree, copy.back), suspects, tabs: isTabbed ? tabs : [], noBreaks };
    suspects.push(...found);
    edits = [...edits, ...found.flatMap((span) => quoted(text, span))].sort((a, b) => a.start - b.start);
  }
}

/** Suspects at their original place that are not known yet. */
function fresh(found: readonly Suspect[], back: (at: number) => number, known: readonly Suspect[]): Suspect[] {
  return found.map((one) => ({ ...one, start: back(one.start), end: back(one.end) }))
    .filter((one) => !known.some((other) => other.start < one.end && one.start < other.end));
}

function settled(tree: YamlTree, back: (at: number) => number): Pick<Mended, "root" | "faults"> {
  const faults = tree.faults.map((fault) => ({ ...fault, start: back(fault.start), end: back(fault.end) }));
  if (faults.length > 0) return { root: undefined, faults };
  return { root: tree.root && (back === same ? tree.root : moved(tree.root, back)), faults };
}

const same = (at: number) => at;

/** No-break spaces, which word processors and web pages write and which look like spaces. */
function noBreaksOf(text: string): Span[] {
  return [...text.matchAll(/\u00a0/g)].map(({ index }) => ({ start: index, end: index + 1 }));
}

/** Tabs in front of a line's first sign. */
function tabsOf(text: string): Span[] {
  return [...text.matchAll(/^([ ]*)(\t[ \t]*)(?=[^\s#])/gm)].map((match) => {
    const start = match.index + (match[1]?.length ?? 0);
    return { start, end: start + (match[2]?.length ?? 0) };
  });
}

/** Tabs of each line replaced by the spaces that fit best to the line above. */
function spacesFor(text: string, tabs: readonly Span[]): readonly Edit[] {
  const indents = new Map<number, number>();
  return tabs.map(({ start, end }) => {
    const from = text.lastIndexOf("\n", start - 1) + 1;
    const written = text.slice(from, end);
    const width = bestWidth(written, lineAbove(text, from, indents));
    indents.set(from, width);
    return { start: from, end, text: " ".repeat(width) };
  });
}

/** Columns at which the content of the last line above begins, and whether it opens a level of its own. */
function lineAbove(text: string, from: number, indents: ReadonlyMap<number, number>) {
  for (let end = from - 1; end > 0;) {
    const start = text.lastIndexOf("\n", end - 1) + 1;
    const line = text.slice(start, end);
    const found = /^([ \t]*)((?:- +)*)[^\s#]/.exec(line);
    if (found !== null) {
      const indent = (indents.get(start) ?? found[1]?.length ?? 0) + (found[2]?.length ?? 0);
      return { indent, opens: /:\s*(#.*)?$/.test(line) };
    }
    end = start - 1;
  }
  return { indent: 0, opens: false };
}

/** A tab may have stood for two, four or eight columns. */
function bestWidth(written: string, above: { readonly indent: number; readonly opens: boolean }): number {
  const widths = [2, 4, 8].map((width) => written.replaceAll("\t", " ".repeat(width)).length);
  const fits = above.opens
    ? widths.find((width) => width > above.indent)
    : widths.find((width) => width === above.indent) ?? widths.find((width) => width < above.indent && width > 0);
  return fits ?? widths[0] ?? 2;
}

/** Puts a text in single quotes, in place of double ones around the whole of it. */
function quoted(text: string, { start, end }: Span): readonly Edit[] {
  const meant = text.slice(start, end);
  if (isWrapped(meant) && !meant.includes("'")) {
    return [{ start, end: start + 1, text: "'" }, { start: end - 1, end, text: "'" }];
  }
  return [{ start, end, text: `'${meant.replaceAll("'", "''")}'` }];
}

/** Whether double quotes stand around a whole expression that has some itself, as in `"a == "b""`. */
export function isWrapped(text: string): boolean {
  return /^"[^"]*"[^"]*""$/.test(text);
}

/** The text with edits made, and the way from its offsets back to the original's. */
function apply(text: string, edits: readonly Edit[]): { text: string; back: (at: number) => number } {
  const pieces: string[] = [];
  const marks: { from: number; to: number; at: number; edit: Edit | undefined }[] = [];
  let [done, length] = [0, 0];
  const push = (piece: string, at: number, edit: Edit | undefined) => {
    marks.push({ from: length, to: length + piece.length, at, edit });
    pieces.push(piece);
    length += piece.length;
  };
  for (const edit of edits) {
    push(text.slice(done, edit.start), done, undefined);
    push(edit.text, edit.start, edit);
    done = edit.end;
  }
  push(text.slice(done), done, undefined);
  const back = (at: number) => {
    const mark = marks.find(({ to }) => at < to) ?? marks[marks.length - 1]!;
    if (mark.edit === undefined) return mark.at + at - mark.from;
    return Math.min(mark.edit.end, mark.at + Math.max(0, at - mark.from - 1));
  };
  return { text: pieces.join(""), back };
}

/** A tree with every offset moved. Aliases move with what they repeat. */
function moved(node: YamlNode, back: (at: number) => number): YamlNode {
  const span = { start: back(node.start), end: back(node.end) };
  switch (node.kind) {
    case "scalar":
      return { ...node, ...span };
    case "list":
      return { ...node, ...span, items: node.items.map((item) => moved(item, back)) };
    case "map":
      return {
        ...node,
        ...span,
        entries: node.entries.map(({ key, value }) => ({ key: moved(key, back), value: value && moved(value, back) })),
      };
    case "alias":
      return { ...node, ...span };
  }
}
