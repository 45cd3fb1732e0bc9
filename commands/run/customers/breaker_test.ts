/** The breaker: what counts as a failure, when it opens, and what it says of what comes then. */
import { expect } from "expect";
import { alertOf } from "../../../tests/routing/alert.ts";
import type { Verdict } from "../../../sinks/sink.ts";
import { type Disabled, withBreaker } from "./breaker.ts";

const delivered: Verdict = { result: "delivered" };
const failed: Verdict = { result: "retry", after: undefined, reason: "the endpoint answered 500" };

/** A breaker before an endpoint that gives the verdicts it is told. */
function endpoint() {
  let state: Disabled | undefined;
  let answers: readonly Verdict[] = [];
  let asked = 0;
  const receiver = withBreaker({
    ...{ batchMax: 1_000, isOne: false, wait: () => undefined },
    deliver() {
      asked++;
      return Promise.resolve(answers);
    },
  }, { disabled: () => state, disable: (why) => state = { since: "2026-01-05T10:00:00Z", why } });
  return {
    async deliver(verdicts: readonly Verdict[]) {
      answers = verdicts;
      const parcels = verdicts.map((_, i) => ({ alert: alertOf({ id: `a${i}` }) }));
      return await receiver.deliver(parcels, [...verdicts.keys()]);
    },
    asked: () => asked,
    why: () => state?.why,
    enable: () => state = undefined,
  };
}

const times = (count: number, verdict: Verdict) => new Array<Verdict>(count).fill(verdict);

Deno.test("the hundredth failure one after the other disables an endpoint, and a delivery begins the count anew", async () => {
  const { deliver, why } = endpoint();
  await deliver([...times(99, failed), delivered, ...times(50, failed)]);
  await deliver(times(49, failed));
  expect(why()).toBe(undefined);
  await deliver([failed]);
  expect(why()).toBe("100 failures one after the other, the last: the endpoint answered 500");
});

Deno.test("one request that fails is one failure, for however many it speaks, and what was held back is none", async () => {
  const { deliver, why } = endpoint();
  const batch = [failed, ...times(30, { ...failed, inferred: true }), ...times(30, { ...failed, untried: true })];
  for (let request = 1; request < 100; request++) await deliver(batch);
  expect(why()).toBe(undefined);
  await deliver(batch);
  expect(why()).toMatch(/^100 failures/);
});

Deno.test("an endpoint that is gone is disabled at once: the rest is refused, and nothing more is asked of it", async () => {
  const { deliver, asked, why } = endpoint();
  const gone: Verdict = { result: "rejected", reason: "the endpoint answered 410", gone: true };
  const reason = "the endpoint is disabled since 2026-01-05T10:00:00Z: it is gone: the endpoint answered 410";
  expect(await deliver([delivered, gone, failed])).toEqual([delivered, gone, { result: "rejected", reason }]);
  expect(why()).toBe("it is gone: the endpoint answered 410");
  expect(await deliver([delivered])).toEqual([{ result: "rejected", reason }]);
  expect(asked()).toBe(1);
});

Deno.test("an endpoint that is enabled again has its hundred failures before it", async () => {
  const { deliver, why, enable } = endpoint();
  await deliver(times(100, failed));
  enable();
  await deliver(times(99, failed));
  expect(why()).toBe(undefined);
  await deliver([failed]);
  expect(why()).toMatch(/^100 failures/);
});
