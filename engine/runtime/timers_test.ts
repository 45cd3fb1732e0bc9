import { expect } from "expect";
import * as fc from "fast-check";
import { Clock } from "./clock.ts";
import { type Keeper, KeyedStage } from "./keyed.ts";
import { partNames, timerId } from "./saved_state.ts";
import { type TimerKey, TimerQueue } from "./timers.ts";

/** Keepers differ in their names only: what else they have, the queue does not look at. */
function keepers(): readonly Keeper[] {
  const clock = new Clock("a", new Set(["a"]));
  const stage = new KeyedStage("s", 1);
  const rule = Object.create(null);
  return ["p/a#1", "p/a-b#1", "p/b!limit"].map((name, slot) => {
    return { name, ...partNames(name), rule, operator: { codec: undefined }, clock, stage, slot };
  });
}

interface Timer {
  readonly due: number;
  readonly keeper: Keeper;
  readonly key: TimerKey;
}

const timer: fc.Arbitrary<Timer> = fc.record({
  due: fc.integer({ min: 0, max: 5 }),
  keeper: fc.constantFrom(...keepers()),
  key: fc.record({ text: fc.constantFrom("x", "y", "[1]"), hash: fc.constantFrom(0, 7, 2 ** 31 - 1) }),
});

const idOf = ({ due, keeper, key }: Timer) => `${due} ${timerId(keeper, key)}`;

function drain(queue: TimerQueue): readonly string[] {
  const fired: string[] = [];
  for (let due = queue.next(); due !== Infinity; due = queue.next()) {
    const [keeper, key] = [queue.firstKeeper(), queue.firstKey()];
    if (keeper !== undefined && key !== undefined) fired.push(idOf({ due, keeper, key }));
    queue.shift();
  }
  return fired;
}

Deno.test("timers fire by time, and those due together in the order of their ids, which is that of the store", () => {
  fc.assert(fc.property(fc.array(timer), (timers) => {
    const queue = new TimerQueue();
    for (const { due, keeper, key } of timers) queue.add(due, keeper, key);
    expect(drain(queue)).toEqual(timers.map(idOf).sort());
  }));
});

Deno.test("a queue from which timers were dropped keeps its order, and shows what is due by a time", () => {
  fc.assert(fc.property(fc.array(timer), fc.integer({ min: 0, max: 5 }), (timers, until) => {
    const queue = new TimerQueue();
    for (const { due, keeper, key } of timers) queue.add(due, keeper, key);
    queue.retain((_due, keeper) => keeper.name !== "p/a#1");
    const kept = timers.filter(({ keeper }) => keeper.name !== "p/a#1");
    const due: string[] = [];
    queue.eachDue(until, (keeper, key) => due.push(timerId(keeper, key)) > 0);
    expect(due.sort()).toEqual(
      kept.filter(({ due }) => due <= until).map((one) => timerId(one.keeper, one.key)).sort(),
    );
    expect(drain(queue)).toEqual(kept.map(idOf).sort());
  }));
});
