/** Hashes of a rule: its revision (what it means) and its state signature (what its state depends on, runtime.md §6). */
import { createHash } from "node:crypto";
import type { CompiledRule } from "../kinds/kind.ts";
import type { ListSource, Pack } from "../model/pack.ts";
import { describeType, type Type } from "../model/type.ts";
import { isFields, type Value } from "../model/value.ts";
import type { CompilerOfRule } from "./rule_compiler.ts";

/** Properties that people read and the engine does not. */
const cosmetic = new Set(["title", "description", "message", "labels", "runbook", "was"]);

/** Length of the hashes in hexadecimal digits. */
const digits = 16;

/** SHA-256 of a JSON value whose object keys are sorted, shortened. */
export function hashOf(value: Value): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex").slice(0, digits);
}

/** Equal for rules that mean the same: layout, order of keys and spelling of expressions play no part. */
export function revisionOf(rule: CompilerOfRule, { lookups, lists }: Pick<Pack, "lookups" | "lists">): string {
  const meaning = Object.entries(rule.raw)
    .filter(([name]) => !cosmetic.has(name))
    .map(([name, value]): [string, Value] => [name, canonicalAt(rule, [name], value)]);
  for (const name of rule.lookupsRead) {
    const { redisHash, fields, cache } = lookups[name] ?? {};
    meaning.push([`lookups.${name}`, [redisHash ?? null, fields ?? null, cache ?? null]]);
  }
  for (const name of listsRead(rule)) meaning.push([`lists.${name}`, listOf(lists[name])]);
  return hashOf(meaning.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
}

/** Equal while the state of a rule keeps its meaning. */
export function signatureOf(rule: CompilerOfRule, compiled: CompiledRule): string {
  const inputs = compiled.inputs.map((input) => [
    input.stream.name,
    input.stream.topics,
    input.stream.format,
    JSON.stringify(input.stream.time),
    input.stream.key ?? null,
    input.key.map((part) => part.canonical),
    input.where?.canonical ?? null,
  ]);
  const state = [rule.raw.kind ?? null, inputs, compiled.signature];
  return hashOf([...state, typesRead(rule, compiled, canonicalJson(state))]);
}

/** Types of the fields that a text of expressions names: what was counted as one type is nothing of another. */
function typesRead({ paths }: CompilerOfRule, { inputs }: CompiledRule, state: string): Value {
  const isNamed = (path: readonly string[]) =>
    new RegExp(`(?<![\\w.])${RegExp.escape(path.join("."))}(?![\\w.])`).test(state);
  const named = [...paths.values()].filter(isNamed);
  return named.flatMap(([alias, ...path]) =>
    inputs.filter(({ stream }) => stream.alias === alias).map(({ stream }): [string, string] => [
      `${alias}.${path.join(".")}`,
      typeAt(stream.type, path),
    ])
  ).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The type of a field in words; whether it may be absent plays no part. */
function typeAt(type: Type, path: readonly string[]): string {
  const [name, ...rest] = path;
  if (name === undefined) return describeType(type);
  const field = type.kind === "object" ? type.fields[name] : undefined;
  return field === undefined ? describeType(type) : typeAt(field.type, rest);
}

/** Lists that some expression of the rule names; a text that only looks so does no harm. */
function listsRead({ canonical }: CompilerOfRule): ReadonlySet<string> {
  const named = [...canonical.values()].flatMap((text) => [...text.matchAll(/\blists\.([A-Za-z_]\w*)/g)]);
  return new Set(named.map(([, name]) => name ?? ""));
}

/** What a list holds, whatever the order; of one in Redis, where it is. */
function listOf(list: ListSource | undefined): Value {
  if (list === undefined) return null;
  return list.from === "redis" ? [list.key, list.refresh] : [...list.values].sort();
}

/** The value at a path with every compiled expression in its canonical form. */
function canonicalAt(rule: CompilerOfRule, path: readonly string[], value: Value): Value {
  const canonical = rule.canonical.get(path.join("\u0000"));
  if (canonical !== undefined) return canonical;
  if (Array.isArray(value)) return value.map((one, i) => canonicalAt(rule, [...path, String(i)], one));
  if (!isFields(value)) return value;
  const ordered = path[0] === "severity" || path[0] === "decisions";
  const entries = Object.entries(value).map((
    [name, one],
  ): [string, Value] => [name, canonicalAt(rule, [...path, name], one)]);
  return ordered ? entries : Object.fromEntries(entries);
}

function canonicalJson(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (!isFields(value)) return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name] ?? null)}`).join(",")}}`;
}
