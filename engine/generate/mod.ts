/**
 * The generator of events: seeded, labelled, for every stream of the scenarios. Pure and synchronous: event time begins
 * where the caller says and no clock is read, so that one seed gives the same bytes on every machine.
 */
import type { StreamKind } from "./stream.ts";
import { apiLogs } from "./streams/api_logs.ts";
import { clicks } from "./streams/clicks.ts";
import { conversions } from "./streams/conversions.ts";
import { kpiEvents } from "./streams/kpi_events.ts";
import { kycDecisions } from "./streams/kyc_decisions.ts";
import { oltpTransactions } from "./streams/oltp_transactions.ts";
import { orders } from "./streams/orders.ts";
import { payments } from "./streams/payments.ts";
import { pipelineMetrics } from "./streams/pipeline_metrics.ts";
import { sensorReadings } from "./streams/sensor_readings.ts";
import { stock } from "./streams/stock.ts";
import { transactions } from "./streams/transactions.ts";
import { webhookDeliveries } from "./streams/webhook_deliveries.ts";
import { runWorld } from "./world.ts";
import type { Generator, GeneratorOptions } from "./generated.ts";

export { demoThresholds } from "./cases/kpi.ts";
export type { GeneratedEvent, Generator, GeneratorOptions, Label } from "./generated.ts";

/** Streams by the names of their contracts. */
export const streamKinds: { readonly [stream: string]: StreamKind } = {
  payments,
  orders,
  kyc_decisions: kycDecisions,
  transactions,
  kpi_events: kpiEvents,
  sensor_readings: sensorReadings,
  api_logs: apiLogs,
  stock,
  clicks,
  conversions,
  webhook_deliveries: webhookDeliveries,
  oltp_transactions: oltpTransactions,
  pipeline_metrics: pipelineMetrics,
};

export const streamNames: readonly string[] = Object.keys(streamKinds);

/** Starts a world of its own. Throws a RangeError for a stream that does not exist, or a rate that is not positive. */
export function createGenerator(options: GeneratorOptions): Generator {
  const unknown = options.streams.find((stream) => !Object.hasOwn(streamKinds, stream));
  if (unknown !== undefined) throw new RangeError(`there is no stream "${unknown}"`);
  if (options.streams.length === 0) throw new RangeError("no stream was named");
  if (!(options.rate > 0)) throw new RangeError("the rate must be more than 0");
  return runWorld(options, streamKinds);
}
