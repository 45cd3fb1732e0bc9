/** A queue by time: what is due first comes out first, things due at one time in the order in which they came. */

/**
 * Something to come. It is its own entry of the queue, and times had better be small whole numbers, such as milliseconds
 * since the beginning: millions of entries wait at high rates, and the collector of garbage goes through them all.
 */
export interface Due {
  readonly time: number;
  /** Set by the queue. */
  order: number;
}

export interface TimeQueue<T extends Due> {
  readonly add: (entry: T) => void;
  /** Time of the first entry; Infinity when there is none. */
  readonly due: () => number;
  /** Takes the first entry; undefined when there is none. */
  readonly take: () => T | undefined;
}

/** Time that one bucket of far entries covers. */
const bucketMillis = 128;

/**
 * A heap of what is near; what is far lies unsorted in buckets until its bucket is the next, so that millions of things to
 * come cost no more than thousands.
 */
export function createTimeQueue<T extends Due>(): TimeQueue<T> {
  const near = createHeap<T>();
  const far = new Map<number, T[]>();
  const buckets = createHeap<Due>();
  let orders = 0;
  /** Every bucket before this one has been emptied into the heap. */
  let reached = -Infinity;

  function approach(): void {
    if (near.first() !== undefined) return;
    const bucket = buckets.take()?.time;
    if (bucket === undefined) return;
    reached = bucket + 1;
    far.get(bucket)?.forEach(near.add);
    far.delete(bucket);
  }

  return {
    due() {
      approach();
      return near.first()?.time ?? Infinity;
    },
    add(entry) {
      entry.order = orders++;
      const bucket = Math.floor(entry.time / bucketMillis);
      if (bucket < reached) return near.add(entry);
      const waiting = far.get(bucket);
      if (waiting !== undefined) return void waiting.push(entry);
      far.set(bucket, [entry]);
      buckets.add({ time: bucket, order: 0 });
    },
    take() {
      approach();
      return near.take();
    },
  };
}

/** A binary heap by time, then order. */
function createHeap<E extends Due>() {
  const heap: E[] = [];
  return {
    first: () => heap[0],
    add: (entry: E) => rise(heap, entry),
    take(): E | undefined {
      const first = heap[0];
      const last = heap.pop();
      if (first !== undefined && last !== undefined && heap.length > 0) sink(heap, last);
      return first;
    },
  };
}

function isBefore(a: Due, b: Due): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order);
}

/** Puts an entry at the end and lifts it above those that are due later. */
function rise<E extends Due>(heap: E[], entry: E): void {
  let at = heap.length;
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || !isBefore(entry, parent)) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = entry;
}

/** Puts an entry at the top and lowers it beneath those that are due earlier. */
function sink<E extends Due>(heap: E[], entry: E): void {
  let at = 0;
  for (;;) {
    let below = 2 * at + 1;
    let child = heap[below];
    const right = heap[below + 1];
    if (child !== undefined && right !== undefined && isBefore(right, child)) {
      child = right;
      below++;
    }
    if (child === undefined || !isBefore(child, entry)) break;
    heap[at] = child;
    at = below;
  }
  heap[at] = entry;
}
