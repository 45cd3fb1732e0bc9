/**
 * How often a rule may alert per key (semantics.md 21): in event time, held back alerts are counted. The state of a
 * limit is kept, saved and forgotten like that of an operator; the rule's name finds it, so it survives every edit of
 * the rule that does not change what the limit counts by.
 */
import type { Limit } from "../compile/plan.ts";
import type { Operator, StateCodec } from "../model/operator.ts";
import type { Millis } from "../model/time.ts";

/** Times of passed alerts that are remembered per key; older ones can no longer hold anything back. */
const remembered = 1024;
const day: Millis = 86_400_000;
/** A limit that holds nothing back any more is forgotten this long after, for alerts of very late events. */
const lateGrace: Millis = day;
/** Alerts that were held back and never told of are forgotten this long after, and so are their episodes. */
const untoldGrace: Millis = 30 * day;

type Rate = Pick<Limit, "max" | "every">;

/** What one rate has seen. */
interface Passed {
  /** Event times of alerts that passed, ascending. */
  readonly times: Millis[];
  /** Alerts held back since the last that passed. */
  suppressed: number;
  every: Millis;
}

export interface LimitState {
  /** By the name of the rate: "" for the rule's own, else that of a customer's. */
  readonly rates: { [name: string]: Passed };
  /** Episodes whose firing alert was held back: their `resolved` stays too. */
  readonly held: string[];
  /** When the state can be looked at again: it may be forgotten then. */
  due: Millis;
}

/** The state of a limit that has seen nothing. */
export function emptyLimit(): LimitState {
  return { rates: {}, held: [], due: 0 };
}

/** True for the state of a limit: what its keeper's slot holds. */
export function isLimit(state: unknown): state is LimitState {
  return typeof state === "object" && state !== null && "rates" in state;
}

/** When a limit that an alert of this time enters may be looked at again. */
export function limitDue(time: Millis, every: Millis): Millis {
  return time + every + lateGrace;
}

/** How many alerts were held back before this one, or undefined when it is held back itself. */
export function pass(state: LimitState, name: string, rate: Rate, time: Millis): number | undefined {
  const passed = state.rates[name] ??= { times: [], suppressed: 0, every: rate.every };
  passed.every = rate.every;
  state.due = Math.max(state.due, limitDue(time, rate.every));
  if (holdsBack(passed.times, time, rate)) {
    passed.suppressed++;
    return undefined;
  }
  const { suppressed } = passed;
  passed.suppressed = 0;
  remember(passed.times, time);
  return suppressed;
}

/** Notes that an episode's firing alert was held back, or that it was not. */
export function holdEpisode(state: LimitState, episode: string, held: boolean): void {
  releaseEpisode(state, episode);
  if (held) state.held.push(episode);
}

/** Whether the firing alert of an episode that ends was held back; it is forgotten. */
export function releaseEpisode(state: LimitState, episode: string): boolean {
  const at = state.held.indexOf(episode);
  if (at >= 0) state.held.splice(at, 1);
  return at >= 0;
}

/** An alert older than the last that passed is held back by any nearer than `every`; others by `max` within `every`. */
function holdsBack(passed: readonly Millis[], time: Millis, { max, every }: Rate): boolean {
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

/** One small head, no parts. */
const limitCodec: StateCodec<LimitState> = {
  save: (state, _all, write) => write("", JSON.stringify(state)),
  load: (parts) => JSON.parse(parts.get("") ?? "{}"),
};

/** What keeps limits: it only ever wakes, to forget those that can decide nothing any more. */
export const limitKeeper: Pick<Operator<LimitState>, "codec" | "wake"> = {
  codec: limitCodec,
  wake(state, now, turn) {
    const untold = state.held.length > 0 || Object.values(state.rates).some((rate) => rate.suppressed > 0);
    const due = untold ? state.due + untoldGrace : state.due;
    if (now >= due && turn.floor() >= state.due - lateGrace) return undefined;
    turn.wakeAt(now >= due ? now + lateGrace : due);
    return state;
  },
};
