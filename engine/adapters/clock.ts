/** The only place that knows clocks, chance and timers. Everything else is given what it needs of them. */
import { setImmediate } from "node:timers";

/** The wall clock, in milliseconds since the epoch. */
export function now(): number {
  return Date.now();
}

/** The monotonic clock, in milliseconds from a start of its own: for durations and silence; no jump of the wall clock moves it. */
export function monotonic(): number {
  return performance.now();
}

/** A number in [0, 1). */
export function chance(): number {
  return Math.random();
}

/** Resolves after so many milliseconds, or as soon as `signal` is raised. */
export function sleep(millis: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, millis);
    signal?.addEventListener("abort", done);
  });
}

/** Calls `what` again and again until the function returned is called. */
export function every(millis: number, what: () => void): () => void {
  const timer = setInterval(what, millis);
  return () => clearInterval(timer);
}

/** Lets sockets and timers have their turn, and comes back at once after it. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** How long to wait before the next try: doubles from `first` to at most `most`, and varies by a fifth either way. */
export function backoff(attempt: number, { first = 250, most = 10_000 } = {}): number {
  return Math.min(first * 2 ** attempt, most) * (0.8 + 0.4 * Math.random());
}
