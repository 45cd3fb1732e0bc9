/**
 * A 64-bit hash of a value, as two unsigned 32-bit halves: the same on every machine and in every run, so that sketches
 * of one log are the same. Text goes through two multiplicative lanes and the finaliser of MurmurHash3.
 */
import type { ValueKey } from "./value_key.ts";

/** Refilled by every call of `hashKey`. */
export interface Hash {
  high: number;
  low: number;
}

const hash: Hash = { high: 0, low: 0 };

/** The hash of a key; read it before the next call. Keys of different types with one spelling differ by their prefix. */
export function hashKey(key: ValueKey): Hash {
  return typeof key === "string" ? hashText(key, 0) : hashText(String(key), 1);
}

function hashText(text: string, seed: number): Hash {
  let a = 0x9e3779b9 ^ seed;
  let b = 0x85ebca6b ^ seed;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    a = (a << 13) | (a >>> 19);
    b = Math.imul(b ^ unit, 0x5bd1e995);
    b = (b << 15) | (b >>> 17);
  }
  const mixedA = finish(a ^ text.length);
  hash.high = finish(mixedA ^ b);
  hash.low = finish(Math.imul(hash.high, 0x9e3779b1) ^ mixedA ^ (b << 7));
  return hash;
}

/** fmix32 of MurmurHash3 (Austin Appleby, public domain): every bit of the input moves every bit of the output. */
function finish(mixed: number): number {
  let h = mixed ^ (mixed >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
