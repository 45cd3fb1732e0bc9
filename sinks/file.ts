/**
 * Alerts in a file, one JSON object a line. What a crash left unfinished at the end is cut off on opening, so a reader
 * sees whole lines only; a write that failed is taken back before it is tried again.
 */
import { dirname, isAbsolute, join } from "node:path";
import type { Delivery, Sink, SinkContext, SinkKind } from "./sink.ts";

export const file: SinkKind = {
  name: "file",
  summary: "Appends NDJSON to a file",
  schema: {
    type: "object",
    additionalProperties: false,
    required: ["path"],
    properties: {
      path: {
        description: "File, relative to the deployment file; `${instance}` becomes the name of the instance.",
        type: "string",
        minLength: 1,
      },
      rotate_mib: {
        description:
          "A file that has reached this size is renamed to `<path>.1`, `<path>.2` and so on; none is removed.",
        type: "integer",
        minimum: 1,
      },
    },
  },
  secondSend: "appends the line again; it has the id",
  batchMax: 500,
  create: ({ path, rotate_mib }, context) =>
    openFile(placed(String(path), context), typeof rotate_mib === "number" ? rotate_mib * 1024 * 1024 : Infinity),
  example: 'archive: { file: { path: "out/alerts-${instance}.ndjson" } }',
};

function placed(path: string, { instance, baseDirectory }: SinkContext): string {
  const named = path.replaceAll("${instance}", instance);
  return isAbsolute(named) ? named : join(baseDirectory, named);
}

function openFile(path: string, bytesMax: number): Sink {
  let out: Deno.FsFile | undefined;
  let size = 0;
  const encoder = new TextEncoder();
  const reopen = () => {
    out?.close();
    out = Deno.openSync(path, { read: true, write: true, create: true });
    size = wholeLines(out);
    out.truncateSync(size);
    out.seekSync(size, Deno.SeekMode.Start);
  };
  const append = (bytes: Uint8Array) => {
    if (out === undefined) reopen();
    if (size > 0 && size + bytes.length > bytesMax) {
      Deno.renameSync(path, nextName(path));
      reopen();
    }
    for (let written = 0; written < bytes.length;) written += out?.writeSync(bytes.subarray(written)) ?? 0;
    size += bytes.length;
  };
  return {
    open() {
      try {
        Deno.mkdirSync(dirname(path), { recursive: true });
        reopen();
      } catch (error) {
        throw new Error(`Cannot write "${path}": ${messageOf(error)}`, { cause: error });
      }
      return Promise.resolve();
    },
    deliver(batch) {
      try {
        append(encoder.encode(batch.map(lineOf).join("")));
        return Promise.resolve(batch.map(() => ({ result: "delivered" })));
      } catch (error) {
        out?.close();
        out = undefined;
        const reason = `cannot write "${path}": ${messageOf(error)}`;
        return Promise.resolve(batch.map(() => ({ result: "retry", after: undefined, reason })));
      }
    },
    close() {
      out?.syncDataSync();
      out?.close();
      out = undefined;
      return Promise.resolve();
    },
  };
}

function lineOf(delivery: Delivery): string {
  return `${JSON.stringify("alert" in delivery ? delivery.alert : delivery.record)}\n`;
}

const blockBytes = 64 * 1024;

/** Bytes up to and with the last newline. */
function wholeLines(out: Deno.FsFile): number {
  const block = new Uint8Array(blockBytes);
  for (let end = out.statSync().size; end > 0;) {
    const start = Math.max(0, end - blockBytes);
    out.seekSync(start, Deno.SeekMode.Start);
    const read = out.readSync(block.subarray(0, end - start)) ?? 0;
    const found = block.subarray(0, read).lastIndexOf(10);
    if (found !== -1) return start + found + 1;
    end = start;
  }
  return 0;
}

/** The first of `<path>.1`, `<path>.2` … that does not exist. */
function nextName(path: string): string {
  for (let number = 1;; number++) {
    try {
      Deno.statSync(`${path}.${number}`);
    } catch {
      return `${path}.${number}`;
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
