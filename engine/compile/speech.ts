/** Compiles what alerts and records of a rule say: criteria, entities, message, context, labels, sinks, record, limit. */
import type { Expression, Vocabulary } from "../conditions/expression.ts";
import type { CompiledRule } from "../kinds/kind.ts";
import type { Pack } from "../model/pack.ts";
import { nearest } from "../model/problem.ts";
import { ruleProblems } from "../model/problems/rules.ts";
import { parseDuration } from "../model/time.ts";
import { isFields, type Value } from "../model/value.ts";
import type { Entity, Limit, Speech } from "./plan.ts";
import type { CompilerOfRule } from "./rule_compiler.ts";

/** The speech of a rule; what is wrong with it is reported to the rule. */
export function compileSpeech(rule: CompilerOfRule, compiled: CompiledRule, pack: Pack): Speech {
  const { vocabulary } = compiled;
  const withMatched: Vocabulary = rule.raw.criteria === undefined
    ? vocabulary
    : { ...vocabulary, builtins: [...vocabulary.builtins, "matched"] };
  const entities = compileEntities(rule, withMatched);
  const message = rule.raw.message === undefined ? undefined : rule.template(["message"], withMatched);
  const record = compileRecord(rule, withMatched);
  const context = compileContext(rule, compiled);
  return {
    criteria: rule.criteria,
    entities,
    message,
    context,
    labels: { ...pack.defaults.labels, ...texts(rule.raw.labels) },
    runbook: typeof rule.raw.runbook === "string" ? rule.raw.runbook : undefined,
    sinks: names(rule.raw.sinks) ?? pack.defaults.sinks ?? [],
    outputs: names(rule.raw.emit_to) ?? [],
    record,
  };
}

/** A text or a list of texts as a list. */
function names(raw: Value | undefined): readonly string[] | undefined {
  if (raw === undefined) return undefined;
  return Array.isArray(raw) ? raw.map(String) : [String(raw)];
}

function texts(raw: Value | undefined): Record<string, string> {
  if (!isFields(raw)) return {};
  return Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, String(value)]));
}

function compileEntities(rule: CompilerOfRule, vocabulary: Vocabulary): readonly Entity[] {
  const raw = rule.raw.entities;
  if (!isFields(raw)) return [];
  return Object.entries(raw).map(([name, spec]) => {
    const paths = isFields(spec) ? Object.keys(spec).map((stream) => ["entities", name, stream]) : [["entities", name]];
    const expressions = paths.map((path) => rule.expression(path, vocabulary));
    return { name, expressions: expressions.filter((expression) => expression !== undefined) };
  });
}

function compileRecord(rule: CompilerOfRule, vocabulary: Vocabulary): Speech["record"] {
  const raw = rule.raw.record;
  if (!isFields(raw)) return undefined;
  return Object.keys(raw).flatMap((name) => {
    const expression = rule.expression(["record", name], vocabulary);
    return expression === undefined ? [] : [{ name, expression }];
  });
}

function compileContext(rule: CompilerOfRule, compiled: CompiledRule): Speech["context"] {
  const raw = rule.raw.context;
  if (raw === "event") return "event";
  if (!Array.isArray(raw)) return undefined;
  const known = compiled.inputs.flatMap((input) => Object.keys(input.stream.type.fields));
  for (const [i, field] of raw.entries()) {
    if (known.includes(String(field))) continue;
    const facts = { field: String(field), nearest: nearest(String(field), known) };
    rule.report(ruleProblems.unknownContextField, ["context", i], facts);
  }
  return raw.map(String);
}

/** The rule's limit (semantics.md 21): per parts of its key, or per expressions of the event. */
export function compileLimit(rule: CompilerOfRule, compiled: CompiledRule): Limit | undefined {
  const raw = rule.raw.limit;
  if (!isFields(raw)) return undefined;
  const every = typeof raw.every === "string" ? parseDuration(raw.every) : undefined;
  if (typeof raw.max !== "number" || every === undefined) return undefined;
  if (raw.per === undefined) {
    return { max: raw.max, every, per: { parts: compiled.keyNames.map((_, i) => i) } };
  }
  const given = Array.isArray(raw.per) ? raw.per : [raw.per];
  const paths = given.map((_, i) => Array.isArray(raw.per) ? ["limit", "per", i] : ["limit", "per"]);
  const streams = compiled.inputs.map((input) => input.stream);
  const expressions = paths.map((path) => rule.expression(path, rule.vocabulary(streams)));
  const sound = expressions.filter((expression) => expression !== undefined);
  if (sound.length < expressions.length) return undefined;
  if (compiled.stateless) return { max: raw.max, every, per: { expressions: sound } };
  const parts = sound.map((expression, i) => partOf(rule, compiled, expression, paths[i] ?? []));
  return { max: raw.max, every, per: { parts: parts.filter((part) => part >= 0) } };
}

/** Position of the key's part that means the same as an expression; -1, reported, when there is none. */
function partOf(
  rule: CompilerOfRule,
  compiled: CompiledRule,
  expression: Expression,
  path: readonly (string | number)[],
): number {
  for (const input of compiled.inputs) {
    const at = input.key.findIndex((part) => part.canonical === expression.canonical);
    if (at >= 0) return at;
  }
  rule.report(ruleProblems.perOutsideKey, path, { per: expression.source, key: compiled.keyNames });
  return -1;
}
