/**
 * Virtual time: nothing happens but the entries of one queue, in the order of their times, and between two of them every
 * promise that can go on has gone on. So a run of hours takes milliseconds, and the same seed is the same run.
 */
import type { Millis } from "../../engine/model/time.ts";
import { turn } from "../../engine/adapters/clock.ts";

interface Happening {
  readonly at: Millis;
  readonly place: number;
  readonly act: () => void;
}

export class Timeline {
  /** Milliseconds since the simulation began. */
  now: Millis = 0;
  happenings = 0;
  private places = 0;
  /** A binary heap by time, then by the order of asking. */
  private readonly heap: Happening[] = [];

  /** Does something after so many milliseconds. */
  after(millis: Millis, act: () => void): void {
    this.push({ at: this.now + Math.max(0, millis), place: this.places++, act });
  }

  /** Resolves after so many milliseconds. */
  wait(millis: Millis): Promise<void> {
    return new Promise((resolve) => this.after(millis, resolve));
  }

  /** Lets things happen until `isOver`, nothing is left, or so many have happened. False when they did not end. */
  async run(isOver: () => boolean, most: number): Promise<boolean> {
    await turn();
    while (!isOver()) {
      const next = this.pop();
      if (next === undefined || this.happenings >= most) return false;
      this.happenings++;
      if (next.at > this.now) this.now = next.at;
      next.act();
      await turn();
    }
    return true;
  }

  private push(happening: Happening): void {
    const { heap } = this;
    let at = heap.push(happening) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(happening, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = happening;
  }

  private pop(): Happening | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(a: Happening, b: Happening): boolean {
  return a.at !== b.at ? a.at < b.at : a.place < b.place;
}
