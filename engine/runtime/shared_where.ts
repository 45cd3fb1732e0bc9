/** Conditions that several rules share are tested once per event, however many rules ask. */
import type { Plan } from "../compile/plan.ts";
import type { Condition } from "../conditions/expression.ts";
import type { RuleInput } from "../kinds/kind.ts";
import type { Scope } from "../model/scope.ts";
import { meaningOf } from "./layout.ts";

type Test = Condition["test"];

/** The test of every input with `where`. `stamp` tells one event from the next. */
export function sharedTests(plan: Plan, stamp: () => number): ReadonlyMap<RuleInput, Test> {
  const users = new Map<string, { readonly test: Test; readonly inputs: RuleInput[] }>();
  for (const rule of plan.rules) {
    for (const input of rule.compiled.inputs) {
      if (input.where === undefined) continue;
      const name = `${input.stream.name} ${meaningOf(rule, input.where.canonical)}`;
      const known = users.get(name);
      if (known === undefined) users.set(name, { test: input.where.test, inputs: [input] });
      else known.inputs.push(input);
    }
  }
  return new Map([...users.values()].flatMap(({ test, inputs }) => {
    const shared = inputs.length === 1 ? test : once(test, stamp);
    return inputs.map((input): [RuleInput, Test] => [input, shared]);
  }));
}

/** A test that remembers its verdict for the event at hand. */
function once(test: Test, stamp: () => number): Test {
  let tested = -1;
  let verdict: boolean | undefined;
  return (scope: Scope) => {
    const now = stamp();
    if (now !== tested) {
      tested = now;
      verdict = test(scope);
    }
    return verdict;
  };
}
