/** Metrics as Prometheus reads them: labels escaped, buckets that add up. */
import { expect } from "expect";
import { Distribution, Distributions } from "./measured.ts";
import { metricsText } from "./metrics_text.ts";

Deno.test("a metric without a sample is not shown, and labels are escaped", () => {
  const lag = { name: "vigie_lag", type: "gauge", help: "Messages not handled" } as const;
  expect(metricsText([{ ...lag, samples: [] }], [])).toBe("");
  expect(metricsText([{ ...lag, samples: [[{ topic: 'a"b\\c\nd', partition: 0 }, 3]] }], [])).toBe(
    "# HELP vigie_lag Messages not handled\n# TYPE vigie_lag gauge\n" +
      'vigie_lag{topic="a\\"b\\\\c\\nd",partition="0"} 3\n',
  );
});

Deno.test("buckets of a distribution count what lies at or below their bound", () => {
  const took = new Distribution("vigie_delivery_seconds", "Delivering a batch to a sink", [0.1, 1]);
  for (const value of [0.1, 0.5, 2, 3]) took.add(value, "archive");
  expect(metricsText([], [took])).toBe(`# HELP vigie_delivery_seconds Delivering a batch to a sink
# TYPE vigie_delivery_seconds histogram
vigie_delivery_seconds_bucket{sink="archive",le="0.1"} 1
vigie_delivery_seconds_bucket{sink="archive",le="1"} 2
vigie_delivery_seconds_bucket{sink="archive",le="+Inf"} 4
vigie_delivery_seconds_sum{sink="archive"} 5.6
vigie_delivery_seconds_count{sink="archive"} 4
`);
});

Deno.test("measures are told on to tracing", () => {
  const told: unknown[] = [];
  const measures = new Distributions({
    batch: (...of) => told.push(["batch", ...of]),
    checkpoint: (...of) => told.push(["checkpoint", ...of]),
    delivery: (...of) => told.push(["delivery", ...of]),
  });
  measures.batch(10, 5);
  measures.checkpoint(2_000, 7);
  measures.delivery("hook", 3, 2, 9);
  expect(told).toEqual([["batch", 10, 5], ["checkpoint", 2_000, 7], ["delivery", "hook", 3, 2, 9]]);
  expect(measures.all.map(({ series }) => [...series.values()].map(({ sum }) => sum))).toEqual([
    [0.005],
    [0.007],
    [2_000],
    [0.009],
  ]);
});
