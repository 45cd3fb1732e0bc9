/** Sinks of a deployment as receivers of lanes: opened when they can be, tried again as their kind asks for. */
import { backoff } from "../../engine/adapters/clock.ts";
import type { KafkaConnection } from "../../engine/adapters/kafka/port.ts";
import { untraced } from "../../engine/adapters/telemetry.ts";
import { alertExpression } from "../../engine/compile/alert_expression.ts";
import type { Deployment, SinkSettings } from "../../engine/config/deployment.ts";
import type { Parcel } from "../../engine/runtime/settle/entry.ts";
import type { Receiver } from "../../engine/runtime/settle.ts";
import { findSink } from "../../sinks/mod.ts";
import type { Delivery, Sink, SinkContext, Verdict } from "../../sinks/sink.ts";

/** A receiver with the life of its sink. */
export interface OpenReceiver {
  readonly receiver: Receiver;
  /** Opens it, unless it is open. Throws a sentence that names the way out. */
  readonly open: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** What the sinks of a deployment share. */
export function contextOf(
  deployment: Deployment,
  output: SinkContext["output"],
): Omit<SinkContext, "name"> {
  return {
    kafka: brokersOf(deployment),
    topics: deployment.topics,
    baseDirectory: deployment.baseDirectory,
    instance: deployment.instance,
    output,
    expression: alertExpression,
  };
}

/** Brokers of the source, when it is Kafka. */
export function brokersOf({ source }: Deployment): KafkaConnection | undefined {
  return source.kind === "kafka" ? source.connection : undefined;
}

/** The receiver of a sink whose kind and options the loader has checked. */
export function openSink({ name, kind, options }: SinkSettings, context: Omit<SinkContext, "name">): OpenReceiver {
  const found = findSink(kind);
  if (found === undefined) throw new Error(`There is no kind of sink "${kind}"`);
  const schedule = found.retries?.(options);
  const sink = found.create(options, { ...context, name });
  const { open, close } = onceOpen(sink);
  return {
    open,
    close,
    receiver: {
      batchMax: found.batchMax,
      isOne: schedule === undefined,
      gather: found.gather?.(options) ?? 0,
      ...(found.once === true ? { once: true } : {}),
      wait: (attempts) => schedule === undefined ? backoff(attempts - 1) : schedule.waits[attempts - 1],
      async deliver(batch) {
        await open();
        const verdicts = await untraced(() => sink.deliver(batch.map(deliveryOf)));
        return schedule?.all === true ? verdicts.map(triedAgain) : verdicts;
      },
    },
  };
}

function deliveryOf(parcel: Parcel): Delivery {
  if ("refused" in parcel) throw new Error("a message that is no event goes to the dead letters, not to a sink");
  return parcel;
}

function triedAgain(verdict: Verdict): Verdict {
  if (verdict.result !== "rejected" || verdict.gone === true) return verdict;
  return { result: "retry", after: undefined, reason: verdict.reason };
}

/** Opens a sink when it is first needed, and again where that failed. */
function onceOpen(sink: Pick<Sink, "open" | "close">): { open: () => Promise<void>; close: () => Promise<void> } {
  let opened: Promise<void> | undefined;
  return {
    open() {
      opened ??= sink.open().catch((error) => {
        opened = undefined;
        throw error;
      });
      return opened;
    },
    close: () => sink.close(),
  };
}
