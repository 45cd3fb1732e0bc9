/** What `vigie new` writes passes `check` without a warning, and its tests pass. */
import { expect } from "expect";
import { kinds } from "../../engine/kinds/mod.ts";
import { renderProblems } from "../../engine/load/render.ts";
import { buildProject } from "../../engine/project.ts";
import { runVigie } from "../cli/vigie.ts";
import { commands } from "../mod.ts";
import { runSuite } from "../test/suite.ts";

async function vigie(...args: string[]) {
  const said = { out: "", err: "" };
  const code = await runVigie({ commands: Object.values(commands), version: "0" }, args, {
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    isTerminal: false,
    columns: 100,
  });
  return { code, ...said };
}

/** Checks and tests a folder of packs; the number of tests that passed. */
async function passing(folder: string): Promise<number> {
  const project = await buildProject({ packs: [folder], contracts: "contracts" });
  const problems = project.problems.filter(({ severity }) => severity !== "note");
  expect(renderProblems(problems, project.texts, { colour: false })).toBe("");
  const { tests, untested } = runSuite(project);
  expect([untested, tests.flatMap(({ failures }) => failures)]).toEqual([[], []]);
  return tests.length;
}

async function inFolder(what: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  await what(folder).finally(() => Deno.remove(folder, { recursive: true }));
}

for (const entry of Deno.readDirSync("contracts/streams")) {
  const stream = entry.name.replace(".yaml", "");
  Deno.test(`a new pack on ${stream} passes check and test`, () =>
    inFolder(async (rules) => {
      expect((await vigie("new", "pack", "first", "--stream", stream, "--rules", rules)).err).toBe("");
      expect(await passing(rules)).toBe(2);
    }));
}

Deno.test("a new monitor passes check and test", () =>
  inFolder(async (rules) => {
    const args = ["--stream", "sensor_readings", "--key", "sensor_id", "--value", "value", "--rules", rules];
    expect((await vigie("new", "monitor", "machines", ...args)).err).toBe("");
    expect(await passing(rules)).toBe(2);
  }));

for (const kind of Object.keys(kinds)) {
  Deno.test(`a new rule of kind ${kind} joins a pack and passes check and test`, () =>
    inFolder(async (rules) => {
      await vigie("new", "pack", "first", "--rules", rules);
      const file = `${rules}/first/first.yaml`;
      expect((await vigie("new", "rule", file, "second", "--kind", kind)).err).toBe("");
      expect(await passing(rules)).toBeGreaterThan(2);
    }));
}

Deno.test("nothing is overwritten, and what cannot be made is named", () =>
  inFolder(async (rules) => {
    await vigie("new", "pack", "first", "--rules", rules);
    const again = await vigie("new", "pack", "first", "--rules", rules);
    expect([again.code, again.err]).toEqual([2, expect.stringContaining("exists already, and nothing was written")]);
    expect((await vigie("new", "pak", "x")).err).toContain('did you mean "pack"?');
    expect((await vigie("new", "pack", "x", "--stream", "paymets")).err).toContain('did you mean "payments"?');
    expect((await vigie("new", "monitor", "x", "--stream", "sensor_readings", "--value", "valeu")).err)
      .toContain('did you mean "value"?');
    expect((await vigie("new", "rule", `${rules}/first/first.yaml`, "x", "--kind", "treshold")).err)
      .toContain('did you mean "threshold"?');
  }));
