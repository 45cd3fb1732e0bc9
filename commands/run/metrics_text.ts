/** Metrics and distributions in the text format of Prometheus. */
import type { Labels, Metric } from "../../engine/runtime/metric.ts";
import type { Distribution } from "./measured.ts";

/** The text of what has a sample. */
export function metricsText(metrics: readonly Metric[], distributions: readonly Distribution[]): string {
  const shown = metrics.filter(({ samples }) => samples.length > 0);
  return [...shown.map(written), ...distributions.map(distributed)].join("");
}

function written({ name, type, help, samples }: Metric): string {
  return titled(name, type, help, samples.map(([labels, value]) => line(name, labels, value)));
}

function distributed({ name, help, series }: Distribution): string {
  const lines = [...series].flatMap(([labelled, { bounds, counts, sum }]) => {
    const labels = labelled === "" ? {} : { sink: labelled };
    let count = 0;
    const buckets = counts.map((inside, i) => {
      count += inside;
      return line(`${name}_bucket`, { ...labels, le: bounds[i] ?? "+Inf" }, count);
    });
    return [...buckets, line(`${name}_sum`, labels, sum), line(`${name}_count`, labels, count)];
  });
  return lines.length === 0 ? "" : titled(name, "histogram", help, lines);
}

function titled(name: string, type: string, help: string, lines: readonly string[]): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("\n")}\n`;
}

function line(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(String(text))}"`);
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}
