/** Problems stand where authors can see them: keys, values, parts of texts in every style, and what was mended. */
import { expect } from "expect";
import { problem } from "../model/problem.ts";
import { documentProblems } from "../model/problems/documents.ts";
import { locateProblems } from "./locate.ts";
import { renderProblems } from "./render.ts";

/** What the caret stands under for a part of the value at a path. */
function underlined(text: string, path: readonly (string | number)[], part?: string, whole?: string): string {
  const start = part === undefined ? 0 : (whole ?? "").indexOf(part);
  const range = part === undefined ? {} : { range: { start, end: start + part.length } };
  const found = problem(documentProblems.emptyFile, { file: "a.yaml", path, ...range }, { what: "x" });
  const [located] = locateProblems([found], new Map([["a.yaml", text]]));
  return `${located?.place?.line}:${located?.place?.column} ${
    text.slice(located?.place?.start ?? 0, located?.place?.end ?? 0)
  }`;
}

Deno.test("a part of a text is found in every style of scalar", () => {
  expect(underlined("a: x.y > 3\n", ["a"], "y", "x.y > 3")).toBe("1:6 y");
  expect(underlined("a: 'x.y == ''q'' && z'\n", ["a"], "z", "x.y == 'q' && z")).toBe("1:21 z");
  expect(underlined('a: "x == \\"q\\" && z"\n', ["a"], "z", 'x == "q" && z')).toBe("1:19 z");
  expect(underlined("a: >-\n  x &&\n  yy\n", ["a"], "yy", "x && yy")).toBe("3:3 yy");
  expect(underlined("a: |\n  x\n  && yy\n", ["a"], "yy", "x\n&& yy\n")).toBe("3:6 yy");
  expect(underlined("a: x &&\n  yy\n", ["a"], "yy", "x && yy")).toBe("2:3 yy");
});

Deno.test("a part of a text that was mended is found in the author's own", () => {
  expect(underlined('a: "q" == x.y\n', ["a"], "y", '"q" == x.y')).toBe("1:13 y");
  expect(underlined("a:\n\tb: x.y\n", ["a", "b"], "y", "x.y")).toBe("2:7 y");
});

Deno.test("a node over several lines is shown by its first, a path to nothing by what is there", () => {
  expect(underlined("a:\n  b: 1\n  c: 2\n", ["a"])).toBe("2:3 b: 1");
  expect(underlined("a:\n  b: 1\n", ["a", "z", 3])).toBe("2:3 b: 1");
});

Deno.test("columns count characters, and a long line is cut around its caret", () => {
  expect(underlined("é𝄞: { b: x }\n", ["é𝄞", "b"])).toBe("1:10 x");
  const text = `a: ${"x".repeat(300)} && yy && ${"z".repeat(300)}\n`;
  const range = { start: 304, end: 306 };
  const found = problem(documentProblems.emptyFile, { file: "a.yaml", path: ["a"], range }, { what: "x" });
  const lines = renderProblems([found], new Map([["a.yaml", text]]), { colour: false }).split("\n");
  expect(lines[2]?.length).toBeLessThan(180);
  expect(lines[2]?.slice(lines[3]?.indexOf("^"), (lines[3]?.lastIndexOf("^") ?? 0) + 1)).toBe("yy");
});

Deno.test("control characters of a file never reach the terminal", () => {
  const found = problem(documentProblems.tag, { file: "a.yaml", path: ["a"] }, { tag: "\x1b[31m" });
  const text = renderProblems([found], new Map([["a.yaml", "a: '\x1b[2J'\n"]]), { colour: false });
  expect(text).not.toContain("\x1b");
});
