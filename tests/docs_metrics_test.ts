/**
 * docs/operate/metrics.md and the code say the same: every metric with its type and labels, in both directions; and what
 * is shipped under deploy/ asks for metrics that there are.
 */
import { expect } from "expect";
import { Distributions } from "../commands/run/measured.ts";
import { metricsOf } from "../commands/run/metrics.ts";
import type { EngineStatus } from "../engine/runtime/engine/status.ts";

const page = await Deno.readTextFile("docs/operate/metrics.md");
const alerts = await Deno.readTextFile("deploy/prometheus-alerts.yaml");
const dashboard = await Deno.readTextFile("deploy/grafana-dashboard.json");

/** One partition, one rule and one sink, so that every metric has a sample. */
const status: EngineStatus = {
  ...{ role: "active", troubles: [], checkpoint: 1, checkpointAge: 1, keys: 1, dirty: 1, late: 1, quiet: 1 },
  partitions: [{
    ...{ stream: "s", topic: "t", partition: 0, position: 1, lag: 1, watermark: 1, state: "active", held: false },
    ...{ events: 1, dead: 1, skipped: 1, lost: 1 },
  }],
  rules: [{
    ...{
      rule: "p/r",
      revision: "1",
      status: "live",
      warming: null,
      events: 1,
      matched: 1,
      alerts: 1,
      records: 1,
      suppressed: 1,
    },
    ...{ undefinedConditions: 1, missingKeys: 1 },
  }],
  sinks: [{ sink: "s", waiting: 1, delivered: 1, rejected: 1, full: false, failing: null }],
};

/** Type and labels of every metric of the code, by name. */
function told(): Map<string, string> {
  const found = new Map<string, string>();
  for (const { name, type, samples } of metricsOf(status, { done: 1, failed: 1 }, 1)) {
    found.set(name, `${type} ${Object.keys(samples[0]?.[0] ?? {}).join(" ")}`.trim());
  }
  const measures = new Distributions(undefined);
  measures.batch(1, 1);
  measures.checkpoint(1, 1);
  measures.delivery("s", 1, 1, 1);
  for (const { name, series } of measures.all) {
    found.set(name, [...series.keys()].includes("") ? "histogram" : "histogram sink");
  }
  return found;
}

/** The same of every row of the page; a row without a unit or a meaning is a mistake. */
function written(): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of page.split("\n").filter((line) => line.startsWith("| `vigie_"))) {
    const [name = "", type = "", unit = "", labels = "", meaning = ""] = line.split("|").slice(1).map((cell) =>
      cell.trim()
    );
    if (unit === "" || meaning === "") throw new Error(`${name} has no unit or no meaning`);
    found.set(name.replaceAll("`", ""), `${type} ${labels.replaceAll("`", "")}`.trim());
  }
  return found;
}

const sorted = (map: Map<string, string>) => [...map].sort();

Deno.test("the page of metrics has every metric of the code with its type and labels, and no other", () => {
  expect(sorted(written())).toEqual(sorted(told()));
});

Deno.test("alerts and dashboard that are shipped ask for metrics that there are", () => {
  const known = [...told().keys()];
  const asked = new Set(`${alerts}\n${dashboard}`.match(/vigie_[a-z_]+/g));
  const isKnown = (name: string) => known.includes(name.replace(/_(bucket|sum|count)$/, "")) || known.includes(name);
  expect([...asked].filter((name) => !isKnown(name))).toEqual([]);
});

Deno.test("every alert that is shipped is explained, and no other", () => {
  const shipped = [...alerts.matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
  const explained = [...page.matchAll(/^\| `(Vigie\w+)`/gm)].map(([, name]) => name);
  expect(explained).toEqual(shipped);
});
