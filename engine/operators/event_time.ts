/**
 * `evaluate: event_time` (runtime.md §2): an operator in front of another one. It holds the events of a key until the
 * watermark has passed them and hands them on by time, ties by place, so that the rule says the same under every
 * interleaving of partitions. What is late in its own partition never enters.
 */
import type { RuleInput } from "../kinds/kind.ts";
import { comparePlaces, isLate } from "../model/event.ts";
import type { Operator, Turn } from "../model/operator.ts";
import { aliasProperty, type Scope } from "../model/scope.ts";
import type { Millis } from "../model/time.ts";
import type { Fields } from "../model/value.ts";
import { type Held, heldCodec, type HeldState, noHeld } from "./event_time_state.ts";

/** Holds the events of a rule with these inputs for its operator. */
export function inEventTime(operator: Operator, inputs: readonly RuleInput[]): Operator {
  const holder: Operator<HeldState> = {
    codec: heldCodec(operator.codec),
    step(given, event, turn) {
      if (isLate(event)) return given;
      if (event.place.time < turn.watermark) {
        turn.refuse(event, "closed");
        return given;
      }
      const state = given ?? noHeld();
      hold(state, { event, input: turn.input, lookup: { ...turn.scope.lookup } });
      turn.wakeAt(Math.min(state.due, event.place.time));
      return state;
    },
    wake(state, now, turn) {
      // One moment at a time: what other keys hold of an earlier one comes first, because limits count across keys.
      const moment = Math.min(now, nextMoment(state));
      while (goOn(operator, inputs, state, { moment, now }, turn));
      const next = nextMoment(state);
      const due = next === now && moment === now ? now + 1 : next;
      if (due !== Infinity) turn.wakeAt(due);
      return state.waiting.length === 0 && state.inner === undefined ? undefined : state;
    },
  };
  return holder;
}

function hold(state: HeldState, held: Held): void {
  const { waiting } = state;
  let at = waiting.length;
  while (at > 0 && comparePlaces(waiting[at - 1]!.event.place, held.event.place) > 0) at--;
  waiting.splice(at, 0, held);
  state.changed.add(held.event.place.time);
}

/** When the next thing is to be done: a wake-up of the operator behind, or the oldest event that waits. */
function nextMoment({ due, waiting }: HeldState): Millis {
  return Math.min(due, waiting[0]?.event.place.time ?? Infinity);
}

/** Does the next thing of a moment that the watermark allows, a wake-up before an event; false when there is none. */
function goOn(
  operator: Operator,
  inputs: readonly RuleInput[],
  state: HeldState,
  { moment, now }: { readonly moment: Millis; readonly now: Millis },
  turn: Turn,
): boolean {
  if (state.due <= moment) {
    wakeInner(operator, state, moment, turn);
    return true;
  }
  const next = state.waiting[0];
  const time = next?.event.place.time ?? Infinity;
  // An event at the watermark may still be joined by one of its time, unless no more events can come.
  if (next === undefined || time > moment || (time === now && turn.floor() !== Infinity)) return false;
  state.waiting.shift();
  state.changed.add(time);
  stepInner(operator, inputs, state, next, turn);
  return true;
}

function wakeInner(operator: Operator, state: HeldState, now: Millis, turn: Turn): void {
  state.due = Infinity;
  if (state.inner === undefined || operator.wake === undefined) return;
  keep(state, operator.wake(state.inner, now, innerTurn(state, turn, now, undefined)));
}

/** Steps the operator with an event as if it came now: expressions find it where they look for it. */
function stepInner(operator: Operator, inputs: readonly RuleInput[], state: HeldState, held: Held, turn: Turn): void {
  const { event, input } = held;
  const alias = inputs[input]?.stream.alias ?? "";
  const { scope } = turn;
  const around = { lookup: scope.lookup, time: scope.time, change: scope.change };
  Object.assign(scope, { lookup: held.lookup, time: event.place.time, change: event.change } satisfies Partial<Scope>);
  scope[aliasProperty(alias)] = event.data;
  const inner = { ...innerTurn(state, turn, event.place.time, { [alias]: event.data }), input };
  keep(state, operator.step(state.inner, event, inner));
  scope[aliasProperty(alias)] = undefined;
  Object.assign(scope, around);
}

/** Another state in place of the last has none of its parts, whatever the store still has of them. */
function keep(state: HeldState, inner: unknown): void {
  if (inner !== state.inner) state.renewed = true;
  state.inner = inner;
}

/** The moment as the operator behind sees it: event time is its clock, and held events may still find its state. */
function innerTurn(
  state: HeldState,
  turn: Turn,
  watermark: Millis,
  stepped: { readonly [alias: string]: Fields } | undefined,
): Turn {
  return {
    ...turn,
    watermark,
    floor: () => state.waiting.reduce((least, { event }) => Math.min(least, event.watermark), turn.floor()),
    wakeAt(due) {
      if (due < state.due) state.due = due;
    },
    signal: (signal) => turn.signal(stepped === undefined ? signal : { ...signal, events: signal.events ?? stepped }),
  };
}
