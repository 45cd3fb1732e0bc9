/**
 * Compiled conditions against json-rules-engine on its own dialect: 30 rules over one stream, events per second of both,
 * and the ratio (aim: at least 100). Alone: `deno run -A bench/conditions.ts`.
 */
import { Engine, type TopLevelCondition } from "json-rules-engine";
import { compileCondition } from "../engine/conditions/mod.ts";
import { objectType, recorder, scopeOf, vocabulary } from "../engine/conditions/test_vocabulary.ts";
import type { Condition } from "../engine/conditions/expression.ts";
import { aliasProperty } from "../engine/model/scope.ts";
import type { Fields } from "../engine/model/value.ts";

const ruleCount = 30;
const countries = ["FR", "DE", "KP", "IR", "US", "MM", "GB", "IT"];
const methods = ["card", "wallet", "transfer"];

/** What the bench measured; rates are per second on one core. */
export interface ConditionsBench {
  readonly rules: number;
  readonly compiledEvents: number;
  readonly engineEvents: number;
  readonly ratio: number;
  /** Evaluations per second of one simple comparison. */
  readonly comparisons: number;
}

/** Thirty rules of the dialect, of the size that packs have: four to six leaves each. */
function trees(): TopLevelCondition[] {
  const leaf = (path: string, operator: string, value: unknown) => ({ fact: "payment", path, operator, value });
  return Array.from({ length: ruleCount }, (_, i) => ({
    all: [
      leaf("$.amount", "greaterThan", 100 * (i % 10)),
      leaf("$.status", "equal", i % 2 === 0 ? "succeeded" : "failed"),
      {
        any: [
          leaf("$.country", "in", countries.slice(i % 4, (i % 4) + 3)),
          leaf("$.method", "notEqual", methods[i % 3]),
          { not: leaf("$.card.bin", "equal", `41${i}`) },
        ],
      },
    ],
  }));
}

function events(count: number): Fields[] {
  return Array.from({ length: count }, (_, i) => ({
    amount: (i * 37) % 1_500,
    status: i % 5 === 0 ? "failed" : "succeeded",
    country: countries[i % countries.length] ?? "FR",
    method: methods[i % methods.length] ?? "card",
    card: { bin: `41${i % 40}` },
  }));
}

const words = vocabulary({
  aliases: {
    payment: {
      type: objectType({
        amount: "number",
        status: "string",
        country: "string",
        method: "string",
        card: { bin: "string" },
      }),
      optional: false,
      schemaFile: "payment.schema.json",
      change: false,
    },
  },
});

function compile(tree: unknown): Condition {
  const { told, report } = recorder();
  const condition = compileCondition(tree, words, report);
  if (condition === undefined) throw new Error(told.map((problem) => problem.message).join("\n"));
  return condition;
}

/** Runs a pass again and again for about this long; passes per second. */
function rate(millis: number, pass: () => number): number {
  let done = 0;
  const start = performance.now();
  let elapsed = 0;
  do {
    done += pass();
    elapsed = performance.now() - start;
  } while (elapsed < millis);
  return (done / elapsed) * 1_000;
}

function compiledRate(given: readonly Fields[]): { rate: number; matches: number } {
  const tests = trees().map((tree) => compile(tree).test);
  const scope = scopeOf({ payment: given[0] });
  const alias = aliasProperty("payment");
  let matches = 0;
  const pass = () => {
    matches = 0;
    for (const event of given) {
      scope[alias] = event;
      for (let i = 0; i < tests.length; i++) if (tests[i]!(scope) === true) matches++;
    }
    return given.length;
  };
  rate(100, pass);
  return { rate: rate(600, pass), matches };
}

async function engineRate(given: readonly Fields[]): Promise<{ rate: number; matches: number }> {
  const engine = new Engine(trees().map((conditions) => ({ conditions, event: { type: "match" } })));
  let matches = 0;
  const start = performance.now();
  for (const event of given) matches += (await engine.run({ payment: event })).events.length;
  return { rate: (given.length / (performance.now() - start)) * 1_000, matches };
}

function comparisonRate(given: readonly Fields[]): number {
  const { test } = compile("payment.amount > 700");
  const scope = scopeOf({ payment: given[0] });
  const alias = aliasProperty("payment");
  let held = 0;
  const pass = () => {
    for (let i = 0; i < given.length; i++) {
      scope[alias] = given[i];
      if (test(scope) === true) held++;
    }
    return given.length;
  };
  rate(100, pass);
  return held === 0 ? 0 : rate(400, pass);
}

/** Measures both on the same events, checks that they find the same, prints and returns the figures. */
export async function benchConditions(): Promise<ConditionsBench> {
  const given = events(2_000);
  await engineRate(given.slice(0, 200));
  const theirs = await engineRate(given);
  const ours = compiledRate(given);
  if (ours.matches !== theirs.matches) throw new Error(`${ours.matches} matches, ${theirs.matches} expected`);
  const result: ConditionsBench = {
    rules: ruleCount,
    compiledEvents: Math.round(ours.rate),
    engineEvents: Math.round(theirs.rate),
    ratio: ours.rate / theirs.rate,
    comparisons: Math.round(comparisonRate(given)),
  };
  console.log(
    `conditions: ${ruleCount} rules, compiled ${result.compiledEvents} events/s, ` +
      `json-rules-engine ${result.engineEvents} events/s, ratio ${result.ratio.toFixed(0)}; ` +
      `one comparison ${(result.comparisons / 1e6).toFixed(1)} M/s`,
  );
  return result;
}

if (import.meta.main) await benchConditions();
