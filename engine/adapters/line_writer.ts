/**
 * Writes NDJSON outputs (`--alerts --records --late --dead`, generated events) in big chunks, synchronously, so that what
 * was written before a crash is a prefix of the whole. A name that ends in `.gz` or `.zst` is compressed, chunk by chunk:
 * the same lines give the same bytes.
 */
import { dirname } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";

export interface LineWriter {
  /** Adds one line; `text` has no newline. */
  readonly write: (text: string) => void;
  /** Hands everything to the file. */
  readonly flush: () => void;
  /** Flushes and closes; later calls do nothing. */
  readonly close: () => void;
}

/** Characters that are gathered before a write. */
const gatherMax = 1 << 20;

/** Creates or truncates a file, with the folders above it. Throws an Error that names it when it cannot be written. */
export function openLineWriter(path: string): LineWriter {
  const file = created(path);
  const encoder = new TextEncoder();
  const compress = compressorOf(path);
  let lines: string[] = [];
  let gathered = 0;
  let open = true;

  function flush(): void {
    if (lines.length === 0) return;
    const bytes = compress(encoder.encode(`${lines.join("\n")}\n`));
    lines = [];
    gathered = 0;
    writeAll(file, bytes);
  }

  return {
    flush,
    write(text) {
      lines.push(text);
      gathered += text.length;
      if (gathered >= gatherMax) flush();
    },
    close() {
      if (!open) return;
      flush();
      open = false;
      file.close();
    },
  };
}

function created(path: string): Deno.FsFile {
  try {
    Deno.mkdirSync(dirname(path), { recursive: true });
    return Deno.openSync(path, { write: true, create: true, truncate: true });
  } catch (error) {
    throw new Error(`Cannot write "${path}": ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}

/** Members of gzip and frames of Zstandard may follow each other, so every chunk is compressed on its own. */
function compressorOf(path: string): (bytes: Uint8Array) => Uint8Array {
  if (path.endsWith(".gz")) return (bytes) => gzipSync(bytes);
  return path.endsWith(".zst") ? (bytes) => zstdCompressSync(bytes) : (bytes) => bytes;
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
}
