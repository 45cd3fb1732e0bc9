/**
 * What is due next over all clocks of a task, in the order (due, rule, key hash, key). Memory need not hold every timer:
 * those of keys that are not in memory are known up to the horizon, and what lies behind it is in the store.
 */
import type { Millis } from "../model/time.ts";
import type { Clock } from "./clock.ts";
import type { Keeper, KeyState } from "./keyed.ts";
import { readTimerId, storeKey, timerId } from "./saved_state.ts";
import { firesBefore, type TimerKey } from "./timers.ts";

/** A place in the order of timers: everything up to it, it included. */
export interface TimerPlace {
  readonly due: Millis;
  readonly id: string;
}

/** Event time that timers are read ahead of the watermark, unless the task says otherwise. */
export const aheadDefault: Millis = 60_000;
/** Keys that are asked for at once. */
const wantedAtOnce = 1000;
/** An id that no other follows. */
const lastId = "\uffff";

export class Agenda {
  /** Every timer up to here is known; undefined when all are. */
  private horizon: TimerPlace | undefined = undefined;

  constructor(
    private readonly clocks: readonly Clock[],
    /** Finds the keeper of a name, or of a name that its rule had before. */
    private readonly keeperOf: (name: string) => Keeper | undefined,
    private readonly ahead: Millis,
  ) {}

  /** Wakes a keeper for a key when the watermark reaches `due`. */
  arm(keeper: Keeper, key: KeyState, due: Millis): void {
    key.setDue(keeper.slot, due);
    keeper.clock.timers.add(due, keeper, key);
  }

  /** The clock whose first timer is due and fires before those of all others; undefined when nothing known is due. */
  next(): Clock | undefined {
    let found: Clock | undefined;
    let least = Infinity;
    for (const clock of this.clocks) {
      const due = clock.timers.next();
      if (due > clock.watermark || due > least) continue;
      if (due === least && !before(clock, found)) continue;
      [found, least] = [clock, due];
    }
    if (found === undefined || this.horizon === undefined) return found;
    return this.isKnown(least, found) ? found : undefined;
  }

  /** Whether some clock has come beyond what is known. */
  isBehind(): boolean {
    return this.horizon !== undefined && !covers(this.horizon, this.reached());
  }

  /** What to ask the store for: timers due by `until`, behind `after`. */
  wanted(): { readonly until: Millis; readonly after: TimerPlace | undefined } {
    const after = this.horizon?.due === -Infinity ? undefined : this.horizon;
    return { until: this.reached() + this.ahead, after };
  }

  /**
   * Takes timers that `wanted` asked for. `all` says that the store has no more of them. Keys in memory have their
   * timers already; returns the ids that no keeper of the plan owns.
   */
  feed(timers: readonly TimerPlace[], until: Millis, all: boolean): readonly string[] {
    const strange: string[] = [];
    for (const { id, due } of timers) {
      const timer = readTimerId(id, this.keeperOf);
      if (timer === undefined) strange.push(id);
      else if (!timer.keeper.stage.states.has(timer.key.text)) {
        timer.keeper.clock.timers.add(due, timer.keeper, timer.key);
      }
    }
    this.horizon = all ? { due: until, id: lastId } : timers[timers.length - 1] ?? this.horizon;
    return strange;
  }

  /** Nothing is known any more: a restored task has all its timers in the store. */
  forgetAll(): void {
    this.horizon = { due: -Infinity, id: "" };
  }

  /** A key came into memory: what of its timers lies behind the horizon is known now, the rest was known before. */
  admit(key: KeyState): void {
    for (const keeper of key.stage.keepers) {
      const due = key.dueOf(keeper.slot);
      if (due !== Infinity && !this.isWithin(due, keeper, key)) keeper.clock.timers.add(due, keeper, key);
    }
  }

  /** Keys have left memory: their timers stay to a horizon. */
  forgetCold(): void {
    const cut = { due: this.reached() + this.ahead, id: lastId };
    if (this.horizon === undefined || this.horizon.due > cut.due) this.horizon = cut;
    for (const clock of this.clocks) {
      clock.timers.retain((due, keeper, key) => this.isWithin(due, keeper, key) || keeper.stage.states.has(key.text));
    }
  }

  /** Names of keys whose timers are due and that are not in memory. */
  missing(): readonly string[] {
    const wanted = new Set<string>();
    for (const clock of this.clocks) {
      clock.timers.eachDue(clock.watermark, ({ stage }, { text }) => {
        if (!stage.states.has(text)) wanted.add(storeKey(stage, text));
        return wanted.size < wantedAtOnce;
      });
    }
    return [...wanted];
  }

  /** The furthest watermark. */
  private reached(): Millis {
    let most = -Infinity;
    for (const { watermark } of this.clocks) if (watermark > most) most = watermark;
    return most;
  }

  private isKnown(due: Millis, clock: Clock): boolean {
    const [keeper, key] = [clock.timers.firstKeeper(), clock.timers.firstKey()];
    return keeper === undefined || key === undefined || this.isWithin(due, keeper, key);
  }

  private isWithin(due: Millis, keeper: Keeper, key: TimerKey): boolean {
    const { horizon } = this;
    if (horizon === undefined || due !== horizon.due) return horizon === undefined || due < horizon.due;
    return horizon.id === lastId || timerId(keeper, key) <= horizon.id;
  }
}

function covers(horizon: TimerPlace, reached: Millis): boolean {
  return horizon.due > reached || (horizon.due === reached && horizon.id === lastId);
}

/** Whether the first timer of a clock fires before that of another, both being due at the same time. */
function before(clock: Clock, other: Clock | undefined): boolean {
  const [keeper, key] = [clock.timers.firstKeeper(), clock.timers.firstKey()];
  const [otherKeeper, otherKey] = [other?.timers.firstKeeper(), other?.timers.firstKey()];
  if (keeper === undefined || key === undefined || otherKeeper === undefined || otherKey === undefined) return false;
  return firesBefore(keeper, key, otherKeeper, otherKey);
}
