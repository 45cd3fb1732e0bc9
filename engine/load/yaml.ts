/**
 * YAML 1.2 as a tree of nodes that know where they stand: the only file that knows the YAML library. Nothing is resolved
 * here: numbers keep their spelling, aliases point to the node that they repeat.
 */
import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type ParsedNode, parseDocument } from "yaml";
import type { Value } from "../model/value.ts";

/** Offsets into the text; `end` is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface ScalarNode extends Span {
  readonly kind: "scalar";
  readonly value: string | number | boolean | null;
  /** The spelling of a plain scalar; the value's text for others. */
  readonly source: string;
  readonly style: "plain" | "quoted" | "block";
}

export interface MapNode extends Span {
  readonly kind: "map";
  readonly flow: boolean;
  readonly entries: readonly { readonly key: YamlNode; readonly value: YamlNode | undefined }[];
}

export interface ListNode extends Span {
  readonly kind: "list";
  readonly flow: boolean;
  readonly items: readonly YamlNode[];
}

/** `*name`; `target` is undefined where no node above has the anchor. */
export interface AliasNode extends Span {
  readonly kind: "alias";
  readonly name: string;
  readonly target: YamlNode | undefined;
}

export type YamlNode = (ScalarNode | MapNode | ListNode | AliasNode) & { readonly tag: string | undefined };

/** A place that is no YAML; `code` is the library's. */
export interface YamlFault extends Span {
  readonly code: string;
  readonly message: string;
}

export interface YamlTree {
  /** Undefined for an empty document. */
  readonly root: YamlNode | undefined;
  readonly faults: readonly YamlFault[];
}

const options = { version: "1.2", schema: "core", merge: false, uniqueKeys: false, prettyErrors: false } as const;

/** The tree of a text; where there are faults the tree may be wrong. Never throws. */
export function parseYaml(text: string): YamlTree {
  try {
    const document = parseDocument(text, options);
    const faults = document.errors.map(({ code, message, pos: [start, end] }) => ({ code, message, start, end }));
    return { root: empty(document.contents) ? undefined : convert(document.contents, new Map()), faults };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { root: undefined, faults: [{ code: "TOO_DEEP", message: "nested too deep", start: 0, end: 1 }] };
  }
}

/** A document of nothing but comments holds an empty scalar. */
function empty(contents: ParsedNode | null): contents is null {
  return contents === null || (isScalar(contents) && contents.source === "" && contents.range[0] === contents.range[1]);
}

/** Anchors are known once their node is complete, so that a node cannot repeat itself. */
function convert(node: Node, anchors: Map<string, YamlNode>): YamlNode {
  const [start, end] = node.range ?? [0, 0];
  const tag = node.tag;
  if (isAlias(node)) {
    return { kind: "alias", name: node.source, target: anchors.get(node.source), tag: undefined, start, end };
  }
  const made: YamlNode = isMap(node)
    ? { kind: "map", flow: node.flow === true, entries: entriesOf(node.items, anchors), tag, start, end }
    : isSeq(node)
    ? {
      kind: "list",
      flow: node.flow === true,
      items: node.items.map((item) => itemOf(item, anchors)),
      tag,
      start,
      end,
    }
    : scalarOf(node, start, end);
  const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
  if (anchor !== undefined) anchors.set(anchor, made);
  return made;
}

function entriesOf(pairs: readonly Pair[], anchors: Map<string, YamlNode>): MapNode["entries"] {
  return pairs.map((pair) => ({
    key: convert(pair.key as Node, anchors),
    value: pair.value === null ? undefined : convert(pair.value as Node, anchors),
  }));
}

/** An item of a list is a node, or in `[a: 1]` a pair of its own. */
function itemOf(item: unknown, anchors: Map<string, YamlNode>): YamlNode {
  if (typeof item !== "object" || item === null || !("key" in item)) return convert(item as Node, anchors);
  const entries = entriesOf([item as Pair], anchors);
  const [{ key, value }] = entries as [MapNode["entries"][number]];
  return { kind: "map", flow: true, entries, tag: undefined, start: key.start, end: (value ?? key).end };
}

function scalarOf(node: Node, start: number, end: number): YamlNode {
  const type = isScalar(node) ? node.type : undefined;
  const value = isScalar(node) ? node.value as Value : null;
  const style = type === "PLAIN" ? "plain" : type === "BLOCK_FOLDED" || type === "BLOCK_LITERAL" ? "block" : "quoted";
  const source = isScalar(node) ? node.source ?? String(value) : "";
  const plain = value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  return { kind: "scalar", value: plain ? value : source, source, style, tag: node.tag, start, end };
}
