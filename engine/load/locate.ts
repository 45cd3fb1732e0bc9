/** From a problem's path to its place in the text: line, column and span, for renderers of every format. */
import type { Path, Problem } from "../model/problem.ts";
import { documentProblems } from "../model/problems/documents.ts";
import { readMended } from "./repair.ts";
import { offsetInSource } from "./source_offset.ts";
import type { Span, YamlNode } from "./yaml.ts";

/** A problem at its place. Lines and columns count from 1, columns in characters. */
export interface LocatedProblem {
  readonly problem: Problem;
  /** Undefined where there is no text to show: a file or folder that could not be read. */
  readonly place: Place | undefined;
  /** Id of the rule concerned, found by its place where the problem does not name it. */
  readonly rule: string | undefined;
}

export interface Place extends Span {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  /** The line of the start, without its end. */
  readonly excerpt: string;
}

/** Problems at their places: by file, then from top to bottom; equal ones once. */
export function locateProblems(
  problems: readonly Problem[],
  texts: ReadonlyMap<string, string>,
): readonly LocatedProblem[] {
  const roots = new Map<string, YamlNode | undefined>();
  const rootOf = (file: string, text: string) => {
    if (!roots.has(file)) roots.set(file, readMended(text).root);
    return roots.get(file);
  };
  const located = problems.map((problem): LocatedProblem => {
    const text = texts.get(problem.file);
    if (text === undefined) return { problem, place: undefined, rule: problem.rule };
    const root = rootOf(problem.file, text);
    const span = problem.offset ?? spanOf(text, root, problem);
    return { problem, place: placeOf(text, span), rule: problem.rule ?? ruleAt(root, span.start) };
  });
  return distinct(located.toSorted(byPlace));
}

const { unknownAnchor } = documentProblems;

function spanMark({ problem, place }: LocatedProblem): string {
  return `${problem.file} ${place?.start} ${place?.end}`;
}

/** The line of the node at a path, from 1. */
export function lineAt(text: string, path: Path): number {
  const { root } = readMended(text);
  return root === undefined ? 1 : placeOf(text, nodeAt(root, path).node).line;
}

function byPlace(a: LocatedProblem, b: LocatedProblem): number {
  if (a.problem.file !== b.problem.file) return a.problem.file < b.problem.file ? -1 : 1;
  return (a.place?.start ?? 0) - (b.place?.start ?? 0);
}

/**
 * A condition that several rules name is checked for each of them, and its problem said once. What YAML read in place of a
 * node is not at fault beside what is wrong with the node itself.
 */
function distinct(located: readonly LocatedProblem[]): readonly LocatedProblem[] {
  const seen = new Set<string>();
  const unread = new Set(located.filter(({ problem }) => problem.code === unknownAnchor.code).map(spanMark));
  return located.filter((one) => {
    const { problem, place } = one;
    if (problem.code !== unknownAnchor.code && unread.has(spanMark(one))) return false;
    const mark = JSON.stringify([problem.file, place?.start, place?.end, problem.code, problem.message]);
    if (seen.has(mark)) return false;
    seen.add(mark);
    return true;
  });
}

function spanOf(text: string, root: YamlNode | undefined, problem: Problem): Span {
  if (root === undefined) return { start: 0, end: 0 };
  const { node, key } = nodeAt(root, problem.path);
  if (problem.at === "key" && key !== undefined) return key;
  const { range } = problem;
  if (range === undefined || node.kind !== "scalar") return node;
  const source = text.slice(node.start, node.end);
  const cooked = String(node.value);
  const start = node.start + offsetInSource(source, cooked, range.start, node.style);
  const last = node.start + offsetInSource(source, cooked, Math.max(range.start, range.end - 1), node.style);
  return { start, end: range.end > range.start ? last + 1 : start + 1 };
}

/** The node at a path and its key; where the path leads to nothing, the nearest node above. */
function nodeAt(root: YamlNode, path: Path): { readonly node: YamlNode; readonly key: YamlNode | undefined } {
  let found: { node: YamlNode; key: YamlNode | undefined } = { node: root, key: undefined };
  for (const step of path) {
    const next = childOf(found.node, step);
    if (next === undefined) return found;
    found = next;
  }
  return found;
}

function childOf(node: YamlNode, step: string | number): { node: YamlNode; key: YamlNode | undefined } | undefined {
  if (node.kind === "alias") return node.target && childOf(node.target, step);
  if (node.kind === "list") {
    const item = node.items[Number(step)];
    return item && { node: item, key: undefined };
  }
  if (node.kind !== "map") return undefined;
  // Of a key that stands twice the last one holds, as in the values.
  const entry = node.entries.findLast(({ key }) => key.kind === "scalar" && keyText(key) === String(step));
  return entry && { node: entry.value ?? entry.key, key: entry.key };
}

function keyText(key: YamlNode & { kind: "scalar" }): string {
  return key.style === "plain" ? key.source : String(key.value);
}

/** Id of the rule of a pack that holds an offset. */
function ruleAt(root: YamlNode | undefined, offset: number): string | undefined {
  const rules = root && childOf(root, "rules")?.node;
  if (rules?.kind !== "list") return undefined;
  const rule = rules.items.find(({ start, end }) => start <= offset && offset < end);
  const id = rule && childOf(rule, "id")?.node;
  return id?.kind === "scalar" ? String(id.value) : undefined;
}

function placeOf(text: string, span: Span): Place {
  const start = Math.min(span.start, text.length);
  const from = text.lastIndexOf("\n", start - 1) + 1;
  const found = text.indexOf("\n", from);
  const excerpt = text.slice(from, found < 0 ? text.length : found).replace(/\r$/, "");
  // A node that goes over several lines is shown by its first one.
  const end = Math.max(start, Math.min(span.end, from + excerpt.length));
  const line = text.slice(0, from).split("\n").length;
  const column = [...text.slice(from, start)].length + 1;
  return {
    start,
    end,
    line,
    column,
    endLine: line,
    endColumn: column + Math.max(1, [...text.slice(start, end)].length),
    excerpt,
  };
}
