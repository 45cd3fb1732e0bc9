import { expect } from "expect";
import { readDocument } from "./document.ts";

/** The line at which a text is faulty, and what is said of it. */
function told(text: string): readonly { readonly line: string; readonly says: string }[] {
  const found: { line: string; says: string }[] = [];
  readDocument(text, (kind, { start }, facts) => {
    const from = text.lastIndexOf("\n", start - 1) + 1;
    const line = text.slice(from).split("\n")[0] ?? "";
    found.push({ line: line.trim(), says: kind.say(facts).message });
  });
  return found;
}

const pack = [
  "rules:",
  "  - id: one",
  "    kind: filter",
  "    on: payments",
  "",
  "  - id: two",
  "    kind: filter",
  "",
];

/** The pack with one line replaced. */
function withLine(number: number, line: string): string {
  return pack.map((old, i) => (i === number ? line : old)).join("\n");
}

const cases = [
  { what: "an item indented deeper than the others", text: withLine(5, "    - id: two"), line: "- id: two", says: "4" },
  { what: "an item indented less than the others", text: withLine(5, "- id: two"), line: "- id: two", says: "by 2" },
  { what: "a dash without a space", text: withLine(5, "  -id: two"), line: "-id: two", says: 'behind its "-"' },
  { what: "a colon without a space", text: withLine(2, "    kind:filter"), line: "kind:filter", says: 'its ":"' },
  { what: "a key without a colon", text: withLine(2, "    kind filter"), line: "kind filter", says: '"kind" has none' },
  { what: "a key indented deeper", text: withLine(2, "     kind: filter"), line: "kind: filter", says: "deeper" },
  { what: "a key indented by an odd number", text: withLine(2, "   kind: filter"), line: "kind: filter", says: "by 3" },
  { what: "a list where keys stand", text: withLine(1, "  one:"), line: "- id: two", says: "among the keys" },
  {
    what: "a brace that is not closed",
    text: withLine(2, "    a: { b: 1"),
    line: "a: { b: 1",
    says: 'closes this "{"',
  },
  { what: "a brace too many", text: withLine(2, "    a: { b: 1 } }"), line: "a: { b: 1 } }", says: 'opens this "}"' },
  { what: "a quote that is not closed", text: withLine(2, '    a: "b'), line: 'a: "b', says: "closes this quote" },
  { what: "a comment of another language", text: withLine(2, "    // kind"), line: "// kind", says: "no comment" },
  { what: "a no-break space", text: withLine(2, "    kind:\u00a0filter"), line: "kind:\u00a0filter", says: "no-break" },
];

for (const { what, text, line, says } of cases) {
  Deno.test(`${what} is reported at its line, and nothing else`, () => {
    const found = told(text);
    expect(found.map((one) => one.line)).toEqual([line]);
    expect(found[0]?.says).toContain(says);
  });
}
