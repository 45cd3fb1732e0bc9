import { expect } from "expect";
import type { Verdict } from "../../sinks/sink.ts";
import { Outbox } from "./settle/outbox.ts";
import type { Entry, Parcel } from "./settle/entry.ts";
import { DeliveryLane, type LaneSettings, type Receiver, settled } from "./settle.ts";
import type { LaneChange, OutboxEntry } from "./store.ts";

const delivered: Verdict = { result: "delivered" };
const retry: Verdict = { result: "retry", after: undefined, reason: "away" };
const rejected: Verdict = { result: "rejected", reason: "too large" };

/** A parcel known by its number; parcels of the same partition keep their order. */
function parcel(number: number, partition = number): Parcel {
  const place = { stream: "s", topic: "t", partition, offset: number };
  return { refused: { ...place, reason: "schema", time: null, key: null, value: null } };
}

function numberOf(item: Parcel): number {
  return "refused" in item ? item.refused.offset : NaN;
}

/** A lane and its outbox over a store that is a list; the receiver answers as told, waits pass at once. */
function trial(
  answer: (item: number, call: number) => Verdict,
  changes: { lane?: Partial<LaneSettings>; receiver?: Partial<Receiver> } = {},
) {
  const batches: number[][] = [];
  const waits: number[] = [];
  const troubles: (string | undefined)[] = [];
  const refused: [number, string][] = [];
  const stored = new Map<number, OutboxEntry>();
  const settledSeqs: LaneChange[] = [];
  const clock = { now: 0 };
  const outbox = new Outbox(0);
  const lane = new DeliveryLane({
    batchMax: 3,
    isOne: true,
    wait: (attempts) => 2 ** attempts,
    deliver: (batch) => {
      batches.push(batch.map(numberOf));
      return Promise.resolve(batch.map((item) => answer(numberOf(item), batches.length)));
    },
    ...changes.receiver,
  }, {
    name: "trial",
    queue: 5,
    max: 10,
    now: () => clock.now,
    sleep: (millis, signal) => {
      if (signal.aborted) return Promise.resolve();
      waits.push(millis);
      clock.now += millis;
      return Promise.resolve();
    },
    mayDeliver: () => Promise.resolve(),
    more: (after, limit) =>
      Promise.resolve(
        [...stored.values()].filter(({ seq }) => seq > after && seq <= outbox.savedSeq).slice(0, limit)
          .map(({ seq, text }) => ({ seq, text, state: "" })),
      ),
    settled: (entry) => outbox.settled("trial", entry),
    tried: (entry, attempts) => outbox.tried("trial", entry, attempts),
    rejected: (entry: Entry, reason) => refused.push([numberOf(entry.parcel), reason]),
    trouble: (reason) => troubles.push(reason),
    ...changes.lane,
  });
  outbox.connect(new Map([["trial", lane]]));
  const checkpoint = () => {
    const written = outbox.collect();
    for (const entry of written.outbox) stored.set(entry.seq, entry);
    for (const change of written.lanes) {
      if (change.state === undefined) stored.delete(change.seq);
      settledSeqs.push(change);
    }
    outbox.saved();
    return written;
  };
  const add = (from: number, to: number, gated = false) => {
    for (let i = from; i <= to; i++) outbox.add(parcel(i), ["trial"], gated);
  };
  return { lane, outbox, add, checkpoint, batches, waits, troubles, refused, stored, clock };
}

const never = new Promise<void>(() => {});

Deno.test("entries that wait for their checkpoint count as waiting: between two checkpoints a lane gets no fuller", () => {
  const { lane, add, checkpoint } = trial(() => delivered, { receiver: { deliver: () => never.then(() => []) } });
  add(1, 9);
  expect(lane.isFull).toBe(false);
  add(10, 10, true);
  expect(lane.isFull).toBe(true);
  checkpoint();
  expect(lane.size).toBe(10);
  expect(lane.isFull).toBe(true);
  lane.stop();
});

Deno.test("entries go out in order, in batches no larger than the receiver takes", async () => {
  const { lane, add, batches } = trial(() => delivered);
  add(1, 5);
  expect(await settled([lane], never)).toBe(true);
  expect(batches).toEqual([[1, 2, 3], [4, 5]]);
});

Deno.test("what must be tried again waits longer each time and holds up nobody else", async () => {
  const { lane, add, batches, waits, troubles } = trial((item, call) => item === 2 && call < 4 ? retry : delivered);
  add(1, 4);
  await settled([lane], never);
  expect(batches).toEqual([[1, 2, 3], [4], [2], [2]]);
  expect(waits).toEqual([2, 4]);
  expect(troubles).toEqual(["away", undefined, "away", undefined]);
});

Deno.test("entries of one fingerprint keep their order when the older must be tried again", async () => {
  const { lane, outbox, batches } = trial((item, call) => item === 1 && call === 1 ? retry : delivered, {
    receiver: { batchMax: 1, isOne: false },
  });
  for (const [number, partition] of [[1, 0], [2, 0], [3, 1]] as const) {
    outbox.add(parcel(number, partition), ["trial"], false);
  }
  await settled([lane], never);
  expect(batches).toEqual([[1], [3], [1], [2]]);
});

Deno.test("a wait that the receiver asks for is kept", async () => {
  const { lane, add, waits } = trial((_, call) => call === 1 ? { result: "retry", after: 700, reason: "" } : delivered);
  add(1, 1);
  await settled([lane], never);
  expect(waits).toEqual([700]);
});

Deno.test("what is rejected, or given up after its last try, is handed out once with the reason", async () => {
  const { lane, add, refused } = trial((item) => item === 1 ? rejected : item === 2 ? retry : delivered, {
    receiver: { wait: (attempts) => attempts < 3 ? 1 : undefined },
  });
  add(1, 3);
  await settled([lane], never);
  expect(refused).toEqual([[1, "too large"], [2, "given up after 3 tries: away"]]);
  expect([lane.delivered, lane.rejected]).toEqual([1, 2]);
});

Deno.test("what waits for its checkpoint leaves only when the checkpoint is true", async () => {
  const { lane, add, checkpoint, batches, stored } = trial(() => delivered);
  add(1, 2, true);
  await Promise.resolve();
  expect([lane.size, batches]).toEqual([0, []]);
  expect(checkpoint().outbox.map(({ seq, lanes }) => [seq, lanes])).toEqual([[1, ["trial"]], [2, ["trial"]]]);
  await settled([lane], never);
  expect(batches).toEqual([[1, 2]]);
  checkpoint();
  expect(stored.size).toBe(0);
});

Deno.test("what was delivered before its checkpoint is never written", async () => {
  const { lane, add, checkpoint } = trial(() => delivered);
  add(1, 2);
  await settled([lane], never);
  expect(checkpoint()).toEqual({ outbox: [], lanes: [] });
});

Deno.test("memory holds so many entries; the others are read back from the store, each once and in order", async () => {
  let open = () => {};
  const gate = new Promise<void>((resolve) => open = resolve);
  const { lane, add, checkpoint, batches } = trial(() => delivered, { lane: { mayDeliver: () => gate } });
  add(1, 9, true);
  checkpoint();
  expect([lane.size, lane.isFull, lane.hasRoom]).toEqual([9, false, false]);
  add(10, 11);
  add(12, 12, true);
  expect([lane.size, lane.isFull]).toEqual([9, true]);
  checkpoint();
  expect([lane.size, lane.isFull]).toEqual([12, true]);
  open();
  await settled([lane], never);
  expect(batches.flat()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  expect(checkpoint().lanes.length).toBe(12);
});

Deno.test("a stop gives up what is not delivered, and says so", async () => {
  const { lane, add } = trial(() => retry, {
    lane: { sleep: (_, signal) => new Promise((r) => signal.onabort = () => r()) },
  });
  add(1, 1);
  expect(await settled([lane], Promise.resolve())).toBe(false);
  lane.stop();
  expect(lane.size).toBe(1);
});

Deno.test("what waits behind an earlier entry uses up no try: it is sent once that one is settled", async () => {
  const untried: Verdict = { result: "retry", after: undefined, reason: "away", untried: true };
  let sends = 0;
  const { lane, refused } = trial((item) => {
    if (item === 1) return retry;
    return sends++ < 4 ? untried : delivered;
  }, { receiver: { isOne: false, wait: (attempts) => attempts > 3 ? undefined : 1 } });
  for (const number of [1, 2]) lane.offer({ seq: number, parcel: parcel(number, 0), order: "one" });
  await settled([lane], new Promise(() => {}));
  expect(refused.map(([item]) => item)).toEqual([1]);
  expect([lane.delivered, lane.rejected]).toEqual([1, 1]);
});

Deno.test("a receiver of large batches gets one when it is full, or when its oldest entry has waited long enough", async () => {
  const { lane, batches, clock } = trial(() => delivered, { receiver: { gather: 1_000 } });
  for (const number of [1, 2, 3, 4]) lane.offer({ seq: number, parcel: parcel(number), order: `${number}` });
  while (lane.size > 0) await lane.change();
  expect(batches).toEqual([[1, 2, 3], [4]]);
  expect(clock.now).toBe(1_000);
});

Deno.test("a clock that is set back makes nobody wait until it is there again", async () => {
  const hour = 3_600_000;
  const { lane, add, clock, waits, batches } = trial((_, call) => call === 1 ? retry : delivered, {
    lane: {
      sleep: (millis) => {
        waits.push(millis);
        // Set back during the wait, which takes as long as it takes.
        clock.now += millis - (waits.length === 1 ? hour : 0);
        return Promise.resolve();
      },
    },
  });
  clock.now = 10 * hour;
  add(1, 2);
  await settled([lane], never);
  expect(batches).toEqual([[1, 2], [1, 2]]);
  expect(waits).toEqual([2]);
});

Deno.test("at the end nothing gathers any longer", async () => {
  const { lane, batches, clock } = trial(() => delivered, { receiver: { gather: 1_000 } });
  lane.offer({ seq: 1, parcel: parcel(1), order: "1" });
  expect(await settled([lane], new Promise(() => {}))).toBe(true);
  expect([batches, clock.now]).toEqual([[[1]], 0]);
});

Deno.test("what finds no room waits for its checkpoint, and what comes behind it with the same fingerprint waits too", async () => {
  const { lane, outbox, checkpoint, batches } = trial(() => delivered, { lane: { queue: 1 } });
  outbox.add(parcel(1, 0), ["trial"], false);
  outbox.add(parcel(2, 0), ["trial"], false);
  await settled([lane], never);
  outbox.add(parcel(3, 0), ["trial"], false);
  await settled([lane], never);
  expect(batches).toEqual([[1]]);
  checkpoint();
  await settled([lane], never);
  expect(batches.flat()).toEqual([1, 2, 3]);
});

Deno.test("what is offered while the store is asked is not forgotten", async () => {
  let calls = 0;
  const { lane, outbox, add, checkpoint, batches, stored } = trial(() => delivered, {
    lane: {
      queue: 2,
      more: (after, limit) => {
        const found = [...stored.values()].filter(({ seq }) => seq > after && seq <= outbox.savedSeq).slice(0, limit);
        if (++calls === 2) {
          add(4, 4, true);
          checkpoint();
        }
        return Promise.resolve(found.map(({ seq, text }) => ({ seq, text, state: "" })));
      },
    },
  });
  add(1, 3, true);
  checkpoint();
  await settled([lane], never);
  expect(batches.flat()).toEqual([1, 2, 3, 4]);
});

Deno.test("a page of the store that memory knows is followed by the next one at once", async () => {
  const { lane, add, checkpoint, batches, waits } = trial(() => delivered, { lane: { queue: 2 } });
  add(1, 4, true);
  checkpoint();
  await settled([lane], never);
  expect([batches.flat(), waits]).toEqual([[1, 2, 3, 4], []]);
});

Deno.test("what the store names as waiting is not sent again when it was settled while the answer was on its way", async () => {
  const { lane, outbox, add, checkpoint, batches, stored } = trial(() => delivered, {
    lane: {
      queue: 2,
      more: (after, limit) => {
        const found = [...stored.values()].filter(({ seq }) => seq > after && seq <= outbox.savedSeq).slice(0, limit);
        checkpoint();
        return Promise.resolve(found.map(({ seq, text }) => ({ seq, text, state: "" })));
      },
    },
  });
  add(1, 3, true);
  checkpoint();
  await settled([lane], never);
  expect(batches.flat()).toEqual([1, 2, 3]);
});

Deno.test("a lane sleeps until the oldest entry of a fingerprint may be tried, whatever waits behind it", async () => {
  const { lane, outbox, waits } = trial((item, call) => item === 1 && call === 1 ? retry : delivered, {
    receiver: { isOne: false, batchMax: 1, wait: () => 500 },
  });
  for (const number of [1, 2, 3]) outbox.add(parcel(number, 0), ["trial"], false);
  await settled([lane], never);
  expect(waits).toEqual([500]);
});
