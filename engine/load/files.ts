/** Files of a project: found in folders in a fixed order, read once, remembered for the renderer and content hashes. */
import { isAbsolute, join, normalize, relative } from "node:path";
import type { Problem } from "../model/problem.ts";
import { problem } from "../model/problem.ts";
import { documentProblems } from "../model/problems/documents.ts";

/** What was declared and could not be read, so that nobody is told that it does not exist. */
export interface Rejected {
  /** `pack/rule` of rules whose structure is wrong; `anyRuleOf` where one has no name that could be expected. */
  readonly rules: Set<string>;
  readonly streams: Set<string>;
  /** Files that hold no pack that could be read. */
  readonly packs: Set<string>;
}

/** Stands for a rule of a pack whose name is not known. */
export function anyRuleOf(pack: string): string {
  return `${pack}/*`;
}

/** Texts read so far, by path, and what is wrong with them. */
export interface FileReader {
  readonly texts: Map<string, string>;
  readonly problems: Problem[];
  readonly rejected: Rejected;
}

export function createReader(): FileReader {
  return {
    texts: new Map(),
    problems: [],
    rejected: { rules: new Set(), streams: new Set(), packs: new Set() },
  };
}

/** A path as problems show it: relative to the working directory where it lies below. */
export function shown(path: string): string {
  const plain = normalize(path).replace(/(?<=.)\/$/, "");
  if (!isAbsolute(plain)) return plain;
  const below = relative(Deno.cwd(), plain);
  return below === "" || below.startsWith("..") ? plain : below;
}

/** The text of a file; undefined, and not reported, when it cannot be read. */
export async function textOf(path: string, { texts }: FileReader): Promise<string | { readonly reason: string }> {
  const known = texts.get(path);
  if (known !== undefined) return known;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(await Deno.readFile(path));
    texts.set(path, text);
    return text;
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "it does not exist";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (error instanceof TypeError) return "it is not UTF-8";
  return error instanceof Error ? error.message : String(error);
}

/** What is looked for in folders. */
export interface Wanted {
  readonly matches: (name: string) => boolean;
  /** For the problem of a folder without any: `packs`, `*.yaml`. */
  readonly what: string;
  readonly pattern: string;
}

/** Files of the paths given: a file is itself, a folder all that it holds at any depth, in the order of names. */
export async function filesIn(paths: readonly string[], wanted: Wanted, reader: FileReader): Promise<string[]> {
  const found: string[] = [];
  for (const given of paths) {
    const path = shown(given);
    try {
      if (!(await Deno.stat(path)).isDirectory) found.push(path);
      else {
        const inside = await filesBelow(path, wanted, new Set());
        found.push(...inside);
        if (inside.length > 0) continue;
        const facts = { path, what: wanted.what, pattern: wanted.pattern };
        reader.problems.push(problem(documentProblems.nothingFound, { file: path, path: [] }, facts));
      }
    } catch (error) {
      const facts = { path, reason: reasonOf(error) };
      reader.problems.push(problem(documentProblems.unreadable, { file: path, path: [] }, facts));
    }
  }
  return [...new Set(found)];
}

/** `visited` are real paths of folders, so that links in a circle end. */
async function filesBelow(folder: string, wanted: Wanted, visited: Set<string>): Promise<string[]> {
  const real = await Deno.realPath(folder);
  if (visited.has(real)) return [];
  visited.add(real);
  const entries = await Array.fromAsync(Deno.readDir(folder));
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const found: string[] = [];
  for (const { name, isDirectory, isSymlink } of entries) {
    if (name.startsWith(".") || name === "node_modules") continue;
    const path = join(folder, name);
    if (isDirectory || (isSymlink && await leadsToFolder(path))) found.push(...await filesBelow(path, wanted, visited));
    else if (wanted.matches(name)) found.push(path);
  }
  return found;
}

/** A link to nothing is a file that cannot be read. */
async function leadsToFolder(link: string): Promise<boolean> {
  return await Deno.stat(link).then(({ isDirectory }) => isDirectory, () => false);
}
