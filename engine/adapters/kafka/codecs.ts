/**
 * Decompression of what producers compress: Zstandard, Snappy (plain, and in the chunks that Java writes) and LZ4 frames.
 * Vigie itself writes uncompressed or gzip, so nothing here compresses.
 */
import { Buffer } from "node:buffer";
import { zstdDecompressSync } from "node:zlib";
import { decompress as decompressLz4 } from "lz4js";
import { uncompress as decompressSnappy } from "snappyjs";

/** What the client asks of a codec. */
export interface Codec {
  readonly compress: () => Promise<Buffer>;
  readonly decompress: (buffer: Buffer) => Promise<Buffer>;
}

function decoder(name: string, decompress: (buffer: Buffer) => Uint8Array): () => Codec {
  return () => ({
    compress: () => Promise.reject(new Error(`Vigie does not write ${name}`)),
    decompress: (buffer) => {
      const bytes = decompress(buffer);
      return Promise.resolve(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    },
  });
}

export const codecs = {
  zstd: decoder("zstd", (buffer) => zstdDecompressSync(buffer)),
  snappy: decoder("snappy", snappy),
  lz4: decoder("lz4", (buffer) => decompressLz4(buffer)),
} satisfies Record<string, () => Codec>;

/** First bytes of Java's stream of chunks: each chunk is a length in four bytes and a Snappy block. */
const xerialMark = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const xerialHeaderBytes = 16;

function snappy(buffer: Buffer): Uint8Array {
  if (!buffer.subarray(0, xerialMark.length).equals(xerialMark)) return decompressSnappy(buffer);
  const chunks: Uint8Array[] = [];
  for (let at = xerialHeaderBytes; at < buffer.length;) {
    const length = buffer.readUInt32BE(at);
    chunks.push(decompressSnappy(buffer.subarray(at + 4, at + 4 + length)));
    at += 4 + length;
  }
  return Buffer.concat(chunks);
}
