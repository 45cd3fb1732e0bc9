/** Text that YAML would change is found, reported at its place, and read as it was meant. */
import { expect } from "expect";
import fc from "fast-check";
import type { Value } from "../model/value.ts";
import { readDocument } from "./document.ts";

function read(text: string): { value: Value | undefined; problems: string[] } {
  const problems: string[] = [];
  const value = readDocument(text, (kind, { start, end }) => problems.push(`${kind.code} ${text.slice(start, end)}`));
  return { value, problems };
}

const cases: readonly [title: string, text: string, value: Value, problems: readonly string[]][] = [
  ["a comment after an expression stays one", 'a: f(x) == "y" # z\n', { a: 'f(x) == "y"' }, []],
  ["a quoted # is text", 'a: x == "y #z" # w\n', { a: 'x == "y #z"' }, ['V010 x == "y #z"']],
  ["an apostrophe opens nothing", "a: Don't # say\n", { a: "Don't" }, []],
  ["a ternary stands whole", "a: has(x) ? y : z\nb: 1\n", { a: "has(x) ? y : z", b: 1 }, ["V011 has(x) ? y : z"]],
  ["a ternary between braces", "a: { d: x ? y : z, e: w }\n", { a: { d: "x ? y : z", e: "w" } }, ["V011 x ? y : z"]],
  ["arguments between braces", "a: { t: top(x, 3), n: count() }\n", { a: { t: "top(x, 3)", n: "count()" } }, [
    "V011 top(x, 3)",
  ]],
  ["arguments in a list", "a: [f(x, y), z]\n", { a: ["f(x, y)", "z"] }, ["V011 f(x, y)"]],
  ["a list in a condition", 'a: { w: x in ["A", "B"] }\n', { a: { w: 'x in ["A", "B"]' } }, ['V011 x in ["A", "B"]']],
  ["an item with a colon", 'a:\n  - p == "x: y"\n', { a: ['p == "x: y"'] }, ['V011 p == "x: y"']],
  ["a negation", "a: !p.q && r\nb: !s\n", { a: "!p.q && r", b: "!s" }, ["V012 !p.q && r", "V012 !s"]],
  ["a negation between braces", "a: { b: !p.q && r, c: 1 }\n", { a: { b: "!p.q && r", c: 1 } }, ["V012 !p.q && r"]],
  ["a text first", 'a: "x" == p\n', { a: '"x" == p' }, ['V013 "x" == p']],
  ["a text is only a text", "a: \"x == p\"\nb: 'it''s'\n", { a: "x == p", b: "it's" }, []],
  ["a list first", "a: [1, 2].exists(x, x == p)\n", { a: "[1, 2].exists(x, x == p)" }, [
    "V013 [1, 2].exists(x, x == p)",
  ]],
  ["a title with a colon", "title: Fraud: payments\n", { title: "Fraud: payments" }, ["V011 Fraud: payments"]],
  ["single quotes are doubled", "a: it's x ? 'y' : z\n", { a: "it's x ? 'y' : z" }, ["V011 it's x ? 'y' : z"]],
  ["tabs of one level", "a:\n\tb: 1\n\tc: 2\n", { a: { b: 1, c: 2 } }, ["V002 \t"]],
  ["tabs below spaces", "a:\n  - b: 1\n\tc: 2\n", { a: [{ b: 1, c: 2 }] }, ["V002 \t"]],
  ["CRLF lines", "a: f(x)\r\nb: 2\r\n", { a: "f(x)", b: 2 }, []],
  ["__proto__ is a name like any other", "__proto__: { x: 1 }\n", JSON.parse('{"__proto__":{"x":1}}'), []],
  ["an alias repeats its node", "a: &x [1]\nb: *x\n", { a: [1], b: [1] }, []],
  ["a block text", "a: >-\n  x\n  y\n", { a: "x y" }, []],
];

for (const [title, text, value, problems] of cases) {
  Deno.test(`yaml: ${title}`, () => expect(read(text)).toEqual({ value, problems }));
}

Deno.test("yaml: any text is read or refused, and nothing throws", () => {
  const piece = fc.constantFrom(
    ..."a: |- |  |\n|\t|{|}|[|]|,|: | #|\"|'|!|&x |*x|? |---\n|x|count()|1|0453|.inf|>-\n|\\|%|@|é|\u0000".split("|"),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const text = pieces.join("");
      read(text);
    }),
    { numRuns: Number(Deno.env.get("VIGIE_RUNS") ?? 1000) },
  );
});

Deno.test("yaml: nesting without end is a problem, not an overflow", () => {
  for (const open of ["[", "{ a: ", "- "]) {
    expect(read(open.repeat(20_000)).problems.length).toBeGreaterThan(0);
  }
});
