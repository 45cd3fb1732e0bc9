/** Mean and sample standard deviation of the values in the baseline window, per slot: mergeable moments (Welford, Chan). */
import type { Monoid } from "./bucket_stack.ts";
import { type Baseline, type BaselineOptions, pastOf } from "./baseline.ts";
import { emptyLookback, loadLookback, type Lookback, pastAt, saveLookback, teachTargets } from "./lookback.ts";

interface Moments {
  n: number;
  mean: number;
  /** Sum of squared distances from the mean. */
  m2: number;
}

/** Chan, Golub and LeVeque (1979): moments of two sets from the moments of each. */
const moments: Monoid<Moments> = {
  empty: () => ({ n: 0, mean: 0, m2: 0 }),
  merge(into, other) {
    if (other.n === 0) return;
    const n = into.n + other.n;
    const distance = other.mean - into.mean;
    into.mean += (distance * other.n) / n;
    into.m2 += other.m2 + (distance * distance * into.n * other.n) / n;
    into.n = n;
  },
};

function momentsOf(text: string): Moments {
  const [n, mean, m2]: [number, number, number] = JSON.parse(text);
  return { n, mean, m2 };
}

/** A baseline of mean and standard deviation. */
export function standardBaseline(options: BaselineOptions): Baseline {
  const { slots, slotOf, minSamples, minSpread } = options;
  const baseline: Baseline<Lookback<Moments>[]> = {
    empty: () => Array.from({ length: slots }, () => emptyLookback(moments)),
    past(state, time) {
      const past = state[slotOf(time)];
      if (past === undefined) return undefined;
      const { n, mean, m2 } = pastAt(moments, past, time, options);
      return n < minSamples || n < 2 ? undefined : pastOf(mean, Math.sqrt(m2 / (n - 1)), minSpread);
    },
    teach(state, value, time, newest) {
      const past = state[slotOf(time)];
      if (past === undefined) return;
      const one = { n: 1, mean: value, m2: 0 };
      for (const target of teachTargets(moments, past, time, newest, options)) moments.merge(target, one);
    },
    save(state, all, write) {
      for (const [slot, past] of state.entries()) {
        saveLookback(past, all, (part, text) => write(`${slot}/${part}`, text), (one) => [one.n, one.mean, one.m2]);
      }
    },
    load: (parts) =>
      Array.from(
        { length: slots },
        (_, slot) => loadLookback(moments, partsOfSlot(parts, slot), momentsOf),
      ),
  };
  return baseline;
}

/** The saved parts of one slot, its prefix taken off. */
export function partsOfSlot(parts: readonly (readonly [string, string])[], slot: number): [string, string][] {
  const prefix = `${slot}/`;
  return parts.filter(([part]) => part.startsWith(prefix)).map(([part, text]) => [part.slice(prefix.length), text]);
}
