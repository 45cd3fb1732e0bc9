/** What every sink must do, run for each of them by a short test beside it: one suite, one promise. */
import { expect } from "expect";
import { canonical, distinct, type NetworkTraits, shownBy, testNetwork } from "./compliance/network.ts";
import { acceptable, alertOf, recordOf } from "./compliance/samples.ts";
import { insist, type Prepare, resultsOf, testCase, testTrial } from "./compliance/trial.ts";
import type { Delivery, SinkKind } from "./sink.ts";

export { openGate } from "./compliance/gate.ts";
export { alertOf, burst, contentOf, delivery, recordOf, testContext } from "./compliance/samples.ts";
export { listening } from "./compliance/network.ts";
export { insist, resultsOf, type SinkTrial } from "./compliance/trial.ts";

/** Registers the suite; `prepare` makes a receiver of its own for each case. Sinks of a network say what theirs is. */
export function testSink(kind: SinkKind, prepare: Prepare, traits?: NetworkTraits): void {
  const test = testCase.bind(undefined, kind, prepare);

  test("a batch arrives whole, in order, as it left the engine", async (sink, trial) => {
    const batch = Array.from({ length: 20 }, (_, i) => acceptable(kind, i));
    expect(await sink.deliver(batch)).toEqual(batch.map(() => ({ result: "delivered" })));
    await sink.close();
    expect(await trial.received()).toEqual(batch.map(shownBy(trial)));
  });

  test("an empty batch is no event", async (sink, { received }) => {
    expect(await sink.deliver([])).toEqual([]);
    await sink.close();
    expect(await received()).toEqual([]);
  });

  test("a second send is harmless: receivers tell it by the id", async (sink, trial) => {
    const item = acceptable(kind, 1);
    for (let send = 0; send < 2; send++) await sink.deliver([item]);
    expect(resultsOf(await sink.deliver([item, item]))).toEqual(["delivered", "delivered"]);
    await sink.close();
    expect(await distinct(trial)).toEqual([canonical(shownBy(trial)(item))]);
  });

  testTrial(
    kind,
    prepare,
    "what it wrote before it was closed is still there after it was opened again",
    async (trial) => {
      const items = [1, 2].map((number) => acceptable(kind, number));
      for (const item of items) {
        const sink = kind.create(trial.options, trial.context);
        await sink.open();
        await sink.deliver([item]);
        await sink.close();
      }
      expect(await trial.received()).toEqual(items.map(shownBy(trial)));
    },
  );

  test("10,000 at once arrive, in batches as large as it takes", async (sink, { received }) => {
    const items = Array.from({ length: 10_000 }, (_, i): Delivery => {
      const item = acceptable(kind, i);
      return "alert" in item ? { alert: { ...item.alert, fingerprint: `f${i}` } } : item;
    });
    for (let i = 0; i < items.length; i += kind.batchMax) await insist(sink, items.slice(i, i + kind.batchMax), 1);
    await sink.close();
    expect((await received()).length).toBe(items.length);
  });

  test(
    "a message of 1 MB in many scripts is delivered or refused for good, and holds up nobody",
    async (sink, trial) => {
      const message = "заказ 支払い 💳 \u202e\u0000 ' \" \\ \n".repeat(30_000);
      const [verdict] = await sink.deliver([{ alert: alertOf(0, { message }) }]);
      expect(verdict?.result).not.toBe("retry");
      const next: Delivery = { alert: alertOf(2, { message: "Zürich 'x' \"y\" \\ , = \n 支払い 💳" }) };
      expect(resultsOf(await sink.deliver([next]))).toEqual(["delivered"]);
      await sink.close();
      expect((await trial.received()).at(-1)).toEqual(shownBy(trial)(next));
    },
  );

  if (kind.takes === "alerts") {
    test("a record is refused, and the reason says why", async (sink) => {
      const verdicts = await sink.deliver([{ record: recordOf(1) }, { alert: alertOf(2) }]);
      expect(verdicts).toEqual([{ result: "rejected", reason: expect.stringMatching(/alerts, not records/) }, {
        result: "delivered",
      }]);
    });
  }

  if (traits !== undefined) testNetwork(kind, prepare, traits);
}
