/** Compiled trees against json-rules-engine itself, on random trees and events of its own dialect. */
import { expect } from "expect";
import fc from "fast-check";
import { Engine, type TopLevelCondition } from "json-rules-engine";
import type { Fields, Value } from "../model/value.ts";
import { compileCondition } from "./mod.ts";
import { objectType, recorder, scopeOf, vocabulary } from "./test_vocabulary.ts";

type Tree = { readonly [key: string]: unknown };

const fields = {
  n: "number",
  m: "number",
  missing: "number?",
  s: "string",
  t: "string?",
  b: "boolean",
  list: ["string"],
  numbers: ["number"],
  loose: "any",
  nested: { n: "number", s: "string?" },
} as const;

const type = objectType(fields);
const number = fc.oneof(fc.integer({ min: -2, max: 3 }), fc.constantFrom(0.5, -0.5));
const string = fc.constantFrom("a", "b", "", "5", "A");
const anyValue: fc.Arbitrary<Value> = fc.oneof(number, string, fc.boolean(), fc.array(string, { maxLength: 2 }));

function leaf(path: string, operators: readonly string[], value: fc.Arbitrary<unknown>): fc.Arbitrary<Tree> {
  return fc.record({ operator: fc.constantFrom(...operators), value }).map(({ operator, value }) => ({
    fact: "e",
    path,
    operator,
    value,
  }));
}

const equality = ["equal", "notEqual"];
const membership = ["in", "notIn"];
const containing = ["contains", "doesNotContain"];
const ordering = ["lessThan", "lessThanInclusive", "greaterThan", "greaterThanInclusive"];
const otherNumber = fc.constantFrom({ fact: "e", path: "$.m" }, { fact: "e", path: "$.nested.n" });

const leaves: fc.Arbitrary<Tree> = fc.oneof(
  leaf("$.n", [...equality, ...ordering], fc.oneof(number, otherNumber)),
  leaf("$.n", equality, fc.constant(null)),
  leaf("$.missing", ["equal", ...ordering], fc.oneof(number, otherNumber)),
  leaf("$.missing", ["in"], fc.array(number)),
  leaf("$.n", membership, fc.oneof(fc.array(number), fc.constant({ fact: "e", path: "$.numbers" }))),
  leaf("$.s", [...equality], string),
  leaf("$.s", membership, fc.array(string, { maxLength: 8 })),
  leaf("$.t", ["equal"], string),
  leaf("$.b", equality, fc.boolean()),
  leaf("$.list", containing, string),
  leaf("$.numbers", containing, number),
  leaf("$.nested.n", [...equality, ...ordering], number),
  leaf("$.nested.s", ["equal"], string),
  leaf("$.list[0]", ["equal"], string),
  leaf("$.loose", [...equality], fc.oneof(number, string, fc.boolean())),
  leaf("$.loose", membership, fc.array(fc.oneof(number, string))),
  leaf("$.loose", containing, string),
  leaf("$.loose", ordering, number),
);

const trees: fc.Arbitrary<Tree> = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "medium", withCrossShrink: true },
    leaves,
    fc.array(tie("tree"), { maxLength: 3 }).map((all) => ({ all })),
    fc.array(tie("tree"), { maxLength: 3 }).map((any) => ({ any })),
    tie("tree").map((not) => ({ not })),
    fc.constantFrom({ condition: "one" }, { condition: "two" }),
  ),
})).tree;

const events: fc.Arbitrary<Fields> = fc.record({
  n: number,
  m: number,
  s: string,
  b: fc.boolean(),
  list: fc.array(string, { maxLength: 3 }),
  numbers: fc.array(number, { maxLength: 3 }),
  loose: anyValue,
  nested: fc.record({ n: number, s: string }, { requiredKeys: ["n"] }),
  missing: fc.option(number),
  t: fc.option(string),
}, { requiredKeys: ["n", "m", "s", "b", "list", "numbers", "loose", "nested"] });

const named = {
  one: { all: [{ fact: "e", path: "$.n", operator: "greaterThan", value: 0 }] },
  two: { any: [{ condition: "one" }, { not: { fact: "e", path: "$.b", operator: "equal", value: true } }] },
};

const words = vocabulary({
  aliases: { e: { type, optional: false, schemaFile: "e.schema.json", change: false } },
  conditions: named,
});

/** The engine itself on one tree and event. */
async function runEngine(tree: Tree, event: Fields): Promise<boolean> {
  const engine = new Engine([], { allowUndefinedFacts: true });
  for (const [name, condition] of Object.entries<TopLevelCondition>(structuredClone(named))) {
    engine.setCondition(name, condition);
  }
  engine.addRule({ conditions: { all: [JSON.parse(JSON.stringify(tree))] }, event: { type: "match" } });
  return (await engine.run({ e: event })).events.length === 1;
}

Deno.test("compiled trees agree with json-rules-engine on 10,000 random trees and events", async () => {
  const property = fc.asyncProperty(trees, events, async (tree, event) => {
    const { told, report } = recorder();
    const condition = compileCondition(tree, words, report);
    expect(told.filter((problem) => problem.severity === "error")).toEqual([]);
    expect(condition?.test(scopeOf({ e: event }))).toBe(await runEngine(tree, event));
  });
  await fc.assert(property, { numRuns: 10_000 });
});

for (const operator of [...equality, ...membership, ...containing, ...ordering]) {
  Deno.test(`a leaf without value is false under ${operator}, and not of it is true`, () => {
    const value = membership.includes(operator) ? [1] : 1;
    const path = containing.includes(operator) ? "$.loose" : "$.missing";
    const tree = { fact: "e", path, operator, value };
    const { report } = recorder();
    for (const event of [{}, { missing: null, loose: null }]) {
      const scope = scopeOf({ e: event });
      expect(compileCondition(tree, words, report)?.test(scope)).toBe(false);
      expect(compileCondition({ not: tree }, words, report)?.test(scope)).toBe(true);
    }
  });
}
