/**
 * Decaying moments, one set per slot. To teach y at t: dt = max(0, t − last); w and S times 2^(−dt / half_life); n += 1,
 * w += 1, d = y − mean, mean += d / w, S += d · (y − mean). The spread is √(S / w), which decay alone does not change.
 */
import type { Millis } from "../model/time.ts";
import { type Baseline, type BaselineOptions, pastOf } from "./baseline.ts";

interface Moments {
  n: number;
  w: number;
  mean: number;
  s: number;
  last: Millis;
}

/** One entry per slot; null until it has learnt something. */
type Slots = (Moments | null)[];

/** Moments as they are saved: n, w, mean, S, last. */
type Row = readonly [number, number, number, number, Millis];

function rowOf(moments: Moments | null): Row | null {
  return moments === null ? null : [moments.n, moments.w, moments.mean, moments.s, moments.last];
}

function momentsOf([n, w, mean, s, last]: Row): Moments {
  return { n, w, mean, s, last };
}

/** A baseline of exponentially weighted moments. */
export function ewmaBaseline(options: BaselineOptions, halfLife: Millis): Baseline {
  const { slots, slotOf, minSamples, minSpread } = options;
  const baseline: Baseline<Slots> = {
    empty: () => new Array(slots).fill(null),
    past(state, time) {
      const moments = state[slotOf(time)] ?? null;
      if (moments === null || moments.n < minSamples) return undefined;
      return pastOf(moments.mean, Math.sqrt(moments.s / moments.w), minSpread);
    },
    teach(state, value, time) {
      const slot = slotOf(time);
      const moments = state[slot] ?? { n: 0, w: 0, mean: 0, s: 0, last: time };
      state[slot] = moments;
      const fade = 2 ** (-Math.max(0, time - moments.last) / halfLife);
      moments.w = moments.w * fade + 1;
      moments.s *= fade;
      moments.n++;
      moments.last = Math.max(moments.last, time);
      const distance = value - moments.mean;
      moments.mean += distance / moments.w;
      moments.s += distance * (value - moments.mean);
    },
    save: (state, _all, write) => write("", JSON.stringify(state.map(rowOf))),
    load(parts) {
      const rows: (Row | null)[] = JSON.parse(parts[0]?.[1] ?? "[]");
      return rows.map((row) => row === null ? null : momentsOf(row));
    },
  };
  return baseline;
}
