/** What the expressions of one pack may name beside events: parameters, lists, lookups and conditions. */
import type { ValueList, Vocabulary } from "../conditions/expression.ts";
import type { ListSource, Pack } from "../model/pack.ts";
import { nearest, type Problem, problem, type ProblemSite } from "../model/problem.ts";
import { ruleProblems } from "../model/problems/rules.ts";
import type { Type } from "../model/type.ts";
import type { Value } from "../model/value.ts";
import type { LiveList } from "./plan.ts";

export type PackWords = Pick<Vocabulary, "params" | "lists" | "lookups" | "conditions">;

/** Values of parameters by pack, from the deployment file or the command line. */
export type ParamOverrides = { readonly [pack: string]: { readonly [param: string]: Value } };

/**
 * The words of a pack, with parameters overridden; problems of the overrides are added, at `file` where a deployment file
 * gives them.
 */
export function wordsOf(pack: Pack, overrides: ParamOverrides, problems: Problem[], file?: string): PackWords {
  const params = Object.fromEntries(Object.entries(pack.params).map(([name, param]) => [name, param.default]));
  for (const [name, value] of Object.entries(overrides[pack.name] ?? {})) {
    const wrong = checkOverride(pack, name, value, file);
    if (wrong === undefined) params[name] = isScalar(value) ? value : params[name] ?? "";
    else problems.push(wrong);
  }
  return {
    params,
    lists: Object.fromEntries(Object.entries(pack.lists).map(([name, list]) => [name, listOf(name, list)])),
    lookups: Object.fromEntries(
      Object.entries(pack.lookups).map(([name, lookup]) => [name, { fields: fieldTypes(lookup.fields) }]),
    ),
    conditions: pack.conditions,
  };
}

/** Problems of overrides that name a pack that does not exist. */
export function unknownPacks(packs: readonly Pack[], overrides: ParamOverrides, file?: string): Problem[] {
  return Object.keys(overrides)
    .filter((name) => !packs.some((pack) => pack.name === name))
    .map((name) =>
      problem(ruleProblems.unknownParam, siteOf(name, undefined, file) ?? { file: packs[0]?.file ?? "", path: [] }, {
        name,
        nearest: nearest(name, packs.map((pack) => pack.name)),
      })
    );
}

/** Where a deployment file gives a parameter, or those of a pack; undefined for the command line. */
function siteOf(pack: string, name: string | undefined, file: string | undefined): ProblemSite | undefined {
  if (file === undefined) return undefined;
  return { file, path: ["params", pack, ...(name === undefined ? [] : [name])] };
}

function checkOverride(pack: Pack, name: string, value: Value, file: string | undefined): Problem | undefined {
  const param = Object.hasOwn(pack.params, name) ? pack.params[name] : undefined;
  const site = siteOf(pack.name, name, file) ??
    { file: pack.file, path: ["params", ...(param === undefined ? [] : [name])] };
  if (param === undefined) {
    const known = Object.keys(pack.params).map((known) => `${pack.name}.${known}`);
    const full = `${pack.name}.${name}`;
    return problem(ruleProblems.unknownParam, file === undefined ? site : { ...site, at: "key" }, {
      name: full,
      nearest: nearest(full, known),
    });
  }
  const fits = typeof value === param.type &&
    (typeof value !== "number" || (value >= (param.min ?? -Infinity) && value <= (param.max ?? Infinity)));
  if (fits) return undefined;
  const bounds = param.min === undefined && param.max === undefined
    ? ""
    : ` from ${param.min ?? "-∞"} to ${param.max ?? "∞"}`;
  const facts = { name: `${pack.name}.${name}`, value: JSON.stringify(value), wants: `a ${param.type}${bounds}` };
  return problem(ruleProblems.paramOutOfRange, site, facts);
}

function isScalar(value: Value): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

/** Lists of a pack that lie in Redis, with the Sets that its conditions read. */
export function liveLists(pack: Pack, { lists }: PackWords): readonly LiveList[] {
  return Object.entries(pack.lists).flatMap(([name, list]) => {
    const words = lists[name];
    if (list.from !== "redis" || words === undefined) return [];
    const { key, type, refresh } = list;
    return [{ key, type, refresh, values: words.values, site: { file: pack.file, path: ["lists", name] } }];
  });
}

function listOf(name: string, list: ListSource): ValueList {
  return { name, type: list.type, values: new Set(list.from === "values" ? list.values : []) };
}

function fieldTypes(fields: { readonly [name: string]: "number" | "string" | "boolean" }): Record<string, Type> {
  return Object.fromEntries(Object.entries(fields).map(([name, kind]) => [name, { kind }]));
}
