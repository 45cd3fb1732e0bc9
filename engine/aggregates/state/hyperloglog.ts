/**
 * How many different values there are, from 16,384 registers (Flajolet et al. 2007; standard error 0.81 %). A register
 * holds the greatest rank of the hashes that fall to it, so order, repetition and merging change nothing.
 */
import type { Value } from "../../model/value.ts";
import { hashKey } from "./hash.ts";
import type { ValueKey } from "./value_key.ts";

export type Registers = Uint8Array;

const indexBits = 14;
const registerCount = 1 << indexBits;
/** Bits of the hash that are left for the rank. */
const rankBits = 64 - indexBits;

export function emptyRegisters(): Registers {
  return new Uint8Array(registerCount);
}

export function addToRegisters(registers: Registers, key: ValueKey): void {
  const { high, low } = hashKey(key);
  const index = high >>> (32 - indexBits);
  const rest = (high << indexBits) >>> 0;
  const rank = rest !== 0 ? Math.clz32(rest) + 1 : Math.min(32 - indexBits + Math.clz32(low) + 1, rankBits + 1);
  if (rank > registers[index]!) registers[index] = rank;
}

export function mergeRegisters(into: Registers, other: Registers): void {
  for (let i = 0; i < registerCount; i++) if (other[i]! > into[i]!) into[i] = other[i]!;
}

/** The estimate without bias over the whole range (Ertl, "New cardinality estimation algorithms", 2017, algorithm 6). */
export function estimate(registers: Registers): number {
  const counts = new Array<number>(rankBits + 2).fill(0);
  for (const rank of registers) counts[rank] = counts[rank]! + 1;
  let z = registerCount * tau(1 - counts[rankBits + 1]! / registerCount);
  for (let rank = rankBits; rank >= 1; rank--) z = 0.5 * (z + counts[rank]!);
  z += registerCount * sigma(counts[0]! / registerCount);
  return Math.round(registerCount * registerCount / (2 * Math.LN2 * z));
}

/** x + Σ x^(2^k) · 2^(k−1) over k ≥ 1: what empty registers say. */
function sigma(share: number): number {
  if (share === 1) return Infinity;
  let x = share;
  let y = 1;
  let z = share;
  for (let before = NaN; before !== z;) {
    x *= x;
    before = z;
    z += x * y;
    y += y;
  }
  return z;
}

/** (1 − x − Σ (1 − x^(2^−k))² · 2^−k over k ≥ 1) / 3: what full registers say. */
function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let x = share;
  let y = 1;
  let z = 1 - share;
  for (let before = NaN; before !== z;) {
    x = Math.sqrt(x);
    before = z;
    y *= 0.5;
    z -= (1 - x) ** 2 * y;
  }
  return z / 3;
}

/** One character a register. */
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

export function saveRegisters(registers: Registers): string {
  let text = "";
  for (const rank of registers) text += alphabet[rank];
  return text;
}

export function loadRegisters(saved: Value | undefined): Registers {
  const registers = emptyRegisters();
  if (typeof saved === "string") {
    for (let i = 0; i < registerCount; i++) registers[i] = alphabet.indexOf(saved[i] ?? "A");
  }
  return registers;
}
