/**
 * The rows that rules look up, as their expressions see them: `lookup.profile` renders the row's key from the events at
 * hand and asks for the row when it is read, so that a rule that reads none pays nothing.
 */
import type { PlanLookup, PlanRule } from "../compile/plan.ts";
import type { LookupNeed, Lookups } from "../model/lookup.ts";
import type { Scope } from "../model/scope.ts";
import type { Fields } from "../model/value.ts";

type Rows = Scope["lookup"];

/** Rows of every rule over one scope, by the rule's index; undefined when no rule reads any. */
export function rowsOf(
  rules: readonly PlanRule[],
  lookups: Lookups,
  scope: Scope,
): readonly Rows[] | undefined {
  if (rules.every((rule) => rule.lookups.length === 0)) return undefined;
  return rules.map((rule) => {
    const rows: Rows = {};
    for (const lookup of rule.lookups) {
      const get = () => findRow(lookup, lookups, scope);
      Object.defineProperty(rows, lookup.name, { get, enumerable: true });
    }
    return rows;
  });
}

function findRow(lookup: PlanLookup, lookups: Lookups, scope: Scope): Fields | undefined {
  const key = keyOf(lookup, scope);
  return key === undefined ? undefined : lookups.find(lookup.name, key);
}

/** The key of a row; undefined when a part of it has no value. */
function keyOf({ key }: PlanLookup, scope: Scope): string | undefined {
  return key.reads.every((read) => read.evaluate(scope) !== undefined) ? key.render(scope) : undefined;
}

/** Adds the rows that a rule may ask for with the event at hand. */
export function addNeeds(rule: PlanRule, scope: Scope, into: Map<string, LookupNeed>): void {
  for (const lookup of rule.lookups) {
    const key = keyOf(lookup, scope);
    const { name, fields, cache } = lookup;
    if (key !== undefined) into.set(`${name} ${key}`, { lookup: name, key, fields, cache });
  }
}
