/** Compiles the lookups that a rule reads: the key of each row is a template over the rule's own events. */
import { compileTemplate } from "../conditions/mod.ts";
import type { Vocabulary } from "../conditions/expression.ts";
import type { LookupSource, Pack } from "../model/pack.ts";
import { problem } from "../model/problem.ts";
import type { PlanLookup } from "./plan.ts";
import type { CompilerOfRule } from "./rule_compiler.ts";

/** The lookups that the rule's expressions read; what is wrong with their keys is reported where the pack writes them. */
export function compileLookups(rule: CompilerOfRule, vocabulary: Vocabulary, pack: Pack): readonly PlanLookup[] {
  // A row is found before aggregates and scores are known.
  const words = { ...vocabulary, values: {}, builtins: ["time" as const] };
  return [...rule.lookupsRead].flatMap((name) => {
    const source = Object.hasOwn(pack.lookups, name) ? pack.lookups[name] : undefined;
    return source === undefined ? [] : compileLookup(rule, words, pack, name, source);
  });
}

function compileLookup(
  rule: CompilerOfRule,
  words: Vocabulary,
  pack: Pack,
  name: string,
  source: LookupSource,
): readonly PlanLookup[] {
  const path = ["lookups", name, "redis_hash"];
  const key = compileTemplate(source.redisHash, words, (kind, facts, site) => {
    const place = { file: pack.file, path, at: site.at ?? "value" };
    rule.problems.push(problem(kind, site.range === undefined ? place : { ...place, range: site.range }, facts));
  });
  if (key === undefined) return [];
  rule.keepFields(key.reads);
  return [{ name, key, fields: source.fields, cache: source.cache }];
}
