/**
 * A YAML file as plain values, with a problem for everything that YAML would silently change: numbers that are not what
 * their text shows, duplicate keys, tags, aliases that multiply, text that was cut or split.
 */
import type { ProblemKind } from "../model/problem.ts";
import { documentProblems as problems } from "../model/problems/documents.ts";
import type { Value } from "../model/value.ts";
import { layoutFault } from "./layout.ts";
import { isWrapped, type Mended, readMended } from "./repair.ts";
import type { ScalarNode, Span, YamlFault, YamlNode } from "./yaml.ts";

/** Takes a problem at offsets of the file. */
export type DocumentReport = <A>(kind: ProblemKind<A>, offset: Span, facts: A) => void;

/** Values that aliases of one file may stand for, each counted as often as it is repeated. */
const expandedMax = 10_000;

/** The value of a text; undefined when it is empty or no YAML, which is reported unless it is empty. */
export function readDocument(text: string, report: DocumentReport): Value | undefined {
  const mended = readMended(text);
  reportLayout(text, mended, report);
  if (mended.root === undefined) return undefined;
  const reader = new ValueReader(text, report);
  const value = reader.read(mended.root);
  return reader.exceeded ? undefined : value;
}

function reportLayout(text: string, { faults, suspects, tabs, noBreaks }: Mended, report: DocumentReport): void {
  if (tabs[0] !== undefined) report(problems.tab, tabs[0], { lines: tabs.length });
  if (noBreaks[0] !== undefined) report(problems.noBreakSpace, noBreaks[0], { count: noBreaks.length });
  const fault = layoutFault(text, faults);
  const until = fault?.span.start ?? Infinity;
  for (const { start, end, reading, sign } of suspects) {
    // What stands behind a line that is out of place is read as part of it.
    if (start > until) continue;
    const meant = text.slice(start, end);
    if (reading === "cut") report(problems.cutText, { start, end }, { text: meant, rest: commentIn(meant) });
    if (reading === "split") report(problems.splitText, { start, end }, { text: meant, sign });
    if (reading === "tagged") report(problems.taggedText, { start, end }, { text: meant });
    if (reading === "quoted") report(problems.quotedText, { start, end }, { text: unquoted(meant), sign });
  }
  // Faults of indentation follow from tabs, and the first fault of a text often causes those behind it.
  const [first] = faults;
  if (first === undefined || tabs.length > 0) return;
  if (fault !== undefined) return report(problems.syntax, fault.span, { wrong: fault.wrong, help: fault.help });
  report(problems.syntax, first, wordingOf(first));
}

/** `"a == "b""` as it was meant, without the outer quotes. */
function unquoted(text: string): string {
  return isWrapped(text) ? text.slice(1, -1) : text;
}

function commentIn(text: string): string {
  return text.slice(text.search(/\s#/)).trim();
}

/** What a fault of the library means to an author, and the way out. */
function wordingOf({ code, message }: YamlFault): { wrong: string; help: string } {
  const wording: Record<string, { wrong: string; help: string }> = {
    BAD_INDENT: {
      wrong: "the indentation does not fit, or a bracket does not close",
      help: "indent by two spaces a level, and close every { [ and quote",
    },
    BLOCK_AS_IMPLICIT_KEY: {
      wrong: 'a value on the line of its key cannot hold a further ": "',
      help: "put the value in single quotes, or indent what belongs below the key by two spaces",
    },
    MISSING_CHAR: {
      wrong: message.charAt(0).toLowerCase() + message.slice(1),
      help: "close every quote and bracket on the line where it opens",
    },
    BAD_DQ_ESCAPE: {
      wrong: "a backslash in double quotes begins an escape, and this one is none",
      help: "use single quotes, in which a backslash is a backslash",
    },
    MULTIPLE_DOCS: {
      wrong: 'a file holds one document, and "---" begins a second one',
      help: "move it to a file of its own",
    },
    TOO_DEEP: { wrong: "it is nested too deep", help: "no rule needs more than a few levels" },
  };
  return wording[code] ?? { wrong: message.charAt(0).toLowerCase() + message.slice(1), help: "see yaml.org/spec/1.2" };
}

/** Turns nodes into values. */
class ValueReader {
  private expanded = 0;
  private depth = 0;
  /** The aliases stand for more than a file may hold. */
  exceeded = false;

  constructor(private readonly text: string, private readonly report: DocumentReport) {}

  read(node: YamlNode): Value {
    if (node.tag !== undefined) this.report(problems.tag, tagSpan(this.text, node), { tag: shortTag(node.tag) });
    if (this.depth > 0) this.expanded++;
    switch (node.kind) {
      case "scalar":
        return this.scalar(node);
      case "list":
        return node.items.map((item) => this.read(item));
      case "map":
        return this.map(node);
      case "alias":
        return this.alias(node);
    }
  }

  private map(node: YamlNode & { kind: "map" }): Value {
    const entries: [string, Value][] = [];
    const seen = new Map<string, number>();
    const twice: { key: string; span: Span; line: number }[] = [];
    for (const { key, value } of node.entries) {
      const name = this.key(key);
      if (name === undefined) continue;
      const first = seen.get(name);
      if (first === undefined) seen.set(name, key.start);
      else twice.push({ key: name, span: key, line: this.lineOf(first) });
      entries.push([name, value === undefined ? null : this.read(value)]);
    }
    const [one] = twice;
    if (one !== undefined) {
      this.report(problems.duplicateKey, one.span, { keys: twice.map(({ key }) => key), line: one.line });
    }
    return Object.fromEntries(entries);
  }

  private key(key: YamlNode): string | undefined {
    if (key.kind === "scalar" && key.value !== null) return key.style === "plain" ? key.source : String(key.value);
    const found = key.kind === "scalar" ? "nothing" : key.kind === "alias" ? "an alias" : `a ${key.kind}`;
    this.report(problems.oddKey, key, { found });
    return undefined;
  }

  private alias(node: YamlNode & { kind: "alias" }): Value {
    if (node.target === undefined) {
      this.report(problems.unknownAnchor, node, { name: node.name });
      return null;
    }
    if (this.expanded > expandedMax) {
      if (!this.exceeded) this.report(problems.aliasBomb, node, { limit: expandedMax });
      this.exceeded = true;
      return null;
    }
    this.depth++;
    const value = this.read(node.target);
    this.depth--;
    return value;
  }

  private scalar(node: ScalarNode & YamlNode): Value {
    if (node.style !== "plain") return node.value;
    if (/^[-+]?\.(inf|nan)$/i.test(node.source)) {
      this.report(problems.noNumber, node, { text: node.source });
      return node.source.startsWith("-") ? -Number.MAX_VALUE : Number.MAX_VALUE;
    }
    return typeof node.value === "number" ? this.number(node, node.value) : node.value;
  }

  /** The number; the text of one with leading zeros, which was most likely meant as one. */
  private number(node: ScalarNode, value: number): Value {
    const text = node.source;
    const say = (reads: string, number: string) => this.report(problems.changedNumber, node, { text, reads, number });
    if (/^[-+]?0\d/.test(text)) {
      say(`YAML reads ${value}, and some programs read octal`, String(value));
      return text;
    }
    if (/^0[ox]/.test(text)) say(`YAML reads ${value}`, String(value));
    if (!Number.isFinite(value)) this.report(problems.noNumber, node, { text });
    else if (/^[-+]?\d+$/.test(text) && !Number.isSafeInteger(value)) {
      say(`it is beyond 2^53 and reads as ${BigInt(value)}`, "");
    }
    return value;
  }

  private lineOf(offset: number): number {
    return this.text.slice(0, offset).split("\n").length;
  }
}

function tagSpan(text: string, node: YamlNode): Span {
  const start = text.lastIndexOf("!", Math.max(0, node.start - 1));
  return { start: text[start - 1] === "!" ? start - 1 : start, end: node.end };
}

function shortTag(tag: string): string {
  return tag.replace(/^tag:yaml\.org,2002:/, "!!");
}
