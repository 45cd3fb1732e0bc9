/** What expressions, trees and templates evaluate to: missing values, functions, times, lists, odd names, other roots. */
import { expect } from "expect";
import { numberType, stringType } from "../model/type.ts";
import type { Fields, Value } from "../model/value.ts";
import type { Vocabulary } from "./expression.ts";
import {
  compileCondition,
  compileExpression,
  compileTemplate,
  functionNames,
  identifiersOf,
  parseCall,
} from "./mod.ts";
import { objectType, payment, paymentFields, recorder, scopeOf, vocabulary } from "./test_vocabulary.ts";

const noon = Date.UTC(2026, 0, 5, 12, 34, 56, 789);

function compiled(text: string | number | boolean, words: Vocabulary = vocabulary()) {
  const { told, report } = recorder();
  const expression = compileExpression(text, words, undefined, report);
  if (expression === undefined) throw new Error(told.map((problem) => problem.message).join("\n"));
  return expression;
}

function valueOf(text: string | number | boolean, fields: Fields = {}, words?: Vocabulary): Value | undefined {
  return compiled(text, words).evaluate(scopeOf({ payment: payment(fields) }, { time: noon }));
}

function condition(tree: unknown, words: Vocabulary = vocabulary()) {
  const { told, report } = recorder();
  const made = compileCondition(tree, words, report);
  if (made === undefined) throw new Error(told.map((problem) => problem.message).join("\n"));
  return made;
}

// Truth tables: T is true, F is false, N has no value (a missing and a null field).
const letters: Readonly<Record<string, { readonly text: string; readonly value: boolean | undefined }>> = {
  T: { text: "payment.is_flagged", value: true },
  F: { text: "!payment.is_flagged", value: false },
  N: { text: "payment.is_new", value: undefined },
};

const tables: readonly (readonly [string, string, string])[] = [
  ["&&", "TFN", "TFN FFF NFN"],
  ["||", "TFN", "TTT TFN TNN"],
];

for (const [operator, order, rows] of tables) {
  for (const [i, left] of [...order].entries()) {
    for (const [j, right] of [...order].entries()) {
      const wanted = rows.split(" ")[i]?.[j] ?? "";
      Deno.test(`${left} ${operator} ${right} is ${wanted}, with a missing and with a null field`, () => {
        const text = `${letters[left]?.text} ${operator} ${letters[right]?.text}`;
        for (const fields of [{ is_flagged: true }, { is_flagged: true, is_new: null }]) {
          expect(valueOf(text, fields)).toBe(letters[wanted]?.value);
          expect(condition(text).test(scopeOf({ payment: payment(fields) }))).toBe(letters[wanted]?.value);
          expect(condition({ all: [text, "payment.is_flagged"] }).test(scopeOf({ payment: payment(fields) })))
            .toBe(letters[wanted]?.value === true);
        }
      });
    }
  }
}

const flagged = { is_flagged: true };
const results: readonly (readonly [string, Value | undefined, Fields?])[] = [
  // no value
  ["!payment.is_new", undefined],
  ["!payment.is_new", undefined, { is_new: null }],
  ["!payment.is_new", false, { is_new: true }],
  ["payment.risk_score > 70", undefined],
  ["payment.risk_score > -1", undefined, { risk_score: null }],
  ["payment.risk_score == 0", undefined, { risk_score: null }],
  ["payment.risk_score != 70", undefined],
  ["payment.device_id == payment.device_id", undefined],
  ["payment.device_id in ['a']", undefined],
  ["payment.device_id in ['a', 'b', 'c', 'd', 'e']", undefined],
  ["payment.device_id.startsWith('a')", undefined],
  ["payment.device_id.matches('a')", undefined, { device_id: null }],
  ["payment.risk_score + 1", undefined],
  ["-payment.risk_score", undefined],
  ["payment.risk_score", undefined, { risk_score: null }],
  ["payment.is_new ? 1 : 2", undefined],
  ["payment.is_new ? 1 : 2", 2, { is_new: false }],
  ["payment.is_flagged ? payment.risk_score : 2", undefined, flagged],
  ["payment.is_flagged ? null : 2", undefined, flagged],
  ["payment.is_flagged ? null : 2", 2],
  ["has(payment.risk_score)", false],
  ["has(payment.risk_score)", false, { risk_score: null }],
  ["has(payment.risk_score)", true, { risk_score: 0 }],
  ["has(payment.card.country)", false],
  ["has(payment.card.country)", true, { card: { bin: "1", country: "" } }],
  ["has(payment.shipping.inner)", false, { shipping: null }],
  ["has(payment.shipping.inner)", true, { shipping: { inner: "x" } }],
  ["payment.shipping.inner == 'x'", undefined],
  ["payment.device_id == null", undefined],
  ["payment.device_id == null", false, { device_id: "d" }],
  ["payment.device_id != null", true, { device_id: "d" }],
  ["null == null", true],
  // numbers
  ["1 / 2", 0.5],
  ["payment.amount / 3", 20 / 3],
  ["payment.amount / 0", undefined],
  ["0 / payment.amount", undefined, { amount: 0 }],
  ["payment.amount % 0", undefined],
  ["payment.amount % 7", 6],
  ["-7 % payment.amount", -7],
  ["1 / 3 == payment.amount", false],
  ["size(payment.tags) / 4", 0.25, { tags: ["a"] }],
  ["1e308 * 10 / 2", undefined],
  ["payment.amount * 1e308 / 2", undefined],
  ["payment.amount / 1e-308", undefined],
  ["payment.amount * 10 / 4", 50],
  ["0x10 + 1", 17],
  ["math.abs(-payment.amount)", 20],
  ["math.min(payment.amount, 3, 7)", 3],
  ["math.max(payment.amount)", 20],
  ["math.floor(-1.5)", -2],
  ["math.ceil(-1.5)", -1],
  ["math.round(2.5)", 3],
  ["math.round(-2.5)", -3],
  ["math.round(-0.2)", -0],
  ["math.sqrt(16)", 4],
  ["math.sqrt(-payment.amount)", undefined],
  ["math.ln(payment.amount - 20)", undefined],
  ["math.ln(1)", 0],
  ["double('1.5')", 1.5],
  ["double('1e3')", 1_000],
  ["double(' 1')", undefined],
  ["double('0x1')", undefined],
  ["double('Infinity')", undefined],
  ["double(payment.country)", undefined],
  ["int('42')", 42],
  ["int('4.2')", undefined],
  ["int(-4.7)", -4],
  ["int(timestamp('1970-01-01T00:01:00Z'))", 60],
  // strings
  ["'a' + payment.country", "aFR"],
  ["payment.country.contains('R')", true],
  ["payment.country.endsWith('R')", true],
  ["payment.country.startsWith('R')", false],
  ["payment.country.size()", 2],
  ["size('\u{1F600}a')", 2],
  ["'\u{1F600}ab'.substring(1, 2)", "a"],
  ["payment.country.substring(1)", "R"],
  ["payment.country.substring(3)", undefined],
  ["payment.country.substring(1, 0)", undefined],
  ["payment.country.substring(0.5)", undefined],
  ["'\u00c9A'.lowerAscii()", "\u00c9a"],
  ["'\u00e9a'.upperAscii()", "\u00e9A"],
  ["'a,b,c'.split(',')", ["a", "b", "c"]],
  ["'a,b,c'.split(',', 2)", ["a", "b,c"]],
  ["'a,b'.split(',', 0)", []],
  ["'a,b'.split(',')[1]", "b"],
  ["'a,b'.split(',')[2]", undefined],
  ["string(payment.amount)", "20"],
  ["string(1.5)", "1.5"],
  ["string(payment.is_flagged)", "false"],
  ["string(timestamp(payment.created_at))", "2026-01-05T10:00:00.000Z"],
  ["string(duration('90s'))", "90s"],
  ["bool('true')", true],
  ["bool('maybe')", undefined],
  ["'a' < 'b'", true],
  ["r'\\d' == '\\\\d'", true],
  // times
  ["time == timestamp('2026-01-05T12:34:56.789Z')", true],
  ["time - timestamp('2026-01-05T12:34:56Z') < duration('1s')", true],
  ["time + duration('1h') > time", true],
  ["duration('1h30m') == duration('90m')", true],
  ["duration('-1.5h') + duration('90m') == duration('0s')", true],
  ["duration('1d').getHours()", 24],
  ["duration('90s').getMinutes()", 1],
  ["duration('1500ms').getSeconds()", 1],
  ["duration('1500ms').getMilliseconds()", 1_500],
  ["duration('soon')", undefined],
  ["timestamp('2026-02-30T00:00:00Z')", undefined],
  ["timestamp('2026-01-05T24:00:00Z')", undefined],
  ["timestamp('2026-01-05T10:00:00.1239+02:00')", Date.UTC(2026, 0, 5, 8, 0, 0, 123)],
  ["timestamp('1969-12-31T23:59:59.9999Z')", -1],
  ["timestamp(1.5)", 1_500],
  ["time.getFullYear()", 2026],
  ["time.getMonth()", 0],
  ["time.getDate()", 5],
  ["time.getDayOfMonth()", 4],
  ["time.getDayOfWeek()", 1],
  ["time.getDayOfYear()", 4],
  ["time.getHours() + 0.5", 12.5],
  ["time.getMinutes()", 34],
  ["time.getSeconds()", 56],
  ["time.getMilliseconds()", 789],
  // lists
  ["'a' in payment.tags", true, { tags: ["a"] }],
  ["payment.amount in [1, 20]", true],
  ["payment.amount in [1, 2, 3, 4, 5, 20]", true],
  ["payment.amount in []", false],
  ["payment.tags == ['a', 'b']", true, { tags: ["a", "b"] }],
  ["payment.tags != ['a', 'b']", true],
  ["payment.tags + ['z']", ["a", "z"], { tags: ["a"] }],
  ["payment.tags[0]", "a", { tags: ["a"] }],
  ["payment.tags[payment.amount - 20]", "a", { tags: ["a"] }],
  ["payment.tags[0]", undefined],
  ["payment.tags.exists(t, t == 'a')", true, { tags: ["b", "a"] }],
  ["payment.tags.exists(t, payment.device_id == t)", undefined, { tags: ["b"] }],
  ["payment.tags.exists(t, t == 'a' || payment.device_id == t)", true, { tags: ["b", "a"] }],
  ["payment.tags.all(t, size(t) == 1)", true, { tags: ["b", "a"] }],
  ["payment.tags.all(t, payment.device_id == t)", true],
  ["payment.tags.exists_one(t, t == 'a')", false, { tags: ["a", "a"] }],
  ["payment.tags.filter(t, t > 'a')", ["b"], { tags: ["a", "b"] }],
  ["payment.tags.map(t, size(t))", [1, 2], { tags: ["a", "bb"] }],
  ["payment.tags.map(t, t != 'a', t + '!')", ["bb!"], { tags: ["a", "bb"] }],
  ["payment.codes.exists(c, payment.tags.exists(t, size(t) == c))", true, { codes: [2], tags: ["bb"] }],
  ["payment.tags.exists(x, payment.codes.exists(x, x == 2) && x == 'a')", true, { codes: [2], tags: ["a"] }],
  ["[1, 2].map(x, [x].map(x, [x].map(x, [x].exists(x, x == 2))))", [[[false]], [[true]]]],
  // values of unknown type
  ["payment.extra == 5", false, { extra: "5" }],
  ["payment.extra == 5", true, { extra: 5 }],
  ["payment.extra > 3", undefined, { extra: "5" }],
  ["payment.extra > 3", true, { extra: 5 }],
  ["payment.extra + 1", 6, { extra: 5 }],
  ["payment.extra + 1", undefined, { extra: "5" }],
  ["payment.extra.a.b", 1, { extra: { a: { b: 1 } } }],
  ["payment.extra.a.b", undefined, { extra: { a: "text" } }],
  ["payment.extra.length", undefined, { extra: "text" }],
  ["payment.extra[0]", "a", { extra: ["a"] }],
  ["payment.extra['k-1']", 1, { extra: { "k-1": 1 } }],
  ["payment.extra.x < payment.extra.y", true, { extra: { x: "a", y: "b" } }],
  ["payment.extra.x < payment.extra.y", undefined, { extra: { x: "a", y: 1 } }],
  ["payment.extra == payment.extra", true, { extra: { a: [1, { b: null }] } }],
  ["payment.extra.exists(v, v == 1)", true, { extra: ["1", 1] }],
  ["payment.extra.startsWith('a')", true, { extra: "ab" }],
  ["payment.extra.startsWith('a')", undefined, { extra: 1 }],
  ["payment.extra && payment.is_flagged", undefined, { extra: "true", is_flagged: true }],
  ["'bin' in payment.card", true],
  ["'toString' in payment.card", false],
  ["payment.card == payment.card", true],
];

for (const [text, wanted, fields] of results) {
  Deno.test(`${text} ${fields === undefined ? "" : `of ${JSON.stringify(fields)} `}is ${JSON.stringify(wanted)}`, () => {
    expect(valueOf(text, fields)).toEqual(wanted);
  });
}

Deno.test("numbers and booleans of YAML stand for themselves", () => {
  expect(valueOf(5)).toBe(5);
  expect(valueOf(-0.5)).toBe(-0.5);
  expect(valueOf(true)).toBe(true);
  expect(condition(false).constant).toBe(false);
});

const odd = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"];

for (const name of odd) {
  Deno.test(`a field named ${name} is a name like any other`, () => {
    const fields = Object.fromEntries([[name, { type: stringType, optional: true, description: "" }]]);
    const type = { kind: "object", fields } as const;
    const words = vocabulary({ aliases: { e: { type, optional: false, schemaFile: "e.json", change: false } } });
    const event: Fields = JSON.parse(`{"${name}": "x"}`);
    for (const text of [`e.${name}`, `e["${name}"]`]) {
      expect(compiled(text, words).evaluate(scopeOf({ e: event }))).toBe("x");
      expect(compiled(text, words).evaluate(scopeOf({ e: {} }))).toBe(undefined);
    }
    expect(compiled(`has(e.${name})`, words).evaluate(scopeOf({ e: {} }))).toBe(false);
    expect(valueOf(`payment.extra.${name}`, { extra: {} })).toBe(undefined);
    expect(valueOf(`payment.extra[payment.country]`, { extra: {}, country: name })).toBe(undefined);
    const { told, report } = recorder();
    compileExpression(`payment.${name}`, vocabulary(), undefined, report);
    compileExpression(name, vocabulary(), undefined, report);
    compileExpression(`params.${name}`, vocabulary(), undefined, report);
    compileExpression(`payment.country in lists.${name}`, vocabulary(), undefined, report);
    compileCondition({ condition: name }, vocabulary(), report);
    // CEL itself reserves the bare word `__proto__`; behind a dot it is a name.
    const unknown = name === "__proto__" ? "V030" : "V032";
    expect(told.map((problem) => problem.code)).toEqual(["V033", unknown, "V033", "V033", "V045"]);
  });
}

Deno.test("names that are no JavaScript identifiers are read as they are", () => {
  const type = objectType({ "user-id": "string", "a b": "number?" });
  const words = vocabulary({ aliases: { e: { type, optional: true, schemaFile: "e.json", change: false } } });
  expect(compiled('e["user-id"]', words).evaluate(scopeOf({ e: { "user-id": "u" } }))).toBe("u");
  expect(compiled('e["a b"] + 1', words).evaluate(scopeOf({ e: { "a b": 1 } }))).toBe(2);
  expect(compiled('e["a b"] + 1', words).evaluate(scopeOf({ e: undefined }))).toBe(undefined);
});

const list = { name: "risky", type: "string", values: new Set(["KP"]) } as const;

Deno.test("a list is asked as it is at the moment: Redis lists change in place", () => {
  const values = new Set<string | number>(["KP"]);
  const words = vocabulary({ lists: { risky: { ...list, values } } });
  const inList = condition("payment.country in lists.risky", words);
  const leaf = condition({ fact: "payment", path: "$.country", operator: "in", value: { list: "risky" } }, words);
  const scope = scopeOf({ payment: payment() });
  expect([inList.test(scope), leaf.test(scope)]).toEqual([false, false]);
  values.add("FR");
  expect([inList.test(scope), leaf.test(scope)]).toEqual([true, true]);
  expect(compiled("size(lists.risky)", words).evaluate(scope)).toBe(2);
  expect(compiled("lists.risky.exists(c, c == payment.country)", words).evaluate(scope)).toBe(true);
});

const several = vocabulary({
  aliases: {
    payment: { type: objectType(paymentFields), optional: true, schemaFile: "p.json", change: false },
    order: { type: objectType({ total: "number" }), optional: true, schemaFile: "o.json", change: false },
  },
});

Deno.test("of several streams an event that is not at hand has no fields", () => {
  const scope = scopeOf({ payment: payment(), order: undefined });
  expect(compiled("order.total > 1", several).evaluate(scope)).toBe(undefined);
  expect(compiled("order.total > 1 || payment.amount > 1", several).evaluate(scope)).toBe(true);
  expect(compiled("has(order)", several).evaluate(scope)).toBe(false);
  expect(compiled("has(payment)", several).evaluate(scope)).toBe(true);
  expect(compiled("has(order.total)", several).evaluate(scope)).toBe(false);
  expect(compiled("has(payment.amount)", several).evaluate(scope)).toBe(true);
  expect(compiled("payment.card.bin", several).evaluate(scopeOf({ payment: undefined }))).toBe(undefined);
});

const changing = vocabulary({
  aliases: { payment: { type: objectType(paymentFields), optional: false, schemaFile: "p.json", change: true } },
});

Deno.test("a change has its operation, its time and the row before", () => {
  const update = { op: "u", before: payment({ amount: 5 }), ts_ms: 7 } as const;
  const scope = scopeOf({ payment: payment() }, { change: update });
  expect(compiled("change.op == 'u' && payment.amount - change.before.amount == 15", changing).evaluate(scope)).toBe(
    true,
  );
  expect(compiled("change.ts_ms", changing).evaluate(scope)).toBe(7);
  expect(compiled("change.before.amount", changing).path).toEqual(["change", "before", "amount"]);
  const created = scopeOf({ payment: payment() }, { change: { op: "c", before: null, ts_ms: null } });
  expect(compiled("change.before.amount", changing).evaluate(created)).toBe(undefined);
  expect(compiled("has(change.before)", changing).evaluate(created)).toBe(false);
  expect(compiled("change.ts_ms", changing).evaluate(created)).toBe(undefined);
});

Deno.test("aggregates, matched, score, decision and lookups are read from the scope", () => {
  const words = vocabulary({
    values: {
      total: { index: 1, type: numberType, optional: false },
      average: { index: 0, type: numberType, optional: true },
    },
    builtins: ["time", "matched", "score", "decision"],
    lookups: { profile: { fields: { home_country: stringType } }, constructor: { fields: { x: stringType } } },
  });
  const scope = scopeOf({ payment: payment() }, {
    values: [undefined, 4],
    matched: 2,
    score: 30,
    decision: "review",
    lookup: { profile: { home_country: "DE" } },
  });
  expect(compiled("total / matched", words).evaluate(scope)).toBe(2);
  expect(compiled("average > 1", words).evaluate(scope)).toBe(undefined);
  expect(compiled("score >= 30 && decision == 'review'", words).evaluate(scope)).toBe(true);
  expect(compiled("payment.country != lookup.profile.home_country", words).evaluate(scope)).toBe(true);
  expect(compiled("lookup.constructor.x", words).evaluate(scope)).toBe(undefined);
  expect(compiled("lookup.profile.home_country", words).evaluate({ ...scope, lookup: {} })).toBe(undefined);
});

Deno.test("parameters are folded: the canonical text and the code know only their values", () => {
  const words = vocabulary({ params: { high: 100, factor: 2, currencies: ["EUR"] } });
  const spelled = compiled("payment.amount>(params.high * params.factor) // a comment", words);
  expect(spelled.canonical).toBe(compiled("payment.amount  >\n 200").canonical);
  expect(spelled.canonical).not.toBe(compiled("payment.amount > 201").canonical);
  expect(compiled("payment.country in params.currencies", words).evaluate(scopeOf({ payment: payment() }))).toBe(false);
});

Deno.test("the canonical text of a list is its name, never its contents", () => {
  const one = vocabulary({ lists: { risky: list } });
  const two = vocabulary({ lists: { risky: { ...list, values: new Set(["FR", "DE"]) } } });
  const text = "payment.country in lists.risky";
  expect(condition(text, one).canonical).toBe(condition(text, two).canonical);
});

const different = [
  "(a)",
  "a - (a - a)",
  "a - a - a",
  "a || a && a",
  "(a || a) && a",
  "!a",
  "[a]",
  '"a"',
  "a.a",
  'a["a.a"]',
];

Deno.test("the canonical texts of different meanings differ", () => {
  const type = objectType({ n: "number", b: "boolean", a: "any", "a.a": "any" });
  const words = vocabulary({ aliases: { a: { type, optional: false, schemaFile: "a.json", change: false } } });
  const texts = different.map((text) =>
    text.replaceAll(/\ba\b(?!")/g, (name, at) => {
      if (text.includes("-")) return "a.n";
      if (/&&|!/.test(text)) return "a.b";
      return at > 0 && text[at - 1] === "." ? "a" : name;
    })
  );
  const canonical = texts.map((text) => compiled(text, words).canonical);
  expect(new Set(canonical).size).toBe(canonical.length);
});

Deno.test("reads are the paths of an expression, once, in order, each with its value", () => {
  const words = vocabulary({ values: { total: { index: 0, type: numberType, optional: false } } });
  const text = "payment.amount > 1 && (payment.card.bin == 'x' || total > payment.amount) && time > timestamp(0)";
  const { reads } = condition({ all: [text, "has(payment.risk_score)"] }, words);
  expect(reads.map((read) => read.path.join("."))).toEqual([
    "payment.amount",
    "payment.card.bin",
    "total",
    "payment.risk_score",
  ]);
  const scope = scopeOf({ payment: payment({ risk_score: null }) }, { values: [7] });
  expect(reads.map((read) => read.evaluate(scope))).toEqual([20, "411111", 7, undefined]);
});

Deno.test("only an expression that is one path has a path", () => {
  expect(compiled("payment.card.bin").path).toEqual(["payment", "card", "bin"]);
  expect(compiled("(payment.card.bin)").path).toEqual(["payment", "card", "bin"]);
  expect(compiled("payment.tags[0]").path).toBe(undefined);
  expect(compiled("payment.amount + 0").path).toBe(undefined);
});

Deno.test("requires lists the equalities without which a condition cannot hold", () => {
  const requires = (tree: unknown, words?: Vocabulary) =>
    condition(tree, words).requires.map(({ path, value }) => `${path.join(".")}=${value}`);
  expect(requires('payment.status == "failed" && (payment.is_flagged && 3 == payment.amount)')).toEqual([
    "payment.status=failed",
    "payment.is_flagged=true",
    "payment.amount=3",
  ]);
  const leaf = { fact: "payment", path: "$.method", operator: "equal", value: "card" };
  expect(requires({ all: [leaf, "!payment.is_flagged", { any: ["payment.country == 'FR'"] }] })).toEqual([
    "payment.method=card",
    "payment.is_flagged=false",
    "payment.country=FR",
  ]);
  expect(requires('payment.status == "failed" || payment.is_flagged')).toEqual([]);
  expect(requires({ not: leaf })).toEqual([]);
  expect(requires({ any: [leaf, "payment.is_flagged"] })).toEqual([]);
  expect(requires("payment.tags[0] == 'a'")).toEqual([]);
  expect(requires("payment.card.bin == '1'")).toEqual(["payment.card.bin=1"]);
  expect(requires("payment.country == 'FR'", several)).toEqual([]);
  expect(requires("change.op == 'u'", changing)).toEqual([]);
});

Deno.test("a condition is shown on one line", () => {
  const tree = {
    any: ["payment.is_flagged", "payment.amount > 1\n  && payment.is_flagged", {
      all: [{ not: { condition: "trusted" } }, {
        fact: "payment",
        path: "$.method",
        operator: "in",
        value: { list: "risky" },
      }],
    }],
  };
  const words = vocabulary({ conditions: { trusted: "payment.is_flagged" }, lists: { risky: list } });
  expect(condition(tree, words).source).toBe(
    "payment.is_flagged || (payment.amount > 1 && payment.is_flagged) || (not trusted && payment.method in lists.risky)",
  );
});

Deno.test("named conditions are expanded, one inside the other", () => {
  const words = vocabulary({
    conditions: { rich: "payment.amount > 10", both: { all: [{ condition: "rich" }, "payment.is_flagged"] } },
  });
  const both = condition({ condition: "both" }, words);
  expect(both.test(scopeOf({ payment: payment({ is_flagged: true }) }))).toBe(true);
  expect(both.test(scopeOf({ payment: payment({ is_flagged: true, amount: 1 }) }))).toBe(false);
  expect(both.canonical).toBe(
    condition({ all: [{ all: ["payment.amount > 10"] }, "payment.is_flagged"] }).canonical.replace(
      "all((payment.amount>10))",
      "(payment.amount>10)",
    ),
  );
});

Deno.test("a condition at the root that is one expression tells when it has no value; inside a tree it is false", () => {
  const scope = scopeOf({ payment: payment() });
  expect(condition("payment.risk_score > 1").test(scope)).toBe(undefined);
  expect(condition({ any: ["payment.risk_score > 1"] }).test(scope)).toBe(false);
  expect(condition({ not: "payment.risk_score > 1" }).test(scope)).toBe(true);
  expect(condition({ not: { not: "payment.risk_score > 1" } }).test(scope)).toBe(false);
});

const messages: readonly (readonly [string, string])[] = [
  ["paid {payment.amount} from {payment.country}", "paid 20 from FR"],
  ["{payment.device_id}/{payment.risk_score * 2}", "n/a/n/a"],
  ["{{amount}} is {{{payment.amount}}}", "{amount} is {20}"],
  ["{payment.amount / 3}", "6.666666666666667"],
  ["{time} {time - timestamp(0) > duration('1h')}", "2026-01-05T12:34:56.789Z true"],
  ["{duration('90s')}", "90s"],
  ["{payment.tags} {payment.card}", '[] {"bin":"411111"}'],
  ['{payment.country == "}" ? "{" : "}"}', "}"],
  ["", ""],
  ["100 %", "100 %"],
];

for (const [text, wanted] of messages) {
  Deno.test(`the message "${text}" reads "${wanted}"`, () => {
    const { told, report } = recorder();
    const template = compileTemplate(text, vocabulary(), report);
    expect(told).toEqual([]);
    expect(template?.render(scopeOf({ payment: payment() }, { time: noon }))).toBe(wanted);
  });
}

Deno.test("a call is recognised when it is the whole text, with its arguments where they stand", () => {
  const text = ' percentile( (payment.amount) + size("a,b)") , 99 )';
  const call = parseCall(text);
  expect(call?.name).toBe("percentile");
  expect(call?.args.map((arg) => arg.text)).toEqual(['(payment.amount) + size("a,b)")', "99"]);
  for (const arg of call?.args ?? []) expect(text.slice(arg.start, arg.end)).toBe(arg.text);
  expect(parseCall("count()")).toEqual({ name: "count", args: [] });
  expect(parseCall("count(payment.status == 'failed')")?.args[0]?.text).toBe("payment.status == 'failed'");
  expect(parseCall("top([a, b], 3)")?.args.map((arg) => arg.text)).toEqual(["[a, b]", "3"]);
  for (const other of ["failed / total", "payment.country.size()", "count() + 1", "count(", "payment"]) {
    expect(parseCall(other)).toBe(undefined);
  }
});

Deno.test("identifiers are the names that paths begin with", () => {
  expect(identifiersOf("failed / total > params.x && payment.tags.exists(t, t == order.id)")).toEqual([
    "failed",
    "total",
    "params",
    "payment",
    "order",
  ]);
  expect(identifiersOf("a &&")).toEqual([]);
});

Deno.test("the functions are those of the language and no others", () => {
  expect(functionNames()).toEqual([
    ..."all bool contains double duration endsWith exists exists_one filter getDate getDayOfMonth getDayOfWeek".split(
      " ",
    ),
    ..."getDayOfYear getFullYear getHours getMilliseconds getMinutes getMonth getSeconds has int lowerAscii map".split(
      " ",
    ),
    ..."matches math.abs math.ceil math.floor math.ln math.max math.min math.round math.sqrt size split".split(" "),
    ..."startsWith string substring timestamp upperAscii".split(" "),
  ]);
});
