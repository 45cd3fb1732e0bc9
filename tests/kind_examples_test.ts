/** The example of every kind goes the way of any pack: loaded, checked without a problem, and its tests pass. */
import { expect } from "expect";
import { runSuite } from "../commands/test/suite.ts";
import { kinds } from "../engine/kinds/mod.ts";
import { renderProblems } from "../engine/load/render.ts";
import { buildProject } from "../engine/project.ts";

for (const { name, example } of Object.values(kinds)) {
  Deno.test(`the example of kind ${name} passes check and test`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      await Deno.writeTextFile(`${folder}/example.yaml`, example.pack);
      await Deno.writeTextFile(`${folder}/example.test.yaml`, example.test);
      const project = await buildProject({ packs: [folder], contracts: "contracts" });
      const problems = project.problems.filter(({ severity }) => severity !== "note");
      expect(renderProblems(problems, project.texts, { colour: false })).toBe("");
      const { tests, untested } = runSuite(project);
      expect(untested).toEqual([]);
      expect(tests.length).toBeGreaterThan(0);
      expect(tests.flatMap(({ failures }) => failures)).toEqual([]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
