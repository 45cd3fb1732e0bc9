/**
 * Chance with a seed: the same seed and the same number give the same draws on every machine. Only integer arithmetic,
 * division and square roots are used, whose last digit no processor or library is free to choose. For made-up events,
 * never for secrets.
 */

const golden = 0x9e3779b9;

/** Scatters the bits of a 32-bit number: each bit of the result depends on all of them. */
export function scatter(bits: number): number {
  let mixed = Math.imul(bits ^ (bits >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return mixed ^ (mixed >>> 15);
}

/** A 32-bit number that stands for a text. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return scatter(hash);
}

/** Steps of the table below; finer ones change nothing that rules could see. */
const steps = 4_096;

/** Quantiles of the exponential distribution of mean 1, rounded so that logarithms cannot differ in the last digit. */
const waits = Array.from({ length: steps }, (_, i) => Math.round(-Math.log(1 - (i + 0.5) / steps) * 1e6) / 1e6);

/** Draws about one subject, such as customers. `of(n)` begins the draws about its n-th member. */
export class Chance {
  private readonly base: number;
  private state = 0;

  constructor(seed: number, subject: string) {
    this.base = scatter(scatter(seed | 0) + Math.floor(seed / 2 ** 32) + hashOf(subject));
  }

  /** Forgets what was drawn: the draws that follow depend on the seed, the subject and this number alone. */
  of(number: number): this {
    this.state = scatter(this.base + Math.imul(number | 0, golden)) + Math.floor(number / 2 ** 32);
    return this;
  }

  /** A whole number in [0, 2^32). */
  bits(): number {
    this.state = (this.state + golden) | 0;
    return scatter(this.state) >>> 0;
  }

  /** A number in [0, 1). */
  unit(): number {
    return this.bits() / 2 ** 32;
  }

  /** A whole number in [0, count). */
  below(count: number): number {
    return Math.floor(this.unit() * count);
  }

  /** A whole number in [low, high]. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  /** True once in `1 / share` times. */
  is(share: number): boolean {
    return this.unit() < share;
  }

  /** A wait of mean 1 between events that know nothing of each other. */
  wait(): number {
    return waits[this.below(steps)] ?? 1;
  }

  /** About normal: mean 0, standard deviation 1, never beyond 3.5. */
  bell(): number {
    return (this.unit() + this.unit() + this.unit() + this.unit() - 2) * 1.732;
  }

  /** One of `count` members, of whom the first few take a great part. */
  heavy(count: number): number {
    const unit = this.unit();
    return Math.floor(count * unit * Math.sqrt(unit));
  }

  /** A number from 1 up, of which a few are far greater than the others. */
  tail(): number {
    return 1 / Math.sqrt(1 - this.unit());
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.below(items.length)] ?? items[0];
  }

  /** One of the words of a list that names each with its share; the shares need not add up to 1. */
  weighted<T extends string>(choices: Weighted<T>): T {
    return choices.table[this.below(choices.table.length)] ?? choices.table[0];
  }
}

/** Words spread over a table by their shares, so that a draw costs one look-up. */
export interface Weighted<T extends string> {
  readonly table: readonly [T, ...T[]];
}

/** Prepares a weighted choice; `shares` are whole numbers. */
export function weigh<T extends string>(...shares: readonly [readonly [T, number], ...(readonly [T, number])[]]) {
  const [first] = shares[0];
  const table: [T, ...T[]] = [first];
  for (const [word, share] of shares) for (let i = word === first ? 1 : 0; i < share; i++) table.push(word);
  return { table };
}
