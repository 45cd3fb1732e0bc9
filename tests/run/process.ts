/** `vigie run` as a process of its own, for tests of what only a process shows: signals, crashes, exit codes. */

const main = new URL("../../main.ts", import.meta.url).pathname;

export interface RunningVigie {
  readonly pid: number;
  /** What it has said on standard error so far. */
  readonly log: () => string;
  /** What it has written to standard output so far. */
  readonly output: () => string;
  readonly kill: (signal: Deno.Signal) => void;
  readonly ended: Promise<number>;
}

/** Starts `vigie <args>` in a folder, with variables beside those of the environment. */
export function startVigie(
  args: readonly string[],
  cwd: string,
  variables: Readonly<Record<string, string>> = {},
): RunningVigie {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", main, ...args],
    cwd,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1", ...variables },
  }).spawn();
  const [output, log] = [gather(child.stdout), gather(child.stderr)];
  const ended = child.status.then(async ({ code }) => {
    await Promise.all([output.done, log.done]);
    return code;
  });
  return {
    pid: child.pid,
    log: () => log.text,
    output: () => output.text,
    kill: (signal) => child.kill(signal),
    ended,
  };
}

/** Runs `vigie <args>` to its end; throws with what it said when the exit code is another one. */
export async function runVigie(
  args: readonly string[],
  cwd: string,
  code = 0,
  variables: Readonly<Record<string, string>> = {},
): Promise<RunningVigie> {
  const running = startVigie(args, cwd, variables);
  const ended = await running.ended;
  if (ended !== code) {
    throw new Error(`vigie ${args.join(" ")} ended with ${ended}:\n${running.output()}${running.log()}`);
  }
  return running;
}

function gather(stream: ReadableStream<Uint8Array>): { text: string; done: Promise<void> } {
  const gathered = { text: "", done: Promise.resolve() };
  gathered.done = (async () => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) gathered.text += text;
  })();
  return gathered;
}

/** Resolves when a condition holds; rejects with `otherwise` after a minute. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  otherwise: () => string,
  millis = 60_000,
): Promise<void> {
  for (const end = performance.now() + millis; performance.now() < end;) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(otherwise());
}
