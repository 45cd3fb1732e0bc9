/**
 * Exact arithmetic over doubles. Every finite double is a whole number of 2^-1074; sums and products of such numbers are
 * whole numbers too, so sums, variances and roots are computed without any rounding and rounded once at the end.
 */

/** A fraction; the denominator is positive. */
export interface Rational {
  readonly over: bigint;
  readonly under: bigint;
}

/** Exactly the value of a finite double. */
export function rational(value: number): Rational {
  let under = 1n;
  let scaled = value;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    under *= 2n;
  }
  return { over: BigInt(scaled), under };
}

export function add(a: Rational, b: Rational): Rational {
  return { over: a.over * b.under + b.over * a.under, under: a.under * b.under };
}

export function times(a: Rational, b: Rational): Rational {
  return { over: a.over * b.over, under: a.under * b.under };
}

export function minus(a: Rational, b: Rational): Rational {
  return add(a, { over: -b.over, under: b.under });
}

export function dividedBy(a: Rational, whole: number): Rational {
  return { over: a.over, under: a.under * BigInt(whole) };
}

export function sumOf(values: readonly number[]): Rational {
  return values.map(rational).reduce(add, { over: 0n, under: 1n });
}

/** The double nearest to a fraction, ties to even (for results that are not subnormal). */
export function nearestDouble({ over, under }: Rational): number {
  if (over < 0n) return -nearestDouble({ over: -over, under });
  if (over === 0n) return 0;
  const shift = BigInt(Math.max(0, 70 + bits(under) - bits(over)));
  const whole = (over << shift) / under;
  const rest = (over << shift) % under;
  // Far below the last bit of a double: tells `Number` on which side of a tie the fraction lies.
  const sticky = rest === 0n ? 0n : 1n;
  // In two steps: the power of two of a tiny fraction is beyond the doubles.
  const half = Math.floor(Number(shift) / 2);
  return Number(whole * 2n + sticky) / 2 ** half / 2 ** (Number(shift) + 1 - half);
}

function bits(value: bigint): number {
  return value.toString(2).length;
}

/** The square root of a fraction, rounded half up to 12 significant digits (semantics 15). */
export function rootTo12Digits({ over, under }: Rational): number {
  if (over <= 0n) return 0;
  // 10^60 under the root gives 30 digits after the decimal point.
  const root = integerRoot((over * 10n ** 60n) / under).toString();
  const kept = BigInt(root.slice(0, 12)) + (Number(root[12] ?? "0") >= 5 ? 1n : 0n);
  return Number(`${kept}e${Math.max(0, root.length - 12) - 30}`);
}

/** The greatest whole number whose square is not above `value` (Newton's method from above). */
function integerRoot(value: bigint): bigint {
  let root = 1n << BigInt(Math.ceil(bits(value) / 2));
  for (;;) {
    const next = (root + value / root) / 2n;
    if (next >= root) return root;
    root = next;
  }
}

/** Sample variance (n - 1) without rounding; undefined of fewer than two values. */
export function sampleVariance(values: readonly number[]): Rational | undefined {
  if (values.length < 2) return undefined;
  const mean = dividedBy(sumOf(values), values.length);
  const squares = values.map((value) => minus(rational(value), mean)).map((far) => times(far, far));
  return dividedBy(squares.reduce(add), values.length - 1);
}
