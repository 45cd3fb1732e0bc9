/** A partition whose log no longer holds what was to be read: nothing is passed over that is not counted. */
import { expect } from "expect";
import type { LaneOptions } from "../lane.ts";
import type { RawMessage } from "../ports.ts";
import { Feed } from "./feed.ts";
import { hasTurn, nextTurns } from "./merge.ts";

/** Messages whose first bytes are `x` are no events; the time of an event is its message's. */
function laneOf(feed: () => Feed, refused: number[]): LaneOptions {
  return {
    stream: "a",
    read: (message: RawMessage) => {
      const { topic, partition, offset, timestamp: time = 0, value } = message;
      if (value?.[0] === 120) {
        feed().refuse(offset, () => refused.push(offset));
        return undefined;
      }
      const input = { stream: "a", topic, partition, watermark: 0, state: "active" as const };
      return { input, message, place: { stream: "a", topic, partition, offset, time }, data: {}, change: undefined };
    },
  };
}

function feedAt(start: number, end: number, { drain = false, partition = 0 } = {}) {
  const refused: number[] = [];
  const opened = { stream: "a", topic: "a", partition, start, end };
  const feed: Feed = new Feed(opened, laneOf(() => feed, refused), drain, 0);
  const batch = (from: number, to: number, end: number, dead: readonly number[] = []) =>
    feed.add({ messages: messages(from, to, dead), next: to, end });
  return { feed, batch, refused };
}

function messages(from: number, to: number, dead: readonly number[]): RawMessage[] {
  return Array.from({ length: to - from }, (_, i) => {
    const offset = from + i;
    const value = new TextEncoder().encode(dead.includes(offset) ? "x" : "{}");
    return { topic: "a", partition: 0, offset, timestamp: offset, key: null, value };
  });
}

/** Takes what can be taken, as the pipeline does; positions after each event. */
function taken(feed: Feed): [offset: number, position: number][] {
  const found: [number, number][] = [];
  for (;;) {
    const turns = nextTurns([feed], 100);
    for (const { arrival: { message } } of turns) {
      feed.moveTo(message.offset + 1);
      found.push([message.offset, feed.position]);
    }
    feed.settlePosition();
    if (turns.length === 0 && !hasTurn([feed])) return found;
  }
}

Deno.test("a log that was made anew is read from its beginning, though it is shorter than what was read of the old one", () => {
  const { feed, batch } = feedAt(100, 100);
  feed.goOnAt(0);
  expect([feed.reading, feed.isBehind]).toEqual([0, false]);
  batch(0, 3, 3);
  expect(taken(feed).map(([offset]) => offset)).toEqual([0, 1, 2]);
  expect([feed.position, feed.isBehind, feed.counts.lost]).toEqual([3, false, 0]);
});

Deno.test("what waits of the old log is taken before the new one, and the position stands in one of them at a time", () => {
  const { feed, batch, refused } = feedAt(90, 100);
  batch(90, 100, 100, [95, 99]);
  feed.goOnAt(0);
  batch(0, 3, 5, [1]);
  expect(nextTurns([feed], 100).map(({ arrival: { message } }) => message.offset)).toEqual(
    [90, 91, 92, 93, 94, 96, 97, 98],
  );
  expect(feed.isBehind).toBe(true);
  feed.moveTo(99);
  feed.settlePosition();
  expect([feed.position, refused]).toEqual([0, [95, 99]]);
  batch(3, 5, 5);
  expect(taken(feed)).toEqual([[0, 1], [2, 3], [3, 4], [4, 5]]);
  expect([feed.position, refused]).toEqual([5, [95, 99, 1]]);
});

Deno.test("messages that are gone are counted, and a partition that holds nothing more holds nobody up", () => {
  const { feed } = feedAt(10, 100);
  const other = feedAt(0, 1, { partition: 1 });
  other.batch(0, 1, 1);
  expect(hasTurn([feed, other.feed])).toBe(false);
  feed.goOnAt(100);
  expect(hasTurn([feed, other.feed])).toBe(true);
  feed.settlePosition();
  expect([feed.position, feed.counts.lost]).toEqual([100, 90]);
});

Deno.test("a drain ends when what it was to read is gone, and counts no more than that as lost", () => {
  const shorter = feedAt(50, 100, { drain: true }).feed;
  shorter.goOnAt(0);
  expect([shorter.isDone, shorter.counts.lost]).toEqual([true, 0]);
  const longer = feedAt(50, 100, { drain: true }).feed;
  longer.goOnAt(400);
  expect([longer.isDone, longer.counts.lost]).toEqual([true, 50]);
});
