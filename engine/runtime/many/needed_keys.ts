/**
 * What the state of a rule is kept by, and so which events must meet in one task (runtime.md §5): its key, the parts of
 * it that its limit counts by, or nothing at all, for a rule that each event decides alone.
 */
import type { PlanRule } from "../../compile/plan.ts";
import type { Expression } from "../../conditions/expression.ts";
import { meaningOf } from "../layout.ts";

/** One part of a key: its name, and the expression of it for each input of the rule. */
export interface KeyPart {
  readonly name: string;
  readonly expressions: readonly Expression[];
}

/**
 * The parts by which events of a rule must be brought together, each event of one value of them all to one task; empty
 * for a rule whose events must all meet, undefined for one that keeps nothing.
 */
export function neededKey(rule: PlanRule): readonly KeyPart[] | undefined {
  const needed = [stateKey(rule), limitKey(rule)].filter((parts) => parts !== undefined);
  const [first, ...others] = needed;
  // What is brought together by a part that all have in common is together for each of them.
  return first?.filter((part) => others.every((parts) => parts.some((other) => sameFor(rule, part, other))));
}

/** An operator keeps its state by the key; customers' own limits, which only kpi rules have, count by it too. */
function stateKey(rule: PlanRule): readonly KeyPart[] | undefined {
  const { operator } = rule.compiled;
  return operator.codec === undefined && rule.text.kind !== "kpi" ? undefined : keyParts(rule);
}

function limitKey(rule: PlanRule): readonly KeyPart[] | undefined {
  const { limit, compiled: { inputs } } = rule;
  if (limit === undefined) return undefined;
  const parts = keyParts(rule);
  if ("parts" in limit.per) return limit.per.parts.flatMap((part) => parts[part] ?? []);
  return limit.per.expressions.map((expression, i) => ({
    name: expression.path?.at(-1) ?? `part${i}`,
    expressions: inputs.map(() => expression),
  }));
}

function keyParts({ compiled: { inputs, keyNames } }: PlanRule): readonly KeyPart[] {
  return keyNames.map((name, i) => ({ name, expressions: inputs.flatMap(({ key }) => key[i] ?? []) }));
}

function sameFor(rule: PlanRule, one: KeyPart, other: KeyPart): boolean {
  return meaningsOf(rule, one).join("\n") === meaningsOf(rule, other).join("\n");
}

/** Equal where the parts of two rules have the same value for every event, input by input. */
export function meaningsOf(rule: PlanRule, { expressions }: KeyPart): readonly string[] {
  return expressions.map(({ canonical }) => meaningOf(rule, canonical));
}
