/** The terminal of a real process. Writes are synchronous, so that nothing is lost when the process ends. */
import type { Terminal } from "../command.ts";

/** Standard output and standard error. Whoever reads our output may stop early (`| head`): then the process ends. */
export function processTerminal(): Terminal {
  const isTerminal = Deno.stdout.isTerminal();
  return {
    out: (text) => write(Deno.stdout, text),
    err: (text) => write(Deno.stderr, text),
    isTerminal,
    columns: isTerminal ? Deno.consoleSize().columns : 100,
  };
}

function write(to: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let written = 0; written < bytes.length;) written += to.writeSync(bytes.subarray(written));
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) Deno.exit(0);
    throw error;
  }
}
