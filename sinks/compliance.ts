/** What every sink must do, run for each of them by a short test beside it: one suite, one promise. */
import { expect } from "expect";
import type { Alert } from "../engine/model/alert.ts";
import type { Fields } from "../engine/model/value.ts";
import type { Delivery, SinkContext, SinkKind } from "./sink.ts";

/** A sink as one test sees it. */
export interface SinkTrial {
  readonly options: Fields;
  readonly context: SinkContext;
  /** What the receiver has, in its order: alerts and records as JSON values. */
  readonly received: () => Promise<readonly unknown[]>;
  readonly remove: () => Promise<void>;
}

/** Registers the suite; `prepare` makes a receiver of its own for each case. */
export function testSink(kind: SinkKind, prepare: () => Promise<SinkTrial>): void {
  const test = (name: string, run: (trial: SinkTrial) => Promise<void>) =>
    Deno.test({
      name: `sink ${kind.name}: ${name}`,
      sanitizeOps: false,
      sanitizeResources: false,
      async fn() {
        const trial = await prepare();
        try {
          await run(trial);
        } finally {
          await trial.remove();
        }
      },
    });

  test("a batch arrives whole, in order, as it left the engine", async ({ options, context, received }) => {
    const sink = kind.create(options, context);
    await sink.open();
    const batch = Array.from({ length: 20 }, (_, i) => delivery(i));
    expect(await sink.deliver(batch)).toEqual(batch.map(() => ({ result: "delivered" })));
    await sink.close();
    expect(await received()).toEqual(batch.map(contentOf));
  });

  test("an empty batch is no event", async ({ options, context, received }) => {
    const sink = kind.create(options, context);
    await sink.open();
    expect(await sink.deliver([])).toEqual([]);
    await sink.close();
    expect(await received()).toEqual([]);
  });

  test("a second send is harmless: receivers tell it by the id", async ({ options, context, received }) => {
    const sink = kind.create(options, context);
    await sink.open();
    for (let send = 0; send < 2; send++) await sink.deliver([delivery(1)]);
    await sink.close();
    const ids = new Set((await received()).map((item) => JSON.stringify(item)));
    expect([...ids]).toEqual([JSON.stringify(contentOf(delivery(1)))]);
  });

  test("what a sink wrote before it was closed is still there after it was opened again", async (trial) => {
    for (const number of [1, 2]) {
      const sink = kind.create(trial.options, trial.context);
      await sink.open();
      await sink.deliver([delivery(number)]);
      await sink.close();
    }
    expect(await trial.received()).toEqual([1, 2].map((number) => contentOf(delivery(number))));
  });
}

/** An alert for even numbers, a record for odd ones. */
export function delivery(number: number): Delivery {
  return number % 2 === 0 ? { alert: alertOf(number) } : {
    record: {
      id: `r${number}`,
      output: "payment_stats",
      pack: "payments",
      rule: "currency-1m",
      key: { currency: "EUR" },
      entities: {},
      window: { start: "2026-01-05T10:00:00.000Z", end: "2026-01-05T10:01:00.000Z" },
      event_time: "2026-01-05T10:01:00.000Z",
      values: { volume: number, "ünï": '\u2028 \u0000 " \n' },
    },
  };
}

function alertOf(number: number): Alert {
  return {
    id: `a${number}`,
    fingerprint: "f1",
    episode: `a${number}`,
    status: "firing",
    pack: "payments",
    rule: "direct-fraud",
    revision: "1",
    kind: "filter",
    severity: "high",
    title: "A payment looks like fraud",
    message: "Payment p1 \u001b[31m of 20 EUR",
    key: {},
    entities: { payment: `p${number}` },
    criteria: [],
    values: {},
    window: null,
    event_time: "2026-01-05T10:00:00.000Z",
    detected_at: "2026-01-05T10:00:00.100Z",
    evidence: [],
    evidence_total: 0,
    context: {},
    suppressed: 0,
    shadow: false,
    labels: {},
    runbook: null,
  };
}

function contentOf(item: Delivery): unknown {
  return JSON.parse(JSON.stringify("alert" in item ? item.alert : item.record));
}

/** A context without brokers, on a quiet output. */
export function testContext(changes: Partial<SinkContext> = {}): SinkContext {
  return {
    name: "trial",
    kafka: undefined,
    topics: { create: true, retention: 604_800_000 },
    baseDirectory: ".",
    instance: "i1",
    output: { isTerminal: false, write: () => {} },
    ...changes,
  };
}
