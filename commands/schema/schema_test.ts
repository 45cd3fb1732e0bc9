/** The schemas in `contracts/` are those that the program prints, and what ships satisfies them. */
import { expect } from "expect";
import { compileSchema } from "../../engine/load/ajv.ts";
import { readDocument } from "../../engine/load/document.ts";
import { editorSchemas } from "../../engine/load/editor_schemas.ts";
import { schemaFiles } from "./run.ts";

for (const [file, text] of schemaFiles()) {
  Deno.test(`contracts/${file} is what the program prints (else run: deno task generated)`, async () => {
    expect(await Deno.readTextFile(`contracts/${file}`)).toBe(text);
  });
}

async function* yamlBelow(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* yamlBelow(`${folder}/${name}`);
    else if (name.endsWith(".yaml")) yield `${folder}/${name}`;
  }
}

Deno.test("every pack, test file and contract that ships satisfies the schema that editors use", async () => {
  const pack = compileSchema(editorSchemas["rule_pack.schema.json"](), "all");
  const test = compileSchema(editorSchemas["test_file.schema.json"](), "all");
  const stream = compileSchema(editorSchemas["stream.schema.json"](), "all");
  for await (const path of yamlBelow("rules")) {
    const check = path.endsWith(".test.yaml") ? test : pack;
    const value = readDocument(await Deno.readTextFile(path), (kind) => {
      throw new Error(`${path}: ${kind.title}`);
    });
    expect([path, check(value) ? [] : check.errors?.map(({ instancePath, message }) => [instancePath, message])])
      .toEqual([path, []]);
  }
  for await (const path of yamlBelow("contracts/streams")) {
    const value = readDocument(await Deno.readTextFile(path), () => {});
    expect([path, stream(value)]).toEqual([path, true]);
  }
});
