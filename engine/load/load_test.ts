/** Projects from folders: which files are read, what is remembered, and what a mistake does not hide. */
import { expect } from "expect";
import { loadProject } from "../load.ts";
import { buildProject } from "../project.ts";

const contracts = "contracts";
const pack = (name: string, more = "") =>
  `pack: ${name}\ndefaults: { severity: high }\n${more}rules:\n  - id: large\n    kind: filter\n    on: payments\n    when: payment.amount > 5\n`;

async function inFolder(files: Readonly<Record<string, string>>, what: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.mkdir(`${folder}/${name}`.replace(/\/[^/]*$/, ""), { recursive: true });
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    await what(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("packs are found at any depth, in the order of names; hidden files are not", () =>
  inFolder(
    { "b/two.yaml": pack("two"), "a/one.yml": pack("one"), ".x/three.yaml": pack("three"), "a/x.txt": "" },
    async (
      folder,
    ) => {
      const { packs, problems } = await loadProject({ packs: [folder], contracts });
      expect([packs.map(({ name }) => name), problems]).toEqual([["one", "two"], []]);
    },
  ));

Deno.test("links in a circle end, and a link to nothing is a problem", () =>
  inFolder({ "one.yaml": pack("one") }, async (folder) => {
    await Deno.symlink(folder, `${folder}/again`);
    await Deno.symlink(`${folder}/none`, `${folder}/gone.yaml`);
    const { packs, problems } = await loadProject({ packs: [folder], contracts });
    expect([packs.length, problems.map(({ code }) => code)]).toEqual([1, ["V027"]]);
  }));

Deno.test("two packs of one name and a file that is not UTF-8 are problems", () =>
  inFolder({ "one.yaml": pack("one"), "two.yaml": pack("one") }, async (folder) => {
    await Deno.writeFile(`${folder}/three.yaml`, new Uint8Array([0x70, 0xff, 0xfe]));
    const { problems } = await loadProject({ packs: [folder], contracts });
    expect(problems.map(({ code, message }) => [code, message.split(":").at(-1)?.trim()])).toEqual([
      ["V027", "it is not UTF-8"],
      ["V022", 'Pack name "one" is taken'],
    ]);
  }));

Deno.test("lists from files are trimmed lines without comments, strings unless they say otherwise", () =>
  inFolder({
    "one.yaml": pack("one", "lists:\n  bins: { file: l/bins.txt }\n  sums: { file: l/sums.txt, type: number }\n"),
    "l/bins.txt": "# header\n 0453 \n\n510510\r\n",
    "l/sums.txt": "1.5\n-2\n",
  }, async (folder) => {
    const { packs, texts } = await loadProject({ packs: [folder], contracts });
    expect(packs[0]?.lists).toEqual({
      bins: { from: "values", type: "string", values: ["0453", "510510"] },
      sums: { from: "values", type: "number", values: [1.5, -2] },
    });
    expect([...texts.keys()].some((path) => path.endsWith("l/bins.txt"))).toBe(true);
  }));

Deno.test("a rule with an error hides nothing of the others, and is not called unknown by tests", () =>
  inFolder({
    "one.yaml": `${pack("one", "lists: { used: [A] }\n")}  - id: broken
    kind: filter
    on: payments
    wen: payment.currency in lists.used
  - id: other
    kind: filter
    on: payments
    when: payment.amuont > 1
`,
    "one.test.yaml":
      "pack: one\nstart: 2026-01-05T10:00:00Z\ntests:\n  - name: x\n    given: []\n    expect: [{ rule: broken }]\n",
  }, async (folder) => {
    const { plan, problems } = await buildProject({ packs: [folder], contracts });
    expect([plan, problems.map(({ code, rule }) => [code, rule])]).toEqual([undefined, [
      ["V014", "broken"],
      ["V033", "other"],
    ]]);
  }));

Deno.test("a contract with an error is not called unknown by the rules that read it", () =>
  inFolder({
    "streams/payments.yaml": "stream: payments\nschema: none.json\ntime: at\n",
    "rules/one.yaml": pack("one"),
  }, async (folder) => {
    const { problems } = await buildProject({ packs: [`${folder}/rules`], contracts: folder });
    expect(problems.map(({ code }) => code)).toEqual(["V101"]);
  }));
