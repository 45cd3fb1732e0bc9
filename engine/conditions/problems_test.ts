/** Every problem of expressions, trees and templates: its wording, its place, and the way out. */
import { expect } from "expect";
import { expressionProblems } from "../model/problems/expressions.ts";
import { numberType, stringType } from "../model/type.ts";
import type { Vocabulary } from "./expression.ts";
import { compileCondition, compileExpression, compileTemplate } from "./mod.ts";
import { objectType, paymentFields, recorder, type Told, vocabulary } from "./test_vocabulary.ts";

const words = vocabulary({
  lists: {
    risky: { name: "risky", type: "string", values: new Set(["KP"]) },
    amounts: { name: "amounts", type: "number", values: new Set([1]) },
  },
  params: { high_amount: 1_500 },
  lookups: { profile: { fields: { home_country: stringType } } },
  values: { error_rate: { index: 0, type: numberType, optional: true } },
  conditions: {
    trusted: "payment.country in lists.risky",
    broken: "payment.countri == 'FR'",
    one: { not: { condition: "two" } },
    two: { any: [{ condition: "one" }] },
  },
});

function toldBy(text: string, given: Vocabulary = words): readonly Told[] {
  const { told, report } = recorder();
  compileExpression(text, given, ["boolean", "number", "string", "list", "timestamp", "duration"], report);
  return told;
}

function toldByTree(tree: unknown, given: Vocabulary = words): readonly Told[] {
  const { told, report } = recorder();
  compileCondition(tree, given, report);
  return told;
}

/** The text under the caret. */
function caret(text: string, told: Told | undefined): string {
  const range = told?.site.range;
  return range === undefined ? "" : text.slice(range.start, range.end);
}

interface Case {
  readonly text: string;
  readonly code: string;
  readonly says: string;
  readonly caret?: string;
  readonly help?: string;
  readonly note?: string;
}

const cases: readonly Case[] = [
  { text: "payment.amount >", code: "V030", says: "Cannot read expression: it ends too early", caret: "" },
  { text: "", code: "V030", says: "Cannot read expression: it is empty" },
  {
    text: "payment.is_flagged and payment.amount > 1",
    code: "V030",
    says: 'Cannot read expression: "and" is no operator',
    caret: "and",
    help: "write `&&`",
  },
  {
    text: "payment.amount = 1",
    code: "V030",
    says: 'Cannot read expression: "=" compares nothing',
    caret: "=",
    help: "write `==`",
  },
  { text: 'payment.country == "FR', code: "V030", says: "Cannot read expression: a string is not closed" },
  { text: "if > 3", code: "V030", says: 'Cannot read expression: "if" is a reserved word', caret: "if" },
  { text: "payment.amount ) 3", code: "V030", says: 'Cannot read expression: nothing opens this ")"', caret: ")" },
  { text: "payment.amount <> 3", code: "V030", says: '"<>" is no operator', caret: "<>", help: "write `!=`" },
  {
    text: "payment.amount > 40% && true",
    code: "V030",
    says: "no per cent",
    caret: "0%",
    help: "write the share: 0.4",
  },
  { text: "payment.amount > 1d12h", code: "V030", says: "has no unit", caret: "1d12h", help: "duration(" },
  { text: "payment.amount > 1,000", code: "V030", says: "a number has no commas", help: "leave them out" },
  { text: "payment.country === 'FR'", code: "V030", says: '"===" is no operator', caret: "===", help: "write `==`" },
  { text: 'payment.country like "F%"', code: "V030", says: '"like" is no operator', caret: "like", help: "contains" },
  { text: "payment.device_id is not null", code: "V030", says: "no operator", caret: "is not", help: "write `has(" },
  { text: 'payment.country IN ("FR")', code: "V030", says: '"IN" is no operator', caret: "IN", help: "in brackets" },
  { text: "payment.country == “FR”", code: "V030", says: "typographic quote", caret: "“", help: "straight quotes" },
  { text: "(payment.amount > 3", code: "V030", says: 'nothing closes this "("', caret: "(", help: 'add the ")"' },
  { text: "payment.country == FR", code: "V032", says: 'Cannot find "FR"', help: "a text stands in quotes" },
  { text: "amount > 3", code: "V032", says: 'Cannot find "amount"', help: 'did you mean "payment.amount"?' },
  { text: "payment.is_flagged == True", code: "V032", says: 'Cannot find "True"', help: 'did you mean "true"?' },
  { text: "len(payment.country) > 1", code: "V034", says: 'Cannot call "len"', help: "write `value.size()`" },
  { text: "has(payment)", code: "V043", says: '"payment" is the whole event, which is always there', caret: "payment" },
  {
    text: "payment.status == 3",
    code: "V031",
    says: 'Cannot compare "payment.status" with 3: expected a string, found a number',
    note: "declared in contracts/events/payment.schema.json as a string",
    help: 'put it in quotes: "3"',
  },
  {
    text: 'payment.amount > "3"',
    code: "V031",
    says: 'Cannot order "payment.amount" with "3": expected a number, found a string',
    help: "leave out the quotes: 3",
  },
  {
    text: "3 == payment.status",
    code: "V031",
    says: 'Cannot compare 3 with "payment.status": expected a string, found a number',
  },
  {
    text: "time > payment.created_at",
    code: "V031",
    says: 'Cannot order "time" with "payment.created_at": expected a timestamp, found a string',
    help: "convert it with `timestamp(…)`",
  },
  {
    text: "payment.amount + payment.country > 2",
    code: "V031",
    says: 'Cannot add "payment.amount" and "payment.country": expected a number, found a string',
    caret: "payment.country",
    help: 'numeric fields of "payment" are',
  },
  {
    text: "(payment.amount + 1) * payment.country",
    code: "V031",
    says: 'Cannot multiply "payment.amount + 1" and "payment.country": expected a number, found a string',
  },
  {
    text: "payment.amount && payment.is_flagged",
    code: "V031",
    says: 'Cannot combine "payment.amount" with &&: expected a boolean, found a number',
    caret: "payment.amount",
  },
  { text: "!payment.amount", code: "V031", says: 'Cannot negate "payment.amount": expected a boolean, found a number' },
  {
    text: "payment.amount in lists.risky",
    code: "V031",
    says: 'Cannot look for "payment.amount" in "lists.risky": expected a string, found a number',
    caret: "payment.amount",
  },
  {
    text: "payment.country in payment.method",
    code: "V031",
    says: 'Cannot look for "payment.country" in "payment.method": expected a list, found a string',
  },
  {
    text: "payment.is_flagged ? 1 : 'a'",
    code: "V031",
    says: "Cannot choose between 1 and 'a': expected a number, found a string",
  },
  {
    text: "[1, 'a'] == payment.codes",
    code: "V031",
    says: "Cannot mix 'a' into the list: expected a number, found a string",
  },
  { text: "payment.tags < payment.tags", code: "V031", says: 'Cannot order "payment.tags" with "payment.tags"' },
  { text: "payment.amount[0]", code: "V031", says: 'Cannot take an element of "payment.amount": expected a list' },
  {
    text: "payment.amount.foo == 1",
    code: "V031",
    says: 'Cannot read field "foo" of "payment.amount": expected an object, found a number',
    caret: "foo",
  },
  {
    text: "paiment.amount > 3",
    code: "V032",
    says: 'Cannot find "paiment": nothing here has this name',
    caret: "paiment",
    help: 'did you mean "payment"?',
  },
  {
    text: "matched > 1",
    code: "V032",
    says: 'Cannot find "matched"',
    help: 'names that can be used here are "payment"',
  },
  { text: "change.op == 'c'", code: "V032", says: 'Cannot find "change"', caret: "change" },
  { text: "lists == 3", code: "V032", says: 'Cannot find "lists"', note: '"lists" holds names, it is no value' },
  {
    text: "payment.amuont > 3",
    code: "V033",
    says: 'Cannot find field "amuont" of "payment"',
    caret: "amuont",
    help: 'did you mean "amount"? "payment" has "amount"',
    note: "fields are declared in contracts/events/payment.schema.json",
  },
  { text: "payment.card.bim == 'x'", code: "V033", says: 'Cannot find field "bim" of "payment.card"', caret: "bim" },
  {
    text: "payment.country in lists.riskey",
    code: "V033",
    says: 'Cannot find field "riskey" of "lists"',
    help: 'did you mean "risky"?',
  },
  {
    text: "payment.amount > params.amount",
    code: "V033",
    says: 'Cannot find field "amount" of "params"',
    help: '"high_amount"',
  },
  { text: "lookup.profil.home_country == 'FR'", code: "V033", says: 'Cannot find field "profil" of "lookup"' },
  { text: "lookup.profile.home == 'FR'", code: "V033", says: 'Cannot find field "home" of "lookup.profile"' },
  {
    text: "payment.country.lower() == 'fr'",
    code: "V034",
    says: 'Cannot call "lower": there is no such function',
    help: "write `value.lowerAscii()`",
  },
  { text: "math.pow(2, 3) > 1", code: "V034", says: 'Cannot call "math.pow"' },
  { text: "count(payment) > 1", code: "V069", says: 'Cannot use aggregate "count()" inside' },
  {
    text: "contains(payment.country, 'F')",
    code: "V034",
    says: 'Cannot call "contains"',
    help: "write `value.contains(…)`",
  },
  { text: "payment.amount.abs() > 1", code: "V034", says: 'Cannot call "abs"', help: "write `math.abs(…)`" },
  {
    text: "payment.country.double() > 1",
    code: "V034",
    says: 'Cannot call "double"',
    help: "write `double(…)`",
  },
  {
    text: "payment.amount.contains('1')",
    code: "V035",
    says: 'Cannot call "contains" with a number and a string',
    help: "it takes a string before the dot and a string",
  },
  { text: "math.abs() > 1", code: "V035", says: 'Cannot call "math.abs" with no arguments', help: "it takes a number" },
  {
    text: "payment.country.substring() == 'a'",
    code: "V035",
    says: 'Cannot call "substring" with a string',
    help: "it takes a string before the dot and a number and optionally a number",
  },
  { text: "payment.tags.exists(t)", code: "V035", says: 'Cannot call "exists" with 1 arguments' },
  {
    text: "payment.tags.exists(1, true)",
    code: "V030",
    says: "Cannot read expression: a macro needs a name for the elements",
  },
  { text: "payment.country.matches()", code: "V035", says: 'Cannot call "matches" with 0 arguments' },
  {
    text: "payment.risk_score > 70",
    code: "V037",
    says: 'Condition reads "payment.risk_score", which events may omit, without asking for it',
    caret: "payment.risk_score",
    note: "declared in contracts/events/payment.schema.json as a number, optional",
    help: "write `has(payment.risk_score) && …`",
  },
  {
    text: 'payment.status == "faild"',
    code: "V039",
    says: 'Comparison of "payment.status" with "faild" never holds: the contract lists other values',
    caret: '"faild"',
    help: 'did you mean "failed"? its values are "succeeded", "failed" and "pending"',
  },
  {
    text: 'payment.status in ["failed", "lost"]',
    code: "V039",
    says: 'Comparison of "payment.status" with "lost" never holds',
  },
  { text: 'payment.country.matches("(?=a)")', code: "V040", says: 'Cannot use pattern "(?=a)"', caret: '"(?=a)"' },
  {
    text: "payment.device_id != null",
    code: "V041",
    says: 'Comparison "payment.device_id != null" has no value where "payment.device_id" is missing or null',
    help: "write `has(payment.device_id)`",
  },
  { text: "payment.device_id == null", code: "V041", says: "Comparison", help: "write `!has(payment.device_id)`" },
  {
    text: "payment.amount > 9007199254740993",
    code: "V042",
    says: "Cannot use 9007199254740993",
    help: "use a number below 2^53",
  },
  {
    text: "payment.amount > 1u",
    code: "V042",
    says: "Cannot use 1u: there is one number type",
    help: "leave out the `u`",
  },
  { text: "payment.country == b'a'", code: "V042", says: "Cannot use b'a': there are no bytes in events" },
  { text: "{'a': 1} == payment.card", code: "V042", says: "Cannot use {'a': 1}: an expression cannot make an object" },
  {
    text: "has(payment.amount > 3)",
    code: "V043",
    says: 'Cannot ask "has(payment.amount > 3)": "payment.amount > 3" is not a field',
    help: "write `has(payment.device_id)`",
  },
];

for (const { text, code, says, caret: under, help, note } of cases) {
  Deno.test(`"${text}" is ${code}: ${says}`, () => {
    const [first, ...others] = toldBy(text);
    expect(others.map((told) => told.message)).toEqual([]);
    expect(first?.code).toBe(code);
    expect(first?.message).toContain(says);
    if (under !== undefined) expect(caret(text, first)).toBe(under);
    if (help !== undefined) expect(first?.help).toContain(help);
    if (note !== undefined) expect(first?.notes.join("\n")).toContain(note);
  });
}

interface TreeCase {
  readonly what: string;
  readonly tree: unknown;
  readonly code: string;
  readonly says: string;
  readonly path: readonly (string | number)[];
}

const leaf = { fact: "payment", path: "$.method", operator: "equal", value: "card" };

const treeCases: readonly TreeCase[] = [
  {
    what: "an unknown condition",
    tree: { any: [{ condition: "trustd" }] },
    code: "V045",
    says: 'Cannot find condition "trustd"',
    path: ["any", 0, "condition"],
  },
  {
    what: "a cycle",
    tree: { condition: "one" },
    code: "V046",
    says: "it contains itself, one → two → one",
    path: ["condition"],
  },
  { what: "a number", tree: null, code: "V047", says: "null is no condition", path: [] },
  {
    what: "two branches at once",
    tree: { all: [], any: [] },
    code: "V047",
    says: '"any" cannot stand beside "all"',
    path: [],
  },
  {
    what: "an unknown key",
    tree: { all: [], foo: 1 },
    code: "V047",
    says: '"foo" cannot stand beside "all"',
    path: [],
  },
  {
    what: "all without a list",
    tree: { not: { all: leaf } },
    code: "V047",
    says: '"all" needs a list',
    path: ["not", "all"],
  },
  { what: "not with a list", tree: { not: [leaf] }, code: "V047", says: '"not" takes one condition', path: [] },
  {
    what: "a condition without a name",
    tree: { condition: 3 },
    code: "V047",
    says: "needs the name of a condition",
    path: [],
  },
  {
    what: "a leaf without operator",
    tree: { all: [{ fact: "payment", value: 1 }] },
    code: "V047",
    says: 'a leaf lacks "operator"',
    path: ["all", 0],
  },
  { what: "a leaf with params", tree: { ...leaf, params: {} }, code: "V047", says: 'a leaf has no "params"', path: [] },
  { what: "a fact that is no name", tree: { ...leaf, fact: 3 }, code: "V047", says: '"fact" must be a name', path: [] },
  {
    what: "an unknown operator",
    tree: { ...leaf, operator: "equals" },
    code: "V048",
    says: 'Cannot use operator "equals"',
    path: ["operator"],
  },
  {
    what: "an unknown fact",
    tree: { ...leaf, fact: "paymnt" },
    code: "V032",
    says: 'Cannot find "paymnt"',
    path: ["fact"],
  },
  {
    what: "an unknown field of a leaf",
    tree: { ...leaf, path: "$.methd" },
    code: "V033",
    says: 'Cannot find field "methd"',
    path: ["path"],
  },
  {
    what: "an unknown list of a leaf",
    tree: { ...leaf, operator: "in", value: { list: "riski" } },
    code: "V033",
    says: 'Cannot find field "riski" of "lists"',
    path: ["value", "list"],
  },
  {
    what: "an unknown field of the value",
    tree: { ...leaf, value: { fact: "payment", path: "$.x" } },
    code: "V033",
    says: 'Cannot find field "x"',
    path: ["value", "path"],
  },
  {
    what: "a wildcard",
    tree: { ...leaf, path: "$..method" },
    code: "V049",
    says: 'Cannot follow path "$..method"',
    path: ["path"],
  },
  {
    what: "a path without $",
    tree: { ...leaf, path: "method" },
    code: "V049",
    says: "Cannot follow path",
    path: ["path"],
  },
  {
    what: "equal to another type",
    tree: { ...leaf, value: 3 },
    code: "V051",
    says: 'Cannot apply operator "equal": expected a string, found a number',
    path: ["value"],
  },
  {
    what: "in without a list",
    tree: { ...leaf, operator: "in" },
    code: "V051",
    says: 'Cannot apply operator "in": expected a list, found a string',
    path: ["value"],
  },
  {
    what: "in a list of another type",
    tree: { ...leaf, operator: "notIn", value: { list: "amounts" } },
    code: "V051",
    says: "expected a list of strings, found a list of numbers",
    path: ["value"],
  },
  {
    what: "contains of a string field",
    tree: { ...leaf, operator: "contains" },
    code: "V051",
    says: "expected a list, found a string",
    path: ["path"],
  },
  {
    what: "an order of strings",
    tree: { ...leaf, operator: "lessThan", value: 3 },
    code: "V051",
    says: "expected a number, found a string",
    path: ["path"],
  },
  {
    what: "an order against a string",
    tree: { ...leaf, path: "$.amount", operator: "lessThan", value: "3" },
    code: "V051",
    says: "expected a number, found a string",
    path: ["value"],
  },
  {
    what: "an expression that is no condition",
    tree: { any: ["payment.amount"] },
    code: "V036",
    says: 'Cannot use "payment.amount" here: expected a boolean, found a number',
    path: ["any", 0],
  },
  { what: "a constant", tree: "1 < 2", code: "V038", says: 'Condition "1 < 2" is always true', path: [] },
  {
    what: "a constant by types",
    tree: { all: ["has(payment.amount)"] },
    code: "V038",
    says: "is always true",
    path: [],
  },
  {
    what: "an empty any, which json-rules-engine calls true",
    tree: { any: [] },
    code: "V038",
    says: "is always true",
    path: [],
  },
];

for (const { what, tree, code, says, path } of treeCases) {
  Deno.test(`${what} in a tree is ${code}: ${says}`, () => {
    const [first, ...others] = toldByTree(tree);
    expect(others.map((told) => told.message)).toEqual([]);
    expect(first?.code).toBe(code);
    expect(first?.message).toContain(says);
    expect(first?.site.path).toEqual(path);
  });
}

Deno.test("a problem inside a named condition stands where the name does and says so", () => {
  const [first] = toldByTree({ any: ["payment.is_flagged", { condition: "broken" }] });
  expect(first?.message).toBe('Cannot find field "countri" of "payment"');
  expect(first?.notes).toContain('in condition "broken"');
  expect(first?.site).toEqual({ path: ["any", 1, "condition"] });
});

Deno.test("every unknown name and type error of an expression is reported at once", () => {
  const text = "payment.amuont > 3 && payment.foo == 2 || bar && payment.amount == 'x' || lists.nope == 1";
  expect(toldBy(text).map((told) => [told.code, caret(text, told)])).toEqual([
    ["V033", "amuont"],
    ["V033", "foo"],
    ["V032", "bar"],
    ["V031", "payment.amount == 'x'"],
    ["V033", "nope"],
  ]);
});

Deno.test("every problem of a tree is reported at once, each at its own node", () => {
  const tree = { any: ["payment.foo", { all: [{ ...leaf, path: "$.bar" }, { not: "payment.amount" }] }] };
  expect(toldByTree(tree).map((told) => [told.code, told.site.path])).toEqual([
    ["V033", ["any", 0]],
    ["V033", ["any", 1, "all", 0, "path"]],
    ["V036", ["any", 1, "all", 1, "not"]],
  ]);
});

const guarded: readonly string[] = [
  "has(payment.risk_score) && payment.risk_score > 70",
  "payment.risk_score > 70 && has(payment.risk_score)",
  "payment.is_flagged && (has(payment.risk_score) && (payment.amount > 1 && payment.risk_score > 70))",
  "!has(payment.risk_score) || payment.risk_score > 70",
  "has(payment.risk_score) ? payment.risk_score > 70 : payment.is_flagged",
  "!has(payment.risk_score) ? payment.is_flagged : payment.risk_score > 70",
  "has(payment.shipping) && payment.shipping.inner == 'x'",
  "has(payment.shipping.inner) && payment.shipping.inner == 'x'",
];

for (const text of guarded) {
  Deno.test(`no warning where has guards: ${text}`, () => expect(toldBy(text)).toEqual([]));
}

const unguarded: readonly string[] = [
  "has(payment.risk_score) || payment.risk_score > 70",
  "has(payment.device_id) && payment.risk_score > 70",
  "has(payment.risk_score) ? payment.is_flagged : payment.risk_score > 70",
  "payment.risk_score > 70 && payment.risk_score < 90",
];

for (const text of unguarded) {
  Deno.test(`one warning where has does not guard: ${text}`, () => {
    expect(toldBy(text).map((told) => told.code)).toEqual(["V037"]);
  });
}

Deno.test("has guards across the items of all, and not across those of any", () => {
  const items = ["has(payment.risk_score)", "payment.risk_score > 70"];
  expect(toldByTree({ all: items })).toEqual([]);
  expect(toldByTree({ all: [items[0], { any: [items[1], "payment.is_flagged"] }] })).toEqual([]);
  expect(toldByTree({ any: items }).map((told) => told.site.path)).toEqual([["any", 1]]);
});

Deno.test("a key, an entity or an aggregate may read an optional field: no value is its meaning there", () => {
  expect(toldBy("payment.device_id")).toEqual([]);
  expect(toldBy("payment.is_new")).toEqual([]);
  expect(toldBy("payment.risk_score * 2")).toEqual([]);
});

Deno.test("a constant made by a parameter or written as true is no mistake", () => {
  expect(toldByTree("params.high_amount > 3")).toEqual([]);
  expect(toldByTree(true)).toEqual([]);
  expect(toldByTree("true")).toEqual([]);
});

const changes = vocabulary({
  aliases: {
    payment: { type: objectType(paymentFields), optional: false, schemaFile: "payment.schema.json", change: true },
  },
});

Deno.test("reading the row before a change without has is a warning", () => {
  expect(toldBy("change.before.amount > 3", changes).map((told) => told.help)).toEqual([
    "write `has(change.before) && …`",
  ]);
  expect(toldBy("has(change.before) && change.before.amount > 3", changes)).toEqual([]);
  expect(toldBy("has(change.before.amount) && change.before.amount > 3", changes)).toEqual([]);
  expect(toldBy("change.op == 'u'", changes)).toEqual([]);
  expect(toldBy("change.opp == 'u'", changes)[0]?.message).toBe('Cannot find field "opp" of "change"');
});

Deno.test("an expression says which kinds of value its place takes", () => {
  const { told, report } = recorder();
  compileExpression("payment.country", words, ["number"], report);
  compileExpression("payment.tags", words, ["string", "number", "boolean"], report);
  expect(told.map((problem) => problem.message)).toEqual([
    'Cannot use "payment.country" here: expected a number, found a string',
    'Cannot use "payment.tags" here: expected a string, a number or a boolean, found a list of strings',
  ]);
  expect(told[0]?.help).toBe('numeric fields of "payment" are "amount", "risk_score"');
});

const templates: readonly (readonly [string, string, string])[] = [
  ["{payment.amount", "a place is not closed", "{"],
  ["payment} x", '"}" closes nothing', "}"],
];

for (const [text, says, under] of templates) {
  Deno.test(`template "${text}" is V050: ${says}`, () => {
    const { told, report } = recorder();
    expect(compileTemplate(text, words, report)).toBe(undefined);
    expect(told.map((problem) => problem.code)).toEqual(["V050"]);
    expect(told[0]?.message).toContain(says);
    expect(caret(text, told[0])).toBe(under);
  });
}

Deno.test("a problem in a place of a template stands where it is in the text", () => {
  const text = "amount {payment.amuont} of {payment.foo}";
  const { told, report } = recorder();
  expect(compileTemplate(text, words, report)).toBe(undefined);
  expect(told.map((problem) => caret(text, problem))).toEqual(["amuont", "foo"]);
});

Deno.test("codes are unique, in the range of expressions, and explained", () => {
  const kinds = Object.values(expressionProblems);
  expect(new Set(kinds.map((kind) => kind.code)).size).toBe(kinds.length);
  for (const kind of kinds) {
    expect(kind.code).toMatch(/^V0[345]\d$/);
    expect(kind.explains.length).toBeGreaterThan(40);
  }
});

Deno.test("what only the library's checker knows is reported in its words", () => {
  const said = expressionProblems.librarySays.say({ source: "a", wrong: "no such overload" });
  expect(said.message).toBe('Cannot check "a": no such overload');
});
