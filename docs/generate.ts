/**
 * Writes the reference, docs/reference, from the code: what the code says of itself, and nothing else.
 * `deno run -A docs/generate.ts` writes; `tests/docs_test.ts` says what has drifted.
 */
import { indexPage } from "./generate/index.ts";
import { type Page, textOf } from "./generate/page.ts";
import { problemPages } from "./generate/problems.ts";
import { filePages } from "./generate/files.ts";
import { commandPages } from "./generate/commands.ts";
import { rulePages } from "./generate/rules.ts";

/** Where the reference stands, relative to the root. */
export const referenceFolder = "docs/reference";

/** Every file of the reference by path, relative to the root. */
export function referenceFiles(): ReadonlyMap<string, string> {
  const pages: readonly Page[] = [...filePages(), ...rulePages(), ...commandPages(), ...problemPages()];
  return new Map([indexPage(pages), ...pages].map((page) => [`${referenceFolder}/${page.path}`, textOf(page)]));
}

if (import.meta.main) {
  await Deno.remove(referenceFolder, { recursive: true }).catch(() => {});
  for (const [path, text] of referenceFiles()) {
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(path, text);
  }
}
