/** A disk so small that it can be filled: a file system in memory where the user may mount one. */
import { must, output } from "../services/service.ts";

export interface SmallDisk {
  readonly folder: string;
  /** Leaves no room on it. */
  readonly fill: () => Promise<void>;
  /** Makes room again. */
  readonly clear: () => Promise<void>;
  readonly remove: () => Promise<void>;
}

/** Mounts a disk of so many MiB. Throws where that is not allowed, with the way out. */
export async function smallDisk(mebibytes: number): Promise<SmallDisk> {
  const folder = await Deno.makeTempDir({ prefix: "vigie-disk-" });
  const sudo = Deno.uid() === 0 ? [] : ["sudo", "-n"];
  const root = (...command: string[]) => must([...sudo, ...command] as [string, ...string[]]);
  await root("mount", "-t", "tmpfs", "-o", `size=${mebibytes}m,mode=1777`, "tmpfs", folder);
  return {
    folder,
    async fill() {
      // `dd` ends with an error once nothing more goes onto the disk, which is what is wanted.
      await output(["dd", "if=/dev/zero", `of=${folder}/ballast`, "bs=4096"]);
    },
    clear: () => Deno.remove(`${folder}/ballast`),
    async remove() {
      await root("umount", folder);
      await Deno.remove(folder);
    },
  };
}
