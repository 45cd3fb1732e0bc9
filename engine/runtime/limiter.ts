/** How often a rule may alert per key (semantics.md 21): in event time, held back alerts are counted. */
import type { Limit } from "../compile/plan.ts";
import type { Millis } from "../model/time.ts";
import { encodeKey } from "./keyed.ts";
import type { Value } from "../model/value.ts";

/** Times of passed alerts that are remembered per key; older ones can no longer hold anything back. */
const remembered = 1024;

export interface LimitState {
  /** Event times of alerts that passed, ascending. */
  readonly passed: Millis[];
  /** Alerts held back since the last that passed. */
  suppressed: number;
}

export class Limiter {
  readonly states = new Map<string, LimitState>();

  constructor(private readonly limit: Pick<Limit, "max" | "every">) {}

  /** How many alerts were held back before this one, or undefined when it is held back itself. */
  pass(per: readonly Value[], time: Millis): number | undefined {
    const key = encodeKey(per);
    let state = this.states.get(key);
    if (state === undefined) this.states.set(key, state = { passed: [], suppressed: 0 });
    if (holdsBack(state.passed, time, this.limit)) {
      state.suppressed++;
      return undefined;
    }
    const { suppressed } = state;
    state.suppressed = 0;
    remember(state.passed, time);
    return suppressed;
  }
}

/** An alert older than the last that passed is held back by any nearer than `every`; others by `max` within `every`. */
function holdsBack(passed: readonly Millis[], time: Millis, { max, every }: Pick<Limit, "max" | "every">): boolean {
  const last = passed[passed.length - 1];
  if (last === undefined) return false;
  const bound = time < last ? 1 : max;
  let near = 0;
  for (let i = passed.length - 1; i >= 0 && near < bound; i--) {
    const distance = time - passed[i]!;
    if (distance >= every) break;
    if (distance > -every) near++;
  }
  return near >= bound;
}

function remember(passed: Millis[], time: Millis): void {
  let at = passed.length;
  while (at > 0 && passed[at - 1]! > time) at--;
  passed.splice(at, 0, time);
  if (passed.length > remembered) passed.shift();
}
