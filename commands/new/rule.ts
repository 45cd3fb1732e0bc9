/** `vigie new rule PACK-FILE ID`: the example of a kind, added to a pack, with its tests in a file of their own. */
import { dirname, join } from "node:path";
import { findKind, kinds } from "../../engine/kinds/mod.ts";
import { loadProject } from "../../engine/load.ts";
import type { Pack } from "../../engine/model/pack.ts";
import { nearest } from "../../engine/model/problem.ts";
import { UsageError } from "../command.ts";
import { type Draft, nameOf, type NewContext, schemaComment } from "./draft.ts";

/** The pack with the rule, and its tests. Throws a UsageError for a pack with errors, an id that is taken, a kind unknown. */
export async function newRule(names: readonly string[], context: NewContext): Promise<readonly Draft[]> {
  const [file, ...rest] = names;
  if (file === undefined) throw new UsageError("Name the pack's file: vigie new rule PACK-FILE ID");
  const id = nameOf("rule", rest);
  const { pack, text } = await packAt(file, context.contracts);
  if (pack.rules.some((rule) => rule.id === id)) throw new UsageError(`${file} has a rule "${id}" already`);
  const { example } = kindOf(context);
  const exampleId = /^ *- id: (\S+)/m.exec(example.pack)?.[1] ?? "";
  const rename = (yaml: string) => yaml.replaceAll(exampleId, id);
  const tests = join(dirname(file), `${id}.test.yaml`);
  const comment = schemaComment(tests, context.contracts, "test_file.schema.json");
  const test = rename(example.test).replace("pack: example", `pack: ${pack.name}`)
    // The events of the example may concern the pack's other rules.
    .replace(/^ {2}- name: .*$/gm, "$&\n    others: allowed");
  return [
    { is: "changed", file, text: withRule(text, rename(example.pack), pack) },
    { is: "new", file: tests, text: `${comment}\n${test}` },
  ];
}

async function packAt(file: string, contracts: string): Promise<{ pack: Pack; text: string }> {
  const { packs, problems, texts } = await loadProject({ packs: [file], contracts });
  const [pack] = packs;
  if (pack === undefined || problems.some(({ severity }) => severity === "error")) {
    throw new UsageError(`${file} has errors: mend them first (vigie check ${file})`);
  }
  return { pack, text: texts.get(file) ?? await Deno.readTextFile(file) };
}

function kindOf({ given, streams }: NewContext): (typeof kinds)[keyof typeof kinds] {
  const name = given.text("kind") ?? "filter";
  const kind = findKind(name);
  if (kind === undefined) {
    const near = nearest(name, Object.keys(kinds));
    const hint = near === undefined ? `kinds are ${Object.keys(kinds).join(", ")}` : `did you mean "${near}"?`;
    throw new UsageError(`There is no kind "${name}": ${hint}`);
  }
  const missing = [...kind.example.pack.matchAll(/\bon: (\w+)/g)].map((match) => match[1] ?? "").find((stream) =>
    !streams.has(stream)
  );
  if (missing === undefined) return kind;
  throw new UsageError(`The example of kind ${name} reads stream "${missing}", which no contract declares`);
}

/** The pack's text with the rule as its last, indented as those above, with a severity of its own where the pack has none. */
function withRule(text: string, example: string, pack: Pack): string {
  const severity = /^defaults: \{ severity: (\w+) \}$/m.exec(example)?.[1];
  const lines = example.slice(example.indexOf("rules:\n") + "rules:\n".length).trimEnd().split("\n");
  const indent = /^( *)- +id:/m.exec(text.slice(text.search(/^rules:/m)))?.[1] ?? "  ";
  if (severity !== undefined && pack.defaults.severity === undefined) lines.push(`    severity: ${severity}`);
  const rule = lines.map((line) => line.replace(/^ {2}/, indent)).join("\n");
  return `${text.trimEnd()}\n\n${rule}\n`;
}
