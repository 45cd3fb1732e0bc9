/**
 * Everything that `check` refuses or warns of: one pack a fault under `tests/rejected`, or a folder where the fault needs
 * more than a pack, and beside it the whole rendering. What a folder lacks is taken from the project in `sound`.
 * `VIGIE_UPDATE=1` writes the renderings anew; read them before you commit them.
 */
import { expect } from "expect";
import { runVigie } from "../commands/cli/vigie.ts";
import { commands } from "../commands/mod.ts";
import { problemKinds } from "../engine/model/problems/mod.ts";

const folder = "tests/rejected";
const sound = `${folder}/sound`;
const entries = [...Deno.readDirSync(folder)];
const folders = entries.filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
const packs = entries.filter(({ name }) => name.endsWith(".yaml") && !name.endsWith(".test.yaml"))
  .map(({ name }) => name.slice(0, -".yaml".length));

/** V044 is the last word of the CEL library, which no text is known to reach. */
const unreached = ["V044"];

async function check(...args: string[]): Promise<string> {
  let out = "";
  await runVigie({ commands: Object.values(commands), version: "0" }, ["check", ...args], {
    out: (text) => void (out += text),
    err: (text) => void (out += text),
    isTerminal: false,
    columns: 100,
  });
  return out;
}

/** A folder's rules, contracts and deployment; those that it does not have, from the sound project. */
async function checkFolder(name: string): Promise<string> {
  const own = [...Deno.readDirSync(`${folder}/${name}`)].map((entry) => entry.name);
  const of = (part: string) => `${own.includes(part) ? `${folder}/${name}` : sound}/${part}`;
  const deployment = own.includes("vigie.yaml") ? ["--config", of("vigie.yaml")] : [];
  const namesPacks = deployment[1] !== undefined && (await Deno.readTextFile(deployment[1])).includes("packs:");
  const rules = namesPacks ? [] : ["--rules", of("rules")];
  return await check(...rules, "--contracts", of("contracts"), ...deployment);
}

const cases = [
  ...packs.map((name) => ({ name, rendered: () => check(`${folder}/${name}.yaml`) })),
  ...folders.filter((name) => name !== "sound").map((name) => ({ name, rendered: () => checkFolder(name) })),
].sort((a, b) => (a.name < b.name ? -1 : 1));

for (const { name, rendered } of cases) {
  Deno.test(`rejected: ${name.replaceAll("_", " ")}`, async () => {
    const text = await rendered();
    const snapshot = `${folder}/${name}.txt`;
    if (Deno.env.get("VIGIE_UPDATE") !== undefined) await Deno.writeTextFile(snapshot, text);
    expect(text).toBe(await Deno.readTextFile(snapshot));
    expect(text).toMatch(/\d (error|warning|note)/);
  });
}

Deno.test("the project that folders are completed from is sound", async () => {
  expect(
    await check("--rules", `${sound}/rules`, "--contracts", `${sound}/contracts`, "--config", `${sound}/vigie.yaml`),
  )
    .toBe("no problems in 4 files\n");
});

Deno.test("every documented problem is shown by a case, and every rendering belongs to one", async () => {
  const renderings = entries.filter(({ name }) => name.endsWith(".txt")).map(({ name }) => name);
  expect(renderings.sort()).toEqual(cases.map(({ name }) => `${name}.txt`));
  const texts = await Promise.all(renderings.map((name) => Deno.readTextFile(`${folder}/${name}`)));
  const shown = new Set(
    texts.flatMap((text) => [...text.matchAll(/^(?:error|warning|note)\[(V\d+)\]/gm)].map(([, code]) => code)),
  );
  const missing = problemKinds.map(({ code }) => code).filter((code) => !shown.has(code));
  expect(missing).toEqual(unreached);
});
