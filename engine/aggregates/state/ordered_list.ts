/**
 * Items in order, for folds of sliding windows: items come in any order and leave, and neighbours, ends and ranks are
 * asked for. Items lie in short chunks, so that one that comes or goes moves at most a chunk.
 */

/** A chunk that grows beyond this is cut in two. */
const chunkMax = 256;

/** Keeps equal items, in no particular order among them. */
export class OrderedList<T> {
  private readonly chunks: T[][] = [];
  private count = 0;

  /** `compare` is negative when `a` comes first. */
  constructor(private readonly compare: (a: T, b: T) => number) {}

  get size(): number {
    return this.count;
  }

  first(): T | undefined {
    return this.chunks[0]?.[0];
  }

  /** The item at a rank from 0. */
  at(rank: number): T | undefined {
    let left = rank;
    for (const chunk of this.chunks) {
      if (left < chunk.length) return chunk[left];
      left -= chunk.length;
    }
    return undefined;
  }

  /** The first items, at most `n`. */
  head(n: number): T[] {
    const items: T[] = [];
    for (const chunk of this.chunks) {
      if (items.length >= n) break;
      items.push(...chunk.slice(0, n - items.length));
    }
    return items;
  }

  /** The least item after the given one. */
  after(item: T): T | undefined {
    const at = this.chunkOf(item);
    const chunk = this.chunks[at];
    if (chunk === undefined) return undefined;
    return chunk[this.positionAfter(chunk, item)] ?? this.chunks[at + 1]?.[0];
  }

  /** The greatest item that is not after the given one. */
  upTo(item: T): T | undefined {
    const chunk = this.chunks[this.chunkOf(item)];
    return chunk?.[this.positionAfter(chunk, item) - 1];
  }

  insert(item: T): void {
    const at = this.chunkOf(item);
    const chunk = this.chunks[at];
    this.count++;
    if (chunk === undefined) {
      this.chunks.push([item]);
      return;
    }
    const position = this.positionAfter(chunk, item);
    if (position === chunk.length) chunk.push(item);
    else chunk.splice(position, 0, item);
    if (chunk.length > chunkMax) this.chunks.splice(at + 1, 0, chunk.splice(chunkMax / 2));
  }

  /** Takes out one item that compares as equal; false when there is none. */
  remove(item: T): boolean {
    const at = this.chunkOf(item);
    const chunk = this.chunks[at];
    if (chunk === undefined) return false;
    const position = this.positionAfter(chunk, item) - 1;
    const found = chunk[position];
    if (found === undefined || this.compare(found, item) !== 0) return false;
    if (position === 0) chunk.shift();
    else chunk.splice(position, 1);
    if (chunk.length === 0) this.chunks.splice(at, 1);
    this.count--;
    return true;
  }

  *[Symbol.iterator](): Generator<T> {
    for (const chunk of this.chunks) yield* chunk;
  }

  /** The last chunk that begins at or before an item, else the first. */
  private chunkOf(item: T): number {
    let low = 1;
    let high = this.chunks.length;
    const last = this.chunks[high - 1]?.[0];
    if (last !== undefined && this.compare(last, item) <= 0) return high - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.compare(this.chunks[middle]![0]!, item) <= 0) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** Position in a chunk behind everything that is not after an item. */
  private positionAfter(chunk: readonly T[], item: T): number {
    let low = 0;
    let high = chunk.length;
    if (this.compare(chunk[high - 1]!, item) <= 0) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.compare(chunk[middle]!, item) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
