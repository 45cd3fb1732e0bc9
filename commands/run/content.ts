/** What stands in folders, as one hash: so that a folder is read only when it has stopped changing. */
import { createHash } from "node:crypto";
import { join } from "node:path";

/** Hash over the names, sizes and times of all files below the paths: cheap, and another one after every usual change. */
export async function outlineOf(paths: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  const look = async (path: string): Promise<void> => {
    const found = await Deno.stat(path).catch(() => undefined);
    hash.update(`${path} ${found?.size} ${found?.mtime?.getTime()} ${found?.ino}\0`);
    if (found?.isDirectory !== true) return;
    const names = await Array.fromAsync(Deno.readDir(path), ({ name }) => name).catch(() => []);
    for (const name of names.filter((name) => !name.startsWith(".")).sort()) await look(join(path, name));
  };
  for (const path of paths) await look(path);
  return hash.digest("hex");
}

/** Hash over the names and bytes of all files below the paths; a path that is missing counts as such. */
export async function contentOf(paths: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const path of paths) await add(path, hash);
  return hash.digest("hex");
}

async function add(path: string, hash: ReturnType<typeof createHash>): Promise<void> {
  const found = await Deno.stat(path).catch(() => undefined);
  if (found === undefined) hash.update(`missing ${path}\0`);
  else if (found.isFile) hash.update(`${path}\0`).update(await Deno.readFile(path).catch(() => new Uint8Array()));
  else {
    const names = await Array.fromAsync(Deno.readDir(path), ({ name }) => name).catch(() => []);
    for (const name of names.filter((name) => !name.startsWith(".")).sort()) await add(join(path, name), hash);
  }
}
