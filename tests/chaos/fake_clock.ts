/** A wall clock that jumps when it is told to, for a process of its own: libfaketime between it and the system. */
import { aptInstall, output } from "../services/service.ts";

export interface FakeClock {
  /** What the environment of the process must hold. */
  readonly variables: Readonly<Record<string, string>>;
  /** Sets the clock so many seconds beside the true one; the monotonic clock does not move. */
  readonly set: (seconds: number) => Promise<void>;
}

/** A clock told by a file in a folder. Installs the library where it is missing. */
export async function fakeClock(folder: string): Promise<FakeClock> {
  const path = `${folder}/clock`;
  // The file is replaced as a whole, so that nobody reads half of a number.
  const set = async (seconds: number) => {
    await Deno.writeTextFile(`${path}.new`, `${seconds < 0 ? seconds : `+${seconds}`}\n`);
    await Deno.rename(`${path}.new`, path);
  };
  await set(0);
  const library = await find() ?? await aptInstall("libfaketime").then(find);
  if (library === undefined) throw new Error("A clock that jumps needs libfaketime: install it");
  const variables = {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: path,
    FAKETIME_NO_CACHE: "1",
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
    DONT_FAKE_MONOTONIC: "1",
  };
  return { variables, set };
}

async function find(): Promise<string | undefined> {
  const { text } = await output([
    "sh",
    "-c",
    "ls /usr/lib/*/faketime/libfaketime.so.1 /usr/lib/faketime/libfaketime.so.1",
  ]);
  return text.split("\n").find((line) => line.startsWith("/usr/lib"));
}
