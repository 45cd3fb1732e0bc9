import { expect } from "expect";
import { delivery, testContext, testSink } from "./compliance.ts";
import { file } from "./file.ts";

async function linesOf(path: string): Promise<unknown[]> {
  const text = await Deno.readTextFile(path);
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

async function trial() {
  const baseDirectory = await Deno.makeTempDir();
  return {
    options: { path: "out/alerts-${instance}.ndjson" },
    context: testContext({ baseDirectory }),
    received: () => linesOf(`${baseDirectory}/out/alerts-i1.ndjson`),
    remove: () => Deno.remove(baseDirectory, { recursive: true }),
  };
}

testSink(file, trial);

Deno.test("a last line that a crash left incomplete is cut off on opening", async () => {
  const { options, context, received, remove } = await trial();
  const path = `${context.baseDirectory}/out/alerts-i1.ndjson`;
  await Deno.mkdir(`${context.baseDirectory}/out`);
  await Deno.writeTextFile(path, `{"id":"old"}\n{"id":"cut${"x".repeat(100_000)}`);
  const sink = file.create(options, context);
  await sink.open();
  await sink.deliver([delivery(0)]);
  await sink.close();
  expect((await received()).map((line) => (line as { id: string }).id)).toEqual(["old", "a0"]);
  await remove();
});

Deno.test("a file that has reached its size is set aside under the next free number, and nothing is lost", async () => {
  const { options, context, remove } = await trial();
  const sink = file.create({ ...options, rotate_mib: 1 }, context);
  await sink.open();
  const batch = Array.from({ length: 500 }, (_, i) => delivery(i * 2));
  for (let i = 0; i < 10; i++) await sink.deliver(batch);
  await sink.close();
  const path = `${context.baseDirectory}/out/alerts-i1.ndjson`;
  const files = [`${path}.1`, `${path}.2`, path];
  const counts = await Promise.all(files.map(async (name) => (await linesOf(name)).length));
  expect(counts.reduce((sum, count) => sum + count)).toBe(5_000);
  await remove();
});

Deno.test("a file that cannot be opened is named", async () => {
  const { options, context, remove } = await trial();
  await Deno.writeTextFile(`${context.baseDirectory}/out`, "");
  await expect((async () => await file.create(options, context).open())()).rejects.toThrow(/Cannot write ".*out/);
  await remove();
});
