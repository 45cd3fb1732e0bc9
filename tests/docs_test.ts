/**
 * Docs are tests: the reference is what the code says today, every pack and test shown runs, every link leads somewhere.
 * A YAML block that begins with `pack:` is a whole pack, or the tests of one when it has `tests:`; a test belongs to the
 * pack of the same name on its page. Blocks that begin with `# part` are fragments; all others are deployment files.
 */
import { dirname, join, normalize } from "node:path";
import { expect } from "expect";
import { runSuite } from "../commands/test/suite.ts";
import { referenceFiles, referenceFolder } from "../docs/generate.ts";
import { readDeployment } from "../engine/config/load.ts";
import { readThresholds } from "../engine/load/thresholds.ts";
import { renderProblems } from "../engine/load/render.ts";
import { buildProject } from "../engine/project.ts";
import { sinkKinds } from "../sinks/mod.ts";
import type { SinkKind } from "../sinks/sink.ts";

/** Every Markdown file below a folder. */
async function markdownIn(folder: string): Promise<string[]> {
  const files: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) files.push(...await markdownIn(path));
    else if (entry.name.endsWith(".md")) files.push(path);
  }
  return files;
}

const written = (await markdownIn("docs")).filter((file) => !file.startsWith(referenceFolder));
const topLevel = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"];

Deno.test("the reference in docs/reference is what the code says: `deno task generated` writes it anew", async () => {
  const wanted = referenceFiles();
  const found = new Map<string, string>();
  for (const file of await markdownIn(referenceFolder)) found.set(file, await Deno.readTextFile(file));
  expect([...found.keys()].sort()).toEqual([...wanted.keys()].sort());
  expect([...wanted].filter(([path, text]) => found.get(path) !== text).map(([path]) => path)).toEqual([]);
});

/** Fenced blocks of a language. */
function blocksOf(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map((match) =>
    match[1] ?? ""
  );
}

/** Writes the packs and tests of a page into a folder of their own; tests stand beside their packs. */
async function unpack(blocks: readonly string[], folder: string): Promise<void> {
  const versions = new Map<string, number>();
  for (const block of blocks) {
    const name = /^pack: (\S+)/m.exec(block)?.[1] ?? "";
    const isTest = /^tests:/m.test(block);
    const version = (versions.get(name) ?? 0) + (isTest ? 0 : 1);
    versions.set(name, version);
    const room = join(folder, `${name}-${version}`);
    await Deno.mkdir(room, { recursive: true });
    await Deno.writeTextFile(join(room, `${name}${isTest ? ".test" : ""}.yaml`), block);
  }
}

for (const page of ["README.md", ...written]) {
  const blocks = blocksOf(await Deno.readTextFile(page), "yaml").filter((block) => /^pack:/m.test(block));
  if (blocks.length === 0) continue;
  Deno.test(`packs and tests shown in ${page} run`, async () => {
    const folder = await Deno.makeTempDir({ prefix: "vigie-docs-" });
    try {
      await unpack(blocks, folder);
      for await (const { name } of Deno.readDir(folder)) {
        const project = await buildProject({ packs: [join(folder, name)], contracts: "contracts" });
        const errors = project.problems.filter(({ severity }) => severity === "error");
        expect(renderProblems(errors, project.texts, { colour: false })).toBe("");
        const failed = runSuite(project).tests.filter(({ failures }) => failures.length > 0);
        expect(failed.map(({ test, failures }) => [test.name, failures])).toEqual([]);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

Deno.test("every link of the docs leads to a file", async () => {
  const broken: string[] = [];
  for (const page of [...topLevel, ...await markdownIn("docs")]) {
    const text = (await Deno.readTextFile(page)).replace(/^```[\s\S]*?^```$/gm, "");
    for (const [, target = ""] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^(https?:|#|mailto:)/.test(target)) continue;
      const path = normalize(join(dirname(page), target.replace(/#.*$/, "")));
      if (!await Deno.stat(path).then(() => true, () => false)) broken.push(`${page}: ${target}`);
    }
  }
  expect(broken).toEqual([]);
});

const sinkSchemas = new Map(Object.values<SinkKind>(sinkKinds).map((kind) => [kind.name, kind.schema]));

for (const page of written) {
  const blocks = blocksOf(await Deno.readTextFile(page), "yaml").filter((block) =>
    !/^(pack:|# part|stream:)/m.test(block)
  );
  if (blocks.length === 0) continue;
  Deno.test(`deployment files shown in ${page} have no problem`, async () => {
    for (const block of blocks) {
      if (block.startsWith("- { tenant:")) {
        expect(await faultsOfThresholds(block)).toEqual([]);
        continue;
      }
      const env = () => "whsec_c2VjcmV0LW9mLXRoZS1kb2Nz";
      const { problems, texts } = readDeployment(block, "vigie.yaml", ".", {
        sinks: sinkSchemas,
        instance: "one",
        env,
      });
      expect(renderProblems(problems, texts, { colour: false })).toBe("");
    }
  });
}

/** A list of thresholds as its file would be read. */
async function faultsOfThresholds(block: string): Promise<readonly string[]> {
  const path = await Deno.makeTempFile({ suffix: ".yaml" });
  await Deno.writeTextFile(path, block);
  const { problems } = await readThresholds(path);
  await Deno.remove(path);
  return problems.map(({ message }) => message);
}
