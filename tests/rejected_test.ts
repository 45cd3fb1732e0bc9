/**
 * Everything that `check` refuses or warns of: one pack a fault under `tests/rejected`, and beside it the whole rendering.
 * `VIGIE_UPDATE=1` writes the renderings anew; read them before you commit them.
 */
import { expect } from "expect";
import { renderProblems } from "../engine/load/render.ts";
import { buildProject } from "../engine/project.ts";

const folder = "tests/rejected";
const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
const faults = names.filter((name) => name.endsWith(".yaml") && !name.endsWith(".test.yaml"))
  .map((name) => name.slice(0, -".yaml".length)).sort();

/** The rendering of a fault's pack, with its tests where it has any. */
async function rendered(fault: string): Promise<string> {
  const tests = names.includes(`${fault}.test.yaml`) ? [`${folder}/${fault}.test.yaml`] : [];
  const project = await buildProject({ packs: [`${folder}/${fault}.yaml`, ...tests], contracts: "contracts" });
  return renderProblems(project.problems, project.texts, { colour: false });
}

for (const fault of faults) {
  Deno.test(`rejected: ${fault.replaceAll("_", " ")}`, async () => {
    const text = await rendered(fault);
    const snapshot = `${folder}/${fault}.txt`;
    if (Deno.env.get("VIGIE_UPDATE") !== undefined) await Deno.writeTextFile(snapshot, text);
    expect(text).toBe(await Deno.readTextFile(snapshot));
    expect(text).not.toBe("");
  });
}
