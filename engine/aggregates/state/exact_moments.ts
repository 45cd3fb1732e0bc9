/**
 * Count, Σx and Σx² without any rounding, and from them the sample standard deviation to 12 significant digits. Values
 * whose squares would leave the range of a double are squared after scaling by a power of two, in sums of their own.
 */
import { addExact, addProduct, emptySum, type ExactSum, mergeExact, roundExact } from "../exact_sum.ts";

export interface Moments {
  count: number;
  readonly sum: ExactSum;
  readonly squares: ExactSum;
  /** Squares of values scaled by 2^-600, and by 2^600. */
  vast: ExactSum | null;
  tiny: ExactSum | null;
}

const ordinaryMax = 2 ** 400;
const ordinaryMin = 2 ** -400;
const scaleBits = 600;

export function emptyMoments(): Moments {
  return { count: 0, sum: emptySum(), squares: emptySum(), vast: null, tiny: null };
}

/** Adds a value, or with `sign` -1 takes it out. */
export function addMoments(moments: Moments, value: number, sign: 1 | -1): void {
  moments.count += sign;
  addExact(moments.sum, sign * value);
  const size = Math.abs(value);
  if (size === 0) return;
  if (size > ordinaryMax) {
    const scaled = value * 2 ** -scaleBits;
    addProduct(moments.vast ??= emptySum(), scaled, sign * scaled);
  } else if (size < ordinaryMin) {
    const scaled = value * 2 ** scaleBits;
    addProduct(moments.tiny ??= emptySum(), scaled, sign * scaled);
  } else addProduct(moments.squares, value, sign * value);
}

export function mergeMoments(into: Moments, other: Moments): void {
  into.count += other.count;
  mergeExact(into.sum, other.sum);
  mergeExact(into.squares, other.squares);
  if (other.vast !== null) mergeExact(into.vast ??= emptySum(), other.vast);
  if (other.tiny !== null) mergeExact(into.tiny ??= emptySum(), other.tiny);
}

/**
 * √((n·Σx² − (Σx)²) / (n·(n − 1))) rounded to 12 significant digits, halves up; undefined of fewer than two values and
 * beyond the range of a double. Computed in doubles, and again in whole numbers where an error of 1e-15 could show.
 */
export function sampleDeviation(moments: Moments): number | undefined {
  const { count } = moments;
  if (count < 2) return undefined;
  if (moments.sum.huge !== null || isUsed(moments.vast) || isUsed(moments.tiny)) return exactDeviation(moments);
  const scaled = roundExact(scaledVariance(moments)) ?? NaN;
  if (scaled === 0) return 0;
  const deviation = Math.sqrt(scaled / (count * (count - 1)));
  const low = (deviation * (1 - 1e-15)).toPrecision(12);
  return low === (deviation * (1 + 1e-15)).toPrecision(12) ? Number(low) : exactDeviation(moments);
}

function isUsed(sum: ExactSum | null): boolean {
  return sum !== null && sum.partials.length > 0;
}

/** n·Σx² − (Σx)². */
function scaledVariance({ count, sum, squares }: Moments): ExactSum {
  const scaled = emptySum();
  for (const partial of squares.partials) addProduct(scaled, partial, count);
  for (const a of sum.partials) for (const b of sum.partials) addProduct(scaled, -a, b);
  return scaled;
}

/** Doubles are whole numbers of 2^-1074, their squares of 2^-2148. */
const unitBits = 1074;

/** The same in whole numbers, without any rounding before the last. */
export function exactDeviation({ count, sum, squares, vast, tiny }: Moments): number | undefined {
  const total = whole(sum.partials, unitBits) + whole(sum.huge ?? [], unitBits + 100);
  const ofSquares = whole(squares.partials, 2 * unitBits) +
    whole(vast?.partials ?? [], 2 * unitBits + 2 * scaleBits) +
    whole(tiny?.partials ?? [], 2 * unitBits - 2 * scaleBits);
  const n = BigInt(count);
  const deviation = rootTo12Digits(n * ofSquares - total * total, (n * (n - 1n)) << BigInt(2 * unitBits));
  return Number.isFinite(deviation) ? deviation : undefined;
}

const view = new DataView(new ArrayBuffer(8));

/** Σ value · 2^bits, for values that are whole numbers of 2^-bits. */
function whole(values: readonly number[], bits: number): bigint {
  let total = 0n;
  for (const value of values) {
    view.setFloat64(0, Math.abs(value));
    const pattern = view.getBigUint64(0);
    const exponent = Number(pattern >> 52n);
    const digits = (pattern & 0xfffffffffffffn) | (exponent === 0 ? 0n : 1n << 52n);
    const shifted = digits << BigInt(Math.max(exponent, 1) - 1075 + bits);
    total += value < 0 ? -shifted : shifted;
  }
  return total;
}

/** The square root of a fraction, rounded half up to 12 significant digits. */
function rootTo12Digits(over: bigint, under: bigint): number {
  if (over <= 0n) return 0;
  const magnitude = Math.floor((bitLength(over) - bitLength(under)) * Math.log10(2) / 2);
  // At least 14 digits before the point; the 13th decides and those behind it are never needed.
  const places = 15 - magnitude;
  const shifted = places >= 0 ? over * 10n ** BigInt(2 * places) / under : over / (under * 10n ** BigInt(-2 * places));
  const digits = integerRoot(shifted).toString();
  const kept = (BigInt(digits.slice(0, 13)) + 5n) / 10n;
  return Number(`${kept}e${digits.length - 12 - places}`);
}

/** The greatest whole number whose square is not above `value` (Newton's method from above). */
function integerRoot(value: bigint): bigint {
  let root = 1n << BigInt(Math.ceil(bitLength(value) / 2));
  for (;;) {
    const next = (root + value / root) / 2n;
    if (next >= root) return root;
    root = next;
  }
}

function bitLength(value: bigint): number {
  const digits = value.toString(16);
  return digits.length * 4 - Math.clz32(Number.parseInt(digits[0] ?? "0", 16)) + 28;
}
