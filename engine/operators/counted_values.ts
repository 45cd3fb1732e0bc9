/**
 * Values in order, each with a count, of which ranks are asked: the median of a robust baseline, and the median of the
 * distances from it. Values lie in short chunks, so that one that comes or goes moves at most a chunk.
 */

/** A chunk that grows beyond this is cut in two. */
const chunkMax = 128;

interface Chunk {
  readonly values: number[];
  readonly counts: number[];
  total: number;
}

export class CountedValues {
  private readonly chunks: Chunk[] = [];
  private total = 0;

  /** How many values there are, each as often as it is counted. */
  get size(): number {
    return this.total;
  }

  /** Counts a value; with a negative count takes it out again. */
  add(value: number, count: number): void {
    const at = this.chunkOf(value);
    const chunk = this.chunks[at] ?? { values: [], counts: [], total: 0 };
    if (this.chunks.length === 0) this.chunks.push(chunk);
    const position = above(chunk.values, value) - 1;
    this.total += count;
    chunk.total += count;
    if (chunk.values[position] !== value) {
      chunk.values.splice(position + 1, 0, value);
      chunk.counts.splice(position + 1, 0, count);
      if (chunk.values.length > chunkMax) this.cut(at, chunk);
      return;
    }
    chunk.counts[position]! += count;
    if (chunk.counts[position] !== 0) return;
    chunk.values.splice(position, 1);
    chunk.counts.splice(position, 1);
    if (chunk.values.length === 0) this.chunks.splice(at, 1);
  }

  /** The value at a rank from 1; NaN when there is none. */
  at(rank: number): number {
    let left = rank;
    for (const { values, counts, total } of this.chunks) {
      if (left > total) {
        left -= total;
        continue;
      }
      let position = 0;
      while (left > counts[position]!) left -= counts[position++]!;
      return values[position]!;
    }
    return NaN;
  }

  /** How many values are not above a value. */
  upTo(value: number): number {
    let counted = 0;
    for (const chunk of this.chunks) {
      if (chunk.values[chunk.values.length - 1]! <= value) {
        counted += chunk.total;
        continue;
      }
      const end = above(chunk.values, value);
      for (let i = 0; i < end; i++) counted += chunk.counts[i]!;
      break;
    }
    return counted;
  }

  /** The middle value, or the mean of the two in the middle. */
  median(): number {
    return (this.at(Math.ceil(this.total / 2)) + this.at(Math.floor(this.total / 2) + 1)) / 2;
  }

  /** The middle of the distances from a value, or the mean of the two in the middle. */
  medianDistance(from: number): number {
    const below = this.upTo(from);
    const ranks = [Math.ceil(this.total / 2), Math.floor(this.total / 2) + 1];
    const [low = NaN, high = NaN] = ranks.map((rank) => this.distanceAt(from, below, rank));
    return (low + high) / 2;
  }

  /**
   * The distance at a rank from 1. Of the `rank` nearest values, as many lie at or below `from` as are nearer than the
   * values above that they would displace; bisection finds how many.
   */
  private distanceAt(from: number, below: number, rank: number): number {
    let low = Math.max(0, rank - (this.total - below));
    let high = Math.min(rank, below);
    while (low < high) {
      const taken = (low + high) >>> 1;
      if (from - this.at(below - taken) < this.at(below + rank - taken) - from) low = taken + 1;
      else high = taken;
    }
    const left = low === 0 ? 0 : from - this.at(below - low + 1);
    const right = rank === low ? 0 : this.at(below + rank - low) - from;
    return Math.max(left, right);
  }

  /** The last chunk that begins at or before a value, else the first. */
  private chunkOf(value: number): number {
    let low = 1;
    let high = this.chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.chunks[middle]!.values[0]! <= value) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  private cut(at: number, chunk: Chunk): void {
    const values = chunk.values.splice(chunkMax / 2);
    const counts = chunk.counts.splice(chunkMax / 2);
    const total = counts.reduce((sum, count) => sum + count, 0);
    chunk.total -= total;
    this.chunks.splice(at + 1, 0, { values, counts, total });
  }
}

/** Position behind every value that is not greater. */
function above(values: readonly number[], value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
