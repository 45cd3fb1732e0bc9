/**
 * Decaying moments, one set per slot. To teach y at t: dt = max(0, t − last); w and S times 2^(−dt / half_life); n += 1,
 * w += 1, d = y − mean, mean += d / w, S += d · (y − mean). The spread is √(S / w), which decay alone does not change.
 */
import type { Millis } from "../model/time.ts";
import { type Baseline, type BaselineOptions, pastOf } from "./baseline.ts";
import { distancesOf, fromDistances, packDoubles, unpackDoubles } from "./packed.ts";

interface Moments {
  n: number;
  w: number;
  mean: number;
  s: number;
  last: Millis;
}

/** One entry per slot; null until it has learnt something. */
type Slots = (Moments | null)[];

/** What is saved of the slots that have learnt something: n of each slot (0 for the others), distances of last, w mean S. */
type SavedSlots = readonly [counts: number[], distances: number[], doubles: string];

function saveSlots(slots: Slots): SavedSlots {
  const known = slots.filter((moments) => moments !== null);
  return [
    slots.map((moments) => moments?.n ?? 0),
    distancesOf(known.map(({ last }) => last)),
    packDoubles(known.flatMap(({ w, mean, s }) => [w, mean, s])),
  ];
}

function loadSlots([counts, distances, packed]: SavedSlots): Slots {
  const times = fromDistances(distances);
  const doubles = unpackDoubles(packed);
  let known = 0;
  return counts.map((n) => {
    if (n === 0) return null;
    const [w = 0, mean = 0, s = 0] = doubles.slice(known * 3, known * 3 + 3);
    return { n, w, mean, s, last: times[known++] ?? 0 };
  });
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
    save: (state, _all, write) => write("", JSON.stringify(saveSlots(state))),
    load: (parts) => loadSlots(JSON.parse(parts[0]?.[1] ?? '[[],[],""]')),
  };
  return baseline;
}
