/**
 * OpenTelemetry: spans of batches, checkpoints and deliveries, and the numbers of `/metrics` as instruments. Deno exports
 * them where its variable `OTEL_DENO` says so; without it the API does nothing.
 */
import {
  type Attributes,
  context,
  metrics as meters,
  type Observable,
  SpanStatusCode,
  trace,
  TraceFlags,
} from "@opentelemetry/api";
import type { Measures, Metric } from "../runtime/metric.ts";
import { now } from "./clock.ts";

const scope = "vigie";

/** Whether Deno exports what is measured. */
export function isExporting(): boolean {
  return ["true", "1"].includes(Deno.env.get("OTEL_DENO") ?? "");
}

/**
 * Why telemetry may not be exported as the environment has it; undefined when it may. Deno makes a span of every request,
 * with its whole address, and addresses of webhooks are secrets: it leaves out those that `untraced` covers where it asks
 * the span around them.
 */
export function exportProblem(): string | undefined {
  if (!isExporting() || Deno.env.get("OTEL_DENO_TRACING") === "false") return undefined;
  if (Deno.env.get("OTEL_TRACES_SAMPLER")?.startsWith("parentbased_") === true) return undefined;
  return "Deno would export the addresses that sinks call, with the secrets in them: " +
    "set OTEL_TRACES_SAMPLER=parentbased_always_on";
}

/** Does something of whose requests no span is made. */
export function untraced<T>(act: () => T): T {
  return context.with(trace.setSpanContext(context.active(), unsampled), act);
}

const unsampled = { traceId: "1".repeat(32), spanId: "1".repeat(16), traceFlags: TraceFlags.NONE };

/** Measures as spans and as histograms, in seconds and bytes. A delivery that left something undelivered is an error. */
export function openTracing(): Measures {
  const tracer = trace.getTracer(scope);
  const meter = meters.getMeter(scope);
  const seconds = (name: string, description: string) => meter.createHistogram(name, { unit: "s", description });
  const batches = seconds("vigie_batch_seconds", "Stepping a batch of events");
  const saves = seconds("vigie_checkpoint_seconds", "Writing a checkpoint");
  const sent = seconds("vigie_delivery_seconds", "Delivering a batch to a sink");
  const sizes = meter.createHistogram("vigie_checkpoint_bytes", { unit: "By", description: "Size of a checkpoint" });
  const record = (name: string, took: number, attributes: Attributes, failed = false) => {
    const end = now();
    const span = tracer.startSpan(name, { startTime: end - took, attributes });
    if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(end);
  };
  return {
    batch(events, took) {
      batches.record(took / 1_000);
      record("batch", took, { events });
    },
    checkpoint(bytes, took) {
      saves.record(took / 1_000);
      sizes.record(bytes);
      record("checkpoint", took, { bytes });
    },
    delivery(sink, parcels, delivered, took) {
      sent.record(took / 1_000, { sink });
      record("delivery", took, { sink, parcels, delivered }, delivered < parcels);
    },
  };
}

/** Observes metrics whenever they are exported; which there are does not change. */
export function observe(metrics: () => readonly Metric[]): void {
  const meter = meters.getMeter(scope);
  const instruments = new Map<string, Observable>();
  for (const { name, type, help: description } of metrics()) {
    const options = { description };
    const isCounter = type === "counter";
    instruments.set(
      name,
      isCounter ? meter.createObservableCounter(name, options) : meter.createObservableGauge(name, options),
    );
  }
  meter.addBatchObservableCallback((result) => {
    for (const { name, samples } of metrics()) {
      const instrument = instruments.get(name);
      if (instrument === undefined) continue;
      for (const [labels, value] of samples) result.observe(instrument, value, labels);
    }
  }, [...instruments.values()]);
}
