/** Which files a command means: paths given one by one, `--rules` and `--contracts`, or the folders of those names. */
import { basename, dirname, join } from "node:path";
import type { ProjectPaths } from "../../engine/load.ts";
import type { Given } from "../command.ts";

export interface ChosenPaths extends ProjectPaths {
  /** Deployment file among the paths. */
  readonly config: string | undefined;
}

/** Where to look when nothing is said, from a deployment file. */
export interface PathDefaults {
  readonly packs: string;
  readonly contracts: string;
}

/**
 * The project that was typed. A pack brings its tests along, tests bring their pack; `vigie.yaml` is a deployment file, a
 * folder with `streams` in it holds contracts.
 */
export async function chosenPaths(
  given: Given,
  defaults: PathDefaults = { packs: "rules", contracts: "contracts" },
): Promise<ChosenPaths> {
  const packs: string[] = [];
  let contracts = given.text("contracts");
  let config: string | undefined;
  for (const path of given.positionals) {
    const holder = await contractsOf(path);
    if (/^vigie\b.*\.ya?ml$/.test(basename(path))) config = path;
    else if (holder !== undefined) contracts ??= holder;
    else packs.push(path, ...await companions(path));
  }
  packs.push(...given.texts("rules"));
  return {
    packs: packs.length > 0 ? [...new Set(packs)] : [defaults.packs],
    contracts: contracts ?? defaults.contracts,
    config,
  };
}

/** The folder of contracts that a path names or lies in; undefined for packs. */
async function contractsOf(path: string): Promise<string | undefined> {
  if (await exists(join(path, "streams"))) return path;
  if (basename(path) === "streams") return dirname(path);
  return basename(dirname(path)) === "streams" ? dirname(dirname(path)) : undefined;
}

/** The tests beside a pack, the pack beside tests. */
async function companions(path: string): Promise<string[]> {
  const extension = /\.ya?ml$/.exec(path)?.[0];
  if (extension === undefined) return [];
  const stem = path.slice(0, -extension.length);
  const companion = stem.endsWith(".test") ? stem.slice(0, -".test".length) : `${stem}.test`;
  return await exists(`${companion}${extension}`) ? [`${companion}${extension}`] : [];
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
