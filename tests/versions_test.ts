/** One version of Deno everywhere: the README's commands, the gate of CI, the image. */
import { expect } from "expect";

Deno.test("README, CI and image name one version of Deno", async () => {
  const versions = new Set<string>();
  for (const file of ["README.md", "CONTRIBUTING.md", ".ci/run", "Dockerfile"]) {
    const found = [...(await Deno.readTextFile(file)).matchAll(/deno[@:](\d+\.\d+\.\d+)/g)];
    expect(found.length).toBeGreaterThan(0);
    for (const [, version = ""] of found) versions.add(version);
  }
  expect([...versions]).toHaveLength(1);
});

Deno.test("every folder that the image copies is there", async () => {
  for (const [, from = ""] of (await Deno.readTextFile("Dockerfile")).matchAll(/^COPY (?!--)(.+) \S+$/gm)) {
    for (const path of from.split(" ")) await Deno.stat(path);
  }
});
