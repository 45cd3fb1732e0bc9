/**
 * The key of a rule: one expression, a list of them, named ones, or a map stream → any of these (semantics.md 16, 20).
 * A part is named by the last segment of its path; where streams differ, by the first stream's.
 */
import type { Expression } from "../conditions/expression.ts";
import type { Stream } from "../model/contract.ts";
import type { Path } from "../model/problem.ts";
import { ruleProblems } from "../model/problems/rules.ts";
import { describeType } from "../model/type.ts";
import { type Fields, isFields } from "../model/value.ts";
import type { CompilerOfRule } from "./rule_compiler.ts";

export interface RuleKey {
  readonly names: readonly string[];
  readonly parts: ReadonlyMap<string, readonly Expression[]>;
}

interface Part {
  readonly name: string;
  readonly expression: Expression;
}

/** The key at a path for each stream; undefined when something has a problem. No key is one global key. */
export function compileKey(rule: CompilerOfRule, streams: readonly Stream[], path: Path): RuleKey | undefined {
  const raw = rule.at(path);
  const parts = new Map<string, readonly Expression[]>();
  if (raw === undefined) return { names: [], parts };
  const map = rule.byStream(path, streams);
  let first: readonly Part[] | undefined;
  for (const stream of streams) {
    if (map !== undefined && map[stream.name] === undefined) {
      rule.report(ruleProblems.missingForStream, path, { what: "keys", stream: stream.name });
      return undefined;
    }
    const found = map === undefined ? partsAt(rule, streams, path) : partsAt(rule, [stream], [...path, stream.name]);
    if (found === undefined || !agree(rule, path, stream, first, found)) return undefined;
    first ??= found;
    parts.set(stream.name, found.map((part) => part.expression));
    if (map === undefined) {
      if (!readsAll(rule, streams, path, found)) return undefined;
      for (const other of streams) parts.set(other.name, found.map((part) => part.expression));
      break;
    }
  }
  return { names: (first ?? []).map((part) => part.name), parts };
}

/** Whether one key for all streams can have a value for each: one that reads the event of a single stream cannot. */
function readsAll(rule: CompilerOfRule, streams: readonly Stream[], path: Path, parts: readonly Part[]): boolean {
  const read = parts.flatMap(({ expression }) => expression.reads.map((each) => each.path[0]));
  const named = streams.filter(({ alias }) => read.includes(alias));
  const other = streams.find((stream) => !named.includes(stream));
  if (named.length === 0 || other === undefined) return true;
  const keys = streams.map(({ name, alias }) => `${name}: ${alias}.…`).join(", ");
  rule.report(ruleProblems.oneStreamKey, path, { stream: other.name, keys });
  return false;
}

/** The key of several sides at a path: a map side → key, each over its own stream. */
export function compileSides(
  rule: CompilerOfRule,
  path: Path,
  sides: readonly { readonly name: string; readonly stream: Stream }[],
): { parts: readonly (readonly Expression[])[]; names: readonly string[] } | undefined {
  const found: (readonly Part[])[] = [];
  if (!isFields(rule.at(path))) {
    const keys = sides.map(({ name, stream }) => `${name}: ${stream.alias}.…`).join(", ");
    rule.report(ruleProblems.oneStreamKey, path, { stream: sides[1]?.stream.name ?? "", keys });
    return undefined;
  }
  for (const { name, stream } of sides) {
    if (rule.at([...path, name]) === undefined) {
      rule.report(ruleProblems.missingForStream, path, { what: "keys", stream: name });
      return undefined;
    }
    const parts = partsAt(rule, [stream], [...path, name]);
    if (parts === undefined || !agree(rule, path, { name }, found[0], parts)) return undefined;
    found.push(parts);
  }
  return {
    parts: found.map((parts) => parts.map((part) => part.expression)),
    names: (found[0] ?? []).map((part) => part.name),
  };
}

/** Parts of a key that stand at a path: text, list, or map name → expression. */
function partsAt(rule: CompilerOfRule, streams: readonly Stream[], path: Path): readonly Part[] | undefined {
  const raw = rule.at(path);
  if (Array.isArray(raw)) {
    const parts = raw.map((_, i) => partsAt(rule, streams, [...path, i]));
    const sound = parts.filter((part) => part !== undefined);
    return sound.length === parts.length ? sound.flat() : undefined;
  }
  if (isFields(raw)) return namedParts(rule, streams, path, raw);
  const expression = rule.expression(path, rule.vocabulary(streams), ["string", "number", "boolean"]);
  if (expression === undefined) return undefined;
  const name = expression.path?.[expression.path.length - 1];
  if (name !== undefined) return [{ name, expression }];
  rule.report(ruleProblems.keyNeedsName, path, { expression: String(raw) });
  return undefined;
}

function namedParts(
  rule: CompilerOfRule,
  streams: readonly Stream[],
  path: Path,
  raw: Fields,
): readonly Part[] | undefined {
  const parts: Part[] = [];
  for (const name of Object.keys(raw)) {
    const expression = rule.expression([...path, name], rule.vocabulary(streams), ["string", "number", "boolean"]);
    if (expression !== undefined) parts.push({ name, expression });
  }
  return parts.length === Object.keys(raw).length ? parts : undefined;
}

function agree(
  rule: CompilerOfRule,
  path: Path,
  stream: { readonly name: string },
  first: readonly Part[] | undefined,
  found: readonly Part[],
): boolean {
  if (first === undefined) return true;
  if (first.length !== found.length) {
    const facts = { stream: stream.name, parts: found.length, expected: first.length };
    rule.report(ruleProblems.keyPartsDiffer, [...path, stream.name], facts);
    return false;
  }
  const differs = first.findIndex((part, i) => part.expression.type.kind !== found[i]?.expression.type.kind);
  const [one, other] = [first[differs], found[differs]];
  if (one === undefined || other === undefined) return true;
  rule.report(ruleProblems.keyTypesDiffer, [...path, stream.name], {
    name: one.name,
    first: describeType(one.expression.type),
    second: describeType(other.expression.type),
  });
  return false;
}
