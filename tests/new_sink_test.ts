/** `vigie new sink` in a copy of this tree: what it writes is formatted, typed, and passes the suite of all sinks. */
import { join } from "node:path";
import { expect } from "expect";

async function copyTree(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyTree(join(from, name), join(to, name));
    else await Deno.copyFile(join(from, name), join(to, name));
  }
}

async function deno(root: string, ...args: string[]): Promise<{ code: number; said: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  return { code, said: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

Deno.test("a new sink passes the gate as it stands, and its name is taken then", async () => {
  const root = await Deno.makeTempDir({ prefix: "vigie-sink-" });
  try {
    for (const folder of ["engine", "sinks", "commands", "contracts", "docs/sinks", "tests/services"]) {
      await copyTree(folder, join(root, folder));
    }
    for (const file of ["deno.json", "deno.lock", "main.ts"]) await Deno.copyFile(file, join(root, file));
    const newSink = ["run", "--quiet", "-A", "main.ts", "new", "sink"];
    expect(await deno(root, ...newSink, "opsgenie")).toEqual({
      code: 0,
      said: `wrote sinks/opsgenie.ts
wrote sinks/opsgenie_test.ts
wrote docs/sinks/opsgenie.md
changed sinks/mod.ts
changed docs/sinks/README.md
next: deno task test sinks/opsgenie_test.ts
`,
    });
    const files = ["sinks/opsgenie.ts", "sinks/opsgenie_test.ts", "sinks/mod.ts", "docs/sinks/opsgenie.md"];
    expect((await deno(root, "fmt", "--check", ...files, "docs/sinks/README.md")).said).toContain("Checked 5 files");
    expect((await deno(root, "check", "sinks/mod.ts", "sinks/opsgenie_test.ts")).code).toBe(0);
    const suite = await deno(root, "test", "-A", "--no-check", "sinks/opsgenie_test.ts");
    expect(suite).toMatchObject({ code: 0, said: expect.stringContaining("| 0 failed") });
    expect((await deno(root, ...newSink, "opsgenie")).said).toContain('There is a sink "opsgenie" already');
    expect((await deno(root, ...newSink, "Ops-Genie")).said).toContain("use small letters and digits");
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("outside a checkout it says where sinks are made", async () => {
  const root = await Deno.makeTempDir();
  const { code, said } = await deno(root, "run", "--quiet", "-A", join(Deno.cwd(), "main.ts"), "new", "sink", "mine");
  expect([code, said]).toEqual([2, expect.stringContaining("run this in a checkout of it")]);
  await Deno.remove(root, { recursive: true });
});
