/** One case of the suite: a sink, a receiver of its own, and what the case asks of both. */
import { sleep } from "../../engine/adapters/clock.ts";
import type { Fields } from "../../engine/model/value.ts";
import type { Delivery, Sink, SinkContext, SinkKind, Verdict } from "../sink.ts";
import type { Gate } from "./gate.ts";

/** A sink as one test sees it. */
export interface SinkTrial {
  readonly options: Fields;
  readonly context: SinkContext;
  /** What the receiver has, in its order, in the form that `shown` gives it. */
  readonly received: () => Promise<readonly unknown[]>;
  /** What the receiver makes of an item; the JSON value of the alert or record by default. */
  readonly shown?: (item: Delivery) => unknown;
  /** Stands between the sink and its receiver; sinks of a network have one. */
  readonly gate?: Gate;
  /** Stands in the options and in no log or error. */
  readonly secret?: string;
  readonly remove: () => Promise<void>;
}

export type Prepare = () => Promise<SinkTrial>;

/** Registers a case that opens the sink, with changed options where the case needs them, and closes it. */
export function testCase(
  kind: SinkKind,
  prepare: Prepare,
  name: string,
  run: (sink: Sink, trial: SinkTrial) => Promise<void>,
  changes: Fields = {},
): void {
  testTrial(kind, prepare, name, async (trial) => {
    const sink = kind.create({ ...trial.options, ...changes }, trial.context);
    await sink.open();
    try {
      await run(sink, trial);
    } finally {
      await sink.close();
    }
  });
}

/** Registers a case that opens sinks itself. */
export function testTrial(
  kind: SinkKind,
  prepare: Prepare,
  name: string,
  run: (trial: SinkTrial) => Promise<void>,
): void {
  Deno.test({
    name: `sink ${kind.name}: ${name}`,
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      const trial = await prepare();
      try {
        await run(trial);
      } finally {
        trial.gate?.close();
        await trial.remove();
      }
    },
  });
}

export function resultsOf(verdicts: readonly Verdict[]): readonly string[] {
  return verdicts.map(({ result }) => result);
}

/** Delivers what is left until all is delivered; a receiver that came back may need a moment to be found again. */
export async function insist(sink: Sink, batch: readonly Delivery[], tries = 200): Promise<void> {
  let left = batch;
  let reason = "";
  for (let attempt = 0; attempt < tries && left.length > 0; attempt++) {
    if (attempt > 0) await sleep(25);
    const verdicts = await sink.deliver(left);
    left = left.filter((_, i) => verdicts[i]?.result !== "delivered");
    reason = verdicts.map((verdict) => "reason" in verdict ? verdict.reason : "").find((said) => said !== "") ?? "";
  }
  if (left.length > 0) throw new Error(`${left.length} of ${batch.length} were never delivered: ${reason}`);
}
