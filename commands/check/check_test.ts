/** `vigie check` from the command line: formats, exit codes, and which files a path brings along. */
import { expect } from "expect";
import { runVigie } from "../cli/vigie.ts";
import { commands } from "../mod.ts";

async function check(...args: string[]) {
  const said = { out: "", err: "" };
  const code = await runVigie({ commands: Object.values(commands), version: "0" }, ["check", ...args], {
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    isTerminal: false,
    columns: 100,
  });
  return { code, ...said };
}

const misspelt = "tests/rejected/misspelt_field.yaml";

Deno.test("errors exit with 1, warnings alone with 0, and both go to standard output", async () => {
  expect(await check(misspelt)).toEqual({ code: 1, out: expect.stringContaining("1 error in 1 file"), err: "" });
  expect(await check("tests/rejected/unused_names.yaml")).toEqual({
    code: 0,
    out: expect.stringContaining("4 warnings in 1 file"),
    err: "",
  });
});

Deno.test("what ships has no errors and no warnings", async () => {
  const { code, out } = await check("rules", "contracts", "--format", "json");
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ errors: 0, warnings: 0 });
});

Deno.test("a path that does not exist, and a folder without packs, never pass", async () => {
  expect(await check("ruels")).toMatchObject({ code: 1, out: expect.stringContaining("Cannot read ruels") });
  expect(await check("contracts/events")).toMatchObject({ code: 1, out: expect.stringContaining("Cannot find packs") });
});

Deno.test("tests bring their pack along", async () => {
  const { code, out } = await check("tests/rejected/test_of_an_unknown_rule.test.yaml");
  expect([code, out]).toEqual([1, expect.stringContaining('did you mean "large"?')]);
});

Deno.test("--format json names code, place and the way out", async () => {
  const { out } = await check(misspelt, "--format", "json");
  expect(JSON.parse(out).problems[0]).toMatchObject({
    code: "V033",
    severity: "error",
    file: misspelt,
    line: 8,
    column: 19,
    end_column: 25,
    rule: "large",
    help: expect.stringContaining('did you mean "amount"?'),
  });
});

Deno.test("--format github writes workflow commands", async () => {
  const { out } = await check(misspelt, "--format", "github");
  expect(out).toMatch(
    /^::error file=tests\/rejected\/misspelt_field\.yaml,line=8,col=19,endLine=8,endColumn=25,title=V033/,
  );
});

Deno.test("--format sarif lists the rules that its results name", async () => {
  const { out } = await check(misspelt, "--format", "sarif");
  const [run] = JSON.parse(out).runs;
  expect(run.tool.driver.rules[run.results[0].ruleIndex].id).toBe("V033");
  expect(run.results[0].locations[0].physicalLocation.region).toMatchObject({ startLine: 8, startColumn: 19 });
});

Deno.test("an unknown format is wrong usage", async () => {
  expect(await check("--format", "xml")).toMatchObject({ code: 2, err: expect.stringContaining("formats are text") });
});
