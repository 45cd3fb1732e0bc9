/**
 * A sum of doubles without any rounding, and the double nearest to it. It is kept as partials: doubles of increasing
 * size that do not overlap and whose exact sum is the sum (Shewchuk, "Adaptive precision floating-point arithmetic",
 * 1997). So the order of additions does not matter, and what is taken back out leaves no trace.
 */

/** JSON. `huge` holds what doubles near their upper end add, scaled down so that no partial can overflow. */
export interface ExactSum {
  readonly partials: number[];
  huge: number[] | null;
}

/** Values from here on go to `huge`: 2^60 of them below it still stay within a double. */
const hugeFrom = 2 ** 960;
const hugeScale = 2 ** -100;

export function emptySum(): ExactSum {
  return { partials: [], huge: null };
}

/** Adds a finite value; subtracting is adding its negative. */
export function addExact(sum: ExactSum, value: number): void {
  if (value > -hugeFrom && value < hugeFrom) grow(sum.partials, value);
  else {
    sum.huge ??= [];
    grow(sum.huge, value * hugeScale);
    if (sum.huge.length === 0) sum.huge = null;
  }
}

/** Adds everything of another sum, which stays as it was; `sign` -1 takes it out. */
export function mergeExact(into: ExactSum, other: ExactSum, sign: 1 | -1 = 1): void {
  for (const partial of other.partials) grow(into.partials, sign * partial);
  if (other.huge === null) return;
  into.huge ??= [];
  for (const partial of other.huge) grow(into.huge, sign * partial);
  if (into.huge.length === 0) into.huge = null;
}

/**
 * Adds the product of two values, without rounding it (Dekker's product). Neither the product nor its last bits may leave
 * the range of a double: factors between 2^-400 and 2^400, or zero.
 */
export function addProduct(sum: ExactSum, a: number, b: number): void {
  const product = a * b;
  const scaledA = splitter * a;
  const highA = scaledA - (scaledA - a);
  const scaledB = splitter * b;
  const highB = scaledB - (scaledB - b);
  const lowA = a - highA;
  const lowB = b - highB;
  grow(sum.partials, lowA * lowB - (((product - highA * highB) - lowA * highB) - highA * lowB));
  grow(sum.partials, product);
}

/** 2^27 + 1: cuts the 53 bits of a double into two halves (Veltkamp). */
const splitter = 134_217_729;

/** The double nearest to the sum, ties to even; 0 of nothing, undefined beyond the range of a double. */
export function roundExact(sum: ExactSum): number | undefined {
  if (sum.huge === null) return roundPartials(sum.partials);
  const scaled = [...sum.huge];
  for (const partial of sum.partials) grow(scaled, scaleDown(partial));
  const rounded = roundPartials(scaled) / hugeScale;
  return Number.isFinite(rounded) ? rounded : undefined;
}

/** Beside huge partials a tiny one only decides a tie, so its sign is all that must survive the scaling. */
function scaleDown(partial: number): number {
  return Math.abs(partial) < 2 ** -800 ? Math.sign(partial) * 2 ** -900 : partial * hugeScale;
}

/** Adds a value to partials: the sum of two doubles is a double and a rest, both exact (Knuth's TwoSum). */
function grow(partials: number[], value: number): void {
  let carried = value;
  let kept = 0;
  for (let i = 0; i < partials.length; i++) {
    const partial = partials[i]!;
    const total = carried + partial;
    const taken = total - carried;
    const rest = (carried - (total - taken)) + (partial - taken);
    if (rest !== 0) partials[kept++] = rest;
    carried = total;
  }
  if (carried !== 0) partials[kept++] = carried;
  while (partials.length > kept) partials.pop();
}

/** Adds from the largest down until something is cut off; then the next partial's sign decides a tie. */
function roundPartials(partials: readonly number[]): number {
  let at = partials.length - 1;
  if (at < 0) return 0;
  let rounded = partials[at]!;
  let rest = 0;
  while (at > 0 && rest === 0) {
    const partial = partials[--at]!;
    const total = rounded + partial;
    rest = partial - (total - rounded);
    rounded = total;
  }
  if (at === 0 || rest === 0 || Math.sign(rest) !== Math.sign(partials[at - 1]!)) return rounded;
  const beyond = rounded + 2 * rest;
  return beyond - rounded === 2 * rest ? beyond : rounded;
}
