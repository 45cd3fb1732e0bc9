/**
 * Finds text that YAML changed although it was meant as it stands: cut at ` #`, split at `: ` or `,`, taken for a tag or
 * for a quoted text. Each is one span of the text that belongs between single quotes.
 */
import { afterBracket, lineEnd, meantEnd, valueAround } from "./text_span.ts";
import type { Span, YamlNode, YamlTree } from "./yaml.ts";

/** How YAML read the text. */
export type Reading = "cut" | "split" | "tagged" | "quoted";

export interface Suspect extends Span {
  readonly reading: Reading;
  /** The sign at which YAML did it: ` #`, `: `, `,`, or the text's first sign. */
  readonly sign: string;
}

/** Suspects of a tree in the order of the text; none lies inside another. */
export function suspectsOf(text: string, tree: YamlTree): readonly Suspect[] {
  const found: Suspect[] = [];
  if (tree.root !== undefined) walk(text, tree.root, false, found);
  for (const fault of tree.faults) {
    const span = valueAround(text, fault.start, tree.root !== undefined && isInFlow(tree.root, fault.start));
    const suspect = span && suspectAt(text, span);
    if (suspect !== undefined) found.push(suspect);
  }
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  return found.filter((one, i) => !found.slice(Math.max(0, i - 20), i).some((before) => before.end > one.start));
}

/** Signs that only an expression has, in a key. */
const expressionSigns = /["()=<>&|?]/;

/** `around` is true inside a flow collection, at whatever depth: a block inside one is a mistake of its own. */
function walk(text: string, node: YamlNode, around: boolean, found: Suspect[]): void {
  if (node.kind === "scalar") return add(scalarSuspect(text, node, around), found);
  if (node.kind === "alias") return;
  const flow = around || node.flow;
  if (node.kind === "map") {
    for (const { key, value } of node.entries) {
      if (key.kind === "scalar" && key.style === "plain" && expressionSigns.test(key.source)) {
        found.push({ start: key.start, end: meantEnd(text, key.start, flow), reading: "split", sign: ": " });
        continue;
      }
      walk(text, key, flow, found);
      if (value !== undefined) walk(text, value, flow, found);
    }
  }
  if (node.kind === "list") { for (const item of node.items) walk(text, item, flow, found); }
}

function add(suspect: Suspect | undefined, found: Suspect[]): void {
  if (suspect !== undefined) found.push(suspect);
}

function scalarSuspect(text: string, node: YamlNode & { kind: "scalar" }, flow: boolean): Suspect | undefined {
  if (node.tag !== undefined) {
    const mark = text.lastIndexOf("!", Math.max(0, node.start - 1));
    const start = text[mark - 1] === "!" ? mark - 1 : mark;
    if (text.startsWith("!!", start)) return undefined;
    return { start, end: meantEnd(text, start, flow), reading: "tagged", sign: "!" };
  }
  if (node.style !== "plain" || !/["'([{]/.test(node.source) || node.source.includes("\n")) return undefined;
  const end = meantEnd(text, node.start, flow);
  if (end <= node.end) return undefined;
  const rest = text.slice(node.end, end);
  return rest.trimStart().startsWith("#")
    ? { start: node.start, end, reading: "cut", sign: " #" }
    : { start: node.start, end, reading: "split", sign: rest.trimStart().charAt(0) };
}

/** What YAML did to a value that holds a fault; undefined when quotes would not mend it. */
function suspectAt(text: string, span: Span): Suspect | undefined {
  const value = text.slice(span.start, span.end);
  const first = value.charAt(0);
  if (first === "!") return { ...span, reading: "tagged", sign: first };
  if (first === '"' || first === "'") {
    const goesOn = first === '"' ? /^"(?:[^"\\]|\\.)*"\s*\S/ : /^'[^']*'\s*[^\s']/;
    return goesOn.test(value) ? { ...span, reading: "quoted", sign: first } : undefined;
  }
  if (first === "{" || first === "[") {
    const close = afterBracket(text, span.start, lineEnd(text, span.start));
    return close !== undefined && close < span.end ? { ...span, reading: "quoted", sign: first } : undefined;
  }
  if (/^[@`%]/.test(first)) return { ...span, reading: "quoted", sign: first };
  if (/:\s/.test(value)) return { ...span, reading: "split", sign: ": " };
  const bracket = /[[{\]},]/.exec(value);
  return bracket === null ? undefined : { ...span, reading: "split", sign: bracket[0] };
}

/** Whether the innermost collection around an offset is a flow collection. */
function isInFlow(node: YamlNode, offset: number): boolean {
  if (node.kind !== "map" && node.kind !== "list") return false;
  const parts = node.kind === "list" ? node.items : node.entries.map((entry) => entry.value ?? entry.key);
  const inner = parts.find((part) =>
    (part.kind === "map" || part.kind === "list") && part.start <= offset && part.end > offset
  );
  return inner === undefined ? node.flow : isInFlow(inner, offset);
}
