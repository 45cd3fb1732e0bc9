/**
 * What a service for tests is. Adding one is one file with a `Service` and one line in `services.ts`: how its programme
 * is found or installed, how it is started on a port, and the line of its log that says it is ready.
 */

export interface Service {
  readonly name: string;
  /** Environment variable that holds the address of one that already runs. */
  readonly variable: string;
  /** Makes the programme available: what is installed, else installs it. Throws a sentence that names the way out. */
  readonly prepare: () => Promise<void>;
  /** What to run, in order, to have it listen on the port with its data in the folder; the last one stays. */
  readonly commands: (folder: string, port: number) => Promise<readonly Command[]>;
  /** Stands in the log once it takes requests. */
  readonly ready: RegExp;
}

/** A programme and its arguments. */
export type Command = readonly [program: string, ...args: string[]];

/** Folder outside the tree for what is downloaded once. */
export function cacheFolder(): string {
  const home = Deno.env.get("HOME") ?? Deno.env.get("USERPROFILE") ?? "/tmp";
  return `${Deno.env.get("XDG_CACHE_HOME") ?? `${home}/.cache`}/vigie-tests`;
}

/** Whether a programme answers on the path. */
export async function isInstalled(program: string, ...args: string[]): Promise<boolean> {
  return (await output([program, ...args])).ok;
}

/** Runs a command to its end; `text` is all that it said. A programme that does not exist is not ok. */
export async function output([program, ...args]: Command): Promise<{ ok: boolean; text: string }> {
  try {
    const done = await new Deno.Command(program, { args, stdin: "null", stdout: "piped", stderr: "piped" }).output();
    const decoder = new TextDecoder();
    return { ok: done.success, text: decoder.decode(done.stdout) + decoder.decode(done.stderr) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { ok: false, text: `"${program}" is not installed` };
    throw error;
  }
}

/** Runs a command to its end; throws with the end of what it said when it fails. */
export async function must(command: Command): Promise<string> {
  const { ok, text } = await output(command);
  if (!ok) throw new Error(`"${command.join(" ")}" failed: ${text.trim().split("\n").slice(-15).join("\n")}`);
  return text;
}

/** Installs Debian packages. Throws where neither root nor sudo without a password is at hand. */
export async function aptInstall(...packages: readonly string[]): Promise<void> {
  const sudo = Deno.uid() === 0 ? [] : ["sudo", "-n"];
  const apt = (...args: string[]) =>
    must(["env", "DEBIAN_FRONTEND=noninteractive", ...sudo, "apt-get", "-qq", "-y", ...args]);
  await apt("update");
  await apt("install", "--no-install-recommends", ...packages);
}
