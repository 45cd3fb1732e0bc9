/**
 * Hashes that are the same on every machine and in every run, so that sketches of one log are the same: of a value, 64
 * bits in two unsigned halves, and of an event's place.
 */
import type { Place } from "../../model/event.ts";
import type { ValueKey } from "./value_key.ts";

/** Refilled by every call of `hashKey`: read it before the next. */
interface Hash {
  high: number;
  low: number;
}

const hash: Hash = { high: 0, low: 0 };

/** The hash of a value. Text runs through two multiplicative lanes, each mixed at the end. */
export function hashKey(key: ValueKey): Hash {
  const text = String(key);
  let a = typeof key === "string" ? 0x9e3779b9 : 0x7f4a7c15;
  let b = 0x85ebca6b;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    a = (a << 13) | (a >>> 19);
    b = Math.imul(b ^ unit, 0x5bd1e995);
    b = (b << 15) | (b >>> 17);
  }
  hash.high = mix(a, text.length);
  hash.low = mix(b, hash.high);
  return hash;
}

/** A hash of a place, 32 bits. */
export function hashPlace({ stream, partition, offset, time }: Place): number {
  const { high } = hashKey(stream);
  const low = mix(offset % 2 ** 32, mix(Math.floor(offset / 2 ** 32), partition));
  return mix(mix(low, high), mix(time % 2 ** 32, Math.floor(time / 2 ** 32)));
}

/**
 * Mixes two numbers to 32 unsigned bits: each bit of the first, and then of both, moves every bit of the result (fmix32 of
 * MurmurHash3 by Austin Appleby, public domain).
 */
export function mix(a: number, b: number): number {
  return finish(finish(a | 0) ^ Math.imul(b | 0, 0x9e3779b1));
}

function finish(mixed: number): number {
  let h = mixed ^ (mixed >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
