/** Opens a file and reads its bytes in chunks, decompressed by the file's name: `.gz` (gzip) and `.zst` (Zstandard). */
import { Decompress } from "fzstd";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";

/** The bytes of one file. */
export interface ByteSource {
  readonly path: string;
  /** Size of the file as it lies on the disk. */
  readonly bytesTotal: number;
  /** How much of it has been read. */
  readonly bytesRead: () => number;
  /** Decompressed bytes; each chunk has memory of its own. To be called once. */
  readonly chunks: () => AsyncIterable<Uint8Array>;
  readonly close: () => Promise<void>;
}

const chunkBytes = 256 * 1024;

/** Opens a file. Throws an Error that names it when it does not exist or cannot be read. */
export async function openBytes(path: string): Promise<ByteSource> {
  const file = await opened(path);
  const { size, isDirectory } = await file.stat();
  if (isDirectory) {
    file.close();
    throw new Error(`Cannot read "${path}": it is a directory`);
  }
  const state = { read: 0, open: true };
  const close = () => {
    if (state.open) file.close();
    state.open = false;
    return Promise.resolve();
  };
  const raw = rawChunks(file, state);
  return { path, bytesTotal: size, bytesRead: () => state.read, chunks: () => decompressed(path, raw), close };
}

async function opened(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path);
  } catch (error) {
    const reason = error instanceof Deno.errors.NotFound ? "the file does not exist" : messageOf(error);
    throw new Error(`Cannot read "${path}": ${reason}`, { cause: error });
  }
}

/** Reads synchronously: a recorded file is read as fast as it parses, and each wait would cost more than the read. */
async function* rawChunks(file: Deno.FsFile, state: { read: number; open: boolean }): AsyncGenerator<Uint8Array> {
  while (state.open) {
    const chunk = new Uint8Array(chunkBytes);
    const count = file.readSync(chunk);
    if (count === null) return;
    state.read += count;
    yield await Promise.resolve(chunk.subarray(0, count));
  }
}

/** Compressed files may hold several members or frames one after another, as `line_writer.ts` writes them. */
async function* decompressed(path: string, raw: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    if (path.endsWith(".gz")) yield* gunzipped(raw);
    else if (path.endsWith(".zst")) yield* unzstandard(raw);
    else yield* raw;
  } catch (error) {
    throw new Error(`Cannot read "${path}": ${messageOf(error)}`, { cause: error });
  }
}

async function* gunzipped(raw: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const decompressor = createGunzip({ chunkSize: chunkBytes });
  const source = Readable.from(raw);
  source.on("error", (error) => decompressor.destroy(error));
  try {
    yield* source.pipe(decompressor);
  } finally {
    source.destroy();
  }
}

/** Not by node:zlib, which under Deno 2.9 ends silently after the first of several frames. */
async function* unzstandard(raw: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  const decompressor = new Decompress((chunk) => void ready.push(chunk));
  for await (const chunk of raw) {
    decompressor.push(chunk);
    yield* ready.splice(0);
  }
  decompressor.push(new Uint8Array(0), true);
  yield* ready.splice(0);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
