/** What data pipelines report about themselves: each metric of each pipeline in turn, none of them alarming. */
import { Chance } from "../chance.ts";
import { type Maker, type StreamKind, textOf, type World } from "../stream.ts";

export const pipelineMetrics: StreamKind = {
  topic: () => "pipeline_metrics",
  key: (event) => textOf(event, "pipeline"),
  id: (event) => `${textOf(event, "pipeline")}/${textOf(event, "name")}`,
  message: (id, time, changes) => ({ pipeline: `pipe-${id}`, name: "lag", value: 12, ts: time, ...changes }),
};

/** Name, usual value and share of it by which it varies. */
const metrics = [
  ["lag", 60, 0.5],
  ["watermark_delay_seconds", 8, 0.3],
  ["undecodable_rate", 0.001, 0.5],
  ["dead_letters", 12, 0.2],
  ["input_events_per_second", 4_200, 0.1],
  ["processing_latency_seconds", 0.4, 0.3],
  ["runtime_errors", 0, 0],
  ["model_score_mean", 0.31, 0.03],
] as const;

const places = ["scoring", "payments", "orders", "kyc", "iot", "clicks", "exports", "archive"] as const;

/** Seconds in which every pipeline has reported something. */
const interval = 15;

/** Makes the reports of as many pipelines as the rate keeps from falling silent. */
export function pipelineMetricsOf({ seed, rate }: World): Maker {
  const pipelines = Math.max(1, Math.min(Math.floor(rate * interval), 200));
  const chance = new Chance(seed, "metric");
  return (n, ts) => {
    const number = n % pipelines;
    const place = places[number % places.length] ?? "scoring";
    const [name, level, spread] = metrics[Math.floor(n / pipelines) % metrics.length] ?? metrics[0];
    const value = level * (1 + spread * chance.of(n).bell() / 2);
    return { pipeline: `${place}-${Math.floor(number / places.length) + 1}`, name, value: tidy(value), ts };
  };
}

/** Six digits behind the point, and no less than nothing. */
function tidy(value: number): number {
  return Math.max(0, Math.round(value * 1e6) / 1e6);
}
