import { expect } from "expect";
import type { Verdict } from "../../sinks/sink.ts";
import { DeliveryLane, type LaneSettings, roomIn, settled } from "./settle.ts";

const delivered: Verdict = { result: "delivered" };
const retry: Verdict = { result: "retry", after: undefined, reason: "away" };

/** A lane whose receiver answers as told; waits are recorded and pass at once. */
function laneOf(answer: (item: number, call: number) => Verdict, changes: Partial<LaneSettings<number>> = {}) {
  const batches: number[][] = [];
  const waits: number[] = [];
  const rejected: number[] = [];
  const troubles: (string | undefined)[] = [];
  const lane = new DeliveryLane<number>({
    batchMax: 3,
    deliver: (batch) => {
      batches.push([...batch]);
      return Promise.resolve(batch.map((item) => answer(item, batches.length)));
    },
  }, {
    name: "trial",
    max: 5,
    backoff: (attempt) => 2 ** attempt,
    sleep: (millis) => Promise.resolve(void waits.push(millis)),
    rejected: (item) => rejected.push(item),
    trouble: (reason) => troubles.push(reason),
    ...changes,
  });
  return { lane, batches, waits, rejected, troubles };
}

const never = new Promise<void>(() => {});

Deno.test("entries go out in order, in batches no larger than the receiver takes", async () => {
  const { lane, batches } = laneOf(() => delivered);
  for (let i = 1; i <= 7; i++) lane.push(i);
  expect(await settled([lane], never)).toBe(true);
  expect(batches).toEqual([[1, 2, 3], [4, 5, 6], [7]]);
});

Deno.test("what must be tried again stays before what came later, and waits grow until it works", async () => {
  const { lane, batches, waits, troubles } = laneOf((item, call) => item === 2 && call < 4 ? retry : delivered);
  for (let i = 1; i <= 4; i++) lane.push(i);
  await settled([lane], never);
  expect(batches).toEqual([[1, 2, 3], [2, 4], [2], [2]]);
  expect(waits).toEqual([1, 2, 4]);
  expect(troubles).toEqual(["away", "away", "away", undefined]);
});

Deno.test("a wait that the receiver asks for is kept", async () => {
  const { lane, waits } = laneOf((_, call) => call === 1 ? { result: "retry", after: 700, reason: "" } : delivered);
  lane.push(1);
  await settled([lane], never);
  expect(waits).toEqual([700]);
});

Deno.test("what is rejected is handed out once and holds nobody up", async () => {
  const { lane, rejected } = laneOf((item) => item === 1 ? { result: "rejected", reason: "too large" } : delivered);
  for (let i = 1; i <= 3; i++) lane.push(i);
  await settled([lane], never);
  expect([rejected, lane.delivered, lane.rejectedCount]).toEqual([[1], 2, 1]);
});

Deno.test("a full lane asks for room, and there is room once a batch has gone out", async () => {
  let open = () => {};
  const gate = new Promise<void>((resolve) => open = resolve);
  const { lane } = laneOf((_, call) => call === 1 ? retry : delivered, { sleep: () => gate });
  for (let i = 1; i <= 5; i++) lane.push(i);
  expect(lane.isFull).toBe(true);
  const room = roomIn([lane]);
  open();
  await room;
  expect(lane.isFull).toBe(false);
  await settled([lane], never);
});

Deno.test("a stop gives up what is not delivered, and says so", async () => {
  const { lane } = laneOf(() => retry, { sleep: (_, signal) => new Promise((r) => signal.onabort = () => r()) });
  lane.push(1);
  const within = Promise.resolve();
  expect(await settled([lane], within)).toBe(false);
  lane.stop();
  expect(lane.size).toBe(1);
});
