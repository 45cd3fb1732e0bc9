/** What an engine shows in numbers, for `/metrics` and for OpenTelemetry. Names are those of the documentation; no entity in a label. */
import type { RouterCounts } from "../../engine/routing/router.ts";
import type { EngineStatus } from "../../engine/runtime/engine/status.ts";
import type { Metric, Sample } from "../../engine/runtime/metric.ts";

/** What the engine itself does not count. */
export interface ReloadCounts {
  readonly done: number;
  readonly failed: number;
  /** Endpoints of customers that nothing is sent to. */
  readonly disabledEndpoints?: number;
  /** What became of alerts in the routes, where they run here. */
  readonly routes?: RouterCounts | undefined;
}

/** `now` is the wall clock in milliseconds. */
export function metricsOf(status: EngineStatus, reloads: ReloadCounts, now: number): readonly Metric[] {
  const { partitions, rules, sinks } = status;
  const place = ({ stream, topic, partition }: EngineStatus["partitions"][number]) => ({ stream, topic, partition });
  const of = (counter: Metric["type"], name: string, help: string, samples: readonly Sample[]): Metric => ({
    name: `vigie_${name}`,
    type: counter,
    help,
    samples,
  });
  const perPartition = (pick: (one: EngineStatus["partitions"][number]) => number): Sample[] =>
    partitions.map((one) => [place(one), pick(one)]);
  const perRule = (pick: (one: EngineStatus["rules"][number]) => number): Sample[] =>
    rules.map((one) => [{ rule: one.rule }, pick(one)]);
  const perSink = (pick: (one: EngineStatus["sinks"][number]) => number): Sample[] =>
    sinks.map((one) => [{ sink: one.sink }, pick(one)]);
  const routed = (pick: (counts: RouterCounts) => number): Sample[] =>
    reloads.routes === undefined ? [] : [[{}, pick(reloads.routes)]];
  return [
    of("gauge", "ready", "1 when the engine does its work", [[{}, status.troubles.length === 0 ? 1 : 0]]),
    of("gauge", "active", "1 for the instance that runs the task, 0 for a standby", [
      [{}, status.role === "active" ? 1 : 0],
    ]),
    of("counter", "events_total", "Events taken", perPartition(({ events }) => events)),
    of("counter", "dead_letters_total", "Messages that were no events", perPartition(({ dead }) => dead)),
    of("counter", "tombstones_total", "Tombstones passed over", perPartition(({ skipped }) => skipped)),
    of(
      "counter",
      "lost_messages_total",
      "Messages that Kafka deleted before they were read",
      perPartition(({ lost }) => lost),
    ),
    of("gauge", "lag", "Messages that are there and not handled", perPartition(({ lag }) => lag)),
    of(
      "gauge",
      "watermark_delay_seconds",
      "How far event time is behind the clock",
      partitions.flatMap((one): Sample[] =>
        one.watermark === null ? [] : [[place(one), Math.max(0, now - one.watermark) / 1_000]]
      ),
    ),
    of("counter", "late_events_total", "Events older than the watermark of their partition", [[{}, status.late]]),
    of("counter", "quiet_total", "What --quiet-before kept from being delivered", [[{}, status.quiet]]),
    of("counter", "rule_events_total", "Events that a rule admitted", perRule(({ events }) => events)),
    of("counter", "matches_total", "Times that a rule had something to say", perRule(({ matched }) => matched)),
    of("counter", "alerts_total", "Alerts raised", perRule(({ alerts }) => alerts)),
    of("counter", "records_total", "Records written", perRule(({ records }) => records)),
    of("counter", "suppressed_total", "Alerts held back by a limit", perRule(({ suppressed }) => suppressed)),
    of(
      "counter",
      "undefined_conditions_total",
      "Conditions without a value",
      perRule(({ undefinedConditions }) => undefinedConditions),
    ),
    of("counter", "missing_keys_total", "Events without the key of a rule", perRule(({ missingKeys }) => missingKeys)),
    of("gauge", "state_keys", "Keys in memory", [[{}, status.keys]]),
    of("gauge", "dirty_keys", "Keys that the next checkpoint writes", [[{}, status.dirty]]),
    of("counter", "checkpoints_total", "Checkpoints written since the state began", [[{}, status.checkpoint]]),
    of("gauge", "checkpoint_age_seconds", "Time since the last checkpoint", [[{}, status.checkpointAge / 1_000]]),
    of("gauge", "outbox_depth", "Undelivered alerts and records", perSink(({ waiting }) => waiting)),
    of("counter", "deliveries_total", "Deliveries by result", [
      ...sinks.map(({ sink, delivered }): Sample => [{ sink, result: "delivered" }, delivered]),
      ...sinks.map(({ sink, rejected }): Sample => [{ sink, result: "rejected" }, rejected]),
    ]),
    of("gauge", "sink_failing", "1 while a sink fails", perSink(({ failing }) => failing === null ? 0 : 1)),
    of("gauge", "endpoints_disabled", "Endpoints of customers that nothing is sent to", [
      [{}, reloads.disabledEndpoints ?? 0],
    ]),
    of("counter", "routes_taken_total", "Alerts that the routes have taken", routed(({ taken }) => taken)),
    of("counter", "routes_unrouted_total", "Alerts that no route takes", routed(({ unrouted }) => unrouted)),
    of(
      "counter",
      "routes_silenced_total",
      "Alerts that a silence kept from people",
      routed(({ silenced }) => Object.values(silenced).reduce((sum, count) => sum + count, 0)),
    ),
    of("counter", "reloads_total", "Plans taken up", [[{}, reloads.done]]),
    of("counter", "reload_failed_total", "Contents that were refused", [[{}, reloads.failed]]),
  ];
}
