/** Planted cases of the pack `pipeline`: pipelines that report something alarming, or nothing any more. */
import { apart, fires, minute, quiet, second, series } from "./case.ts";
import type { Case, Plot } from "./case.ts";

/** One report of a pipeline. */
function report(name: string, value: number) {
  return (plot: Plot) => {
    plot.add("pipeline_metrics", 0, { pipeline: `pipe-${plot.name}`, name, value });
    return {};
  };
}

/** Each rule over one metric: the metric, the first alarming value and the last harmless one. */
const bounds = [
  ["lag", "lag", 1_001, 1_000],
  ["watermark-delay", "watermark_delay_seconds", 120.5, 120],
  ["undecodable-rate", "undecodable_rate", 0.011, 0.01],
  ["dead-letters", "dead_letters", 1_001, 1_000],
  ["input-rate", "input_events_per_second", 50_001, 50_000],
  ["processing-latency", "processing_latency_seconds", 60.5, 60],
  ["runtime-errors", "runtime_errors", 1, 0],
] as const;

/** Two reports so far apart, and nothing after. */
function gap(millis: number) {
  return ({ name, add, start, speaksBy }: Plot) => {
    const pipeline = `pipe-${name}`;
    add("pipeline_metrics", 0, { pipeline });
    add("pipeline_metrics", millis, { pipeline });
    speaksBy(start + millis);
    return { pipeline };
  };
}

/** Thirty means of the model's score of 0.30 and 0.32 in turn, then one. */
function drift(last: number) {
  return (plot: Plot) => {
    const pipeline = `pipe-${plot.name}`;
    const mean = (value: number) => ({ pipeline, name: "model_score_mean", value });
    series(plot, "pipeline_metrics", 30, second / 4, (i) => mean(0.3 + 0.02 * (i % 2)));
    plot.add("pipeline_metrics", 30 * second / 4 + apart, mean(last));
    return { pipeline };
  };
}

export const pipelineCases: readonly Case[] = [
  ...bounds.flatMap(([rule, metric, alarming, harmless]) => [
    fires(`pipeline/${rule}`, `${metric} of ${alarming}`, report(metric, alarming)),
    quiet(`pipeline/${rule}`, `${metric} of exactly ${harmless}`, report(metric, harmless)),
  ]),
  fires("pipeline/silent", "no report for exactly five minutes", gap(5 * minute)),
  quiet("pipeline/silent", "a report 1 ms before five minutes are over", gap(5 * minute - 1)),
  fires("pipeline/score-drift", "a mean of 0.45 after 0.31", drift(0.45)),
  quiet("pipeline/score-drift", "a mean of 0.33 after 0.31", drift(0.33)),
];
