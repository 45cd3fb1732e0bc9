/** OpenTelemetry: what Deno exports of a running engine, read by a collector of this test. */
import { expect } from "expect";
import { freePort } from "../services/port.ts";
import { startVigie, until } from "./process.ts";

const root = new URL("../..", import.meta.url).pathname;

interface Span {
  readonly name: string;
  readonly attributes: readonly { readonly key: string }[];
}

Deno.test({
  name:
    "spans of batches, checkpoints and deliveries are exported, and the numbers of /metrics, without a value of an event",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const port = freePort();
    const [spans, metrics, bodies]: [Span[], Set<string>, string[]] = [[], new Set(), []];
    let calls = 0;
    const receiver = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
      calls++;
      return new Response();
    });
    const hook = receiver.addr.port;
    const collector = Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, async (request) => {
      const text = await request.text();
      bodies.push(text);
      const { resourceSpans = [], resourceMetrics = [] } = JSON.parse(text);
      for (const { scopeSpans } of resourceSpans) for (const scope of scopeSpans) spans.push(...scope.spans);
      for (const { scopeMetrics } of resourceMetrics) {
        for (const scope of scopeMetrics) for (const { name } of scope.metrics) metrics.add(name);
      }
      return new Response("{}");
    });
    const folder = await Deno.makeTempDir({ prefix: "vigie-otel-" });
    await Deno.writeTextFile(
      `${folder}/vigie.yaml`,
      `packs: ${root}rules/payments
contracts: ${root}contracts
source: { generator: { rate: 2000 } }
store: { memory: true }
sinks:
  alerts_fraud_payments: { file: { path: fraud.ndjson } }
  alerts_psp_payments: { webhook: { url: "http://127.0.0.1:${hook}/secret-path", allow_private: true } }
  payment_stats: { file: { path: stats.ndjson } }
always: [alerts_psp_payments]
telemetry: { otel: true }
`,
    );
    const running = startVigie(["run", "--config", "vigie.yaml"], folder, {
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_METRIC_EXPORT_INTERVAL: "300",
      OTEL_BSP_SCHEDULE_DELAY: "200",
      OTEL_TRACES_SAMPLER: "parentbased_always_on",
    });
    const seen = () => new Set(spans.map(({ name }) => name));
    await until(
      () =>
        ["batch", "checkpoint", "delivery"].every((name) => seen().has(name)) && metrics.has("vigie_events_total") &&
        calls > 2,
      () => `${[...seen()]} ${[...metrics]}\n${running.log()}${running.output()}`,
    );
    running.kill("SIGTERM");
    expect(await running.ended).toBe(0);
    await collector.shutdown();
    await receiver.shutdown();
    expect(bodies.filter((body) => body.includes("secret-path"))).toEqual([]);
    expect(metrics).toContain("vigie_lag");
    expect(metrics).toContain("vigie_checkpoint_seconds");
    const attributes = spans.filter(({ name }) => ["batch", "checkpoint", "delivery"].includes(name))
      .flatMap((span) => span.attributes.map(({ key }) => key));
    expect([...new Set(attributes)].sort()).toEqual(["bytes", "delivered", "events", "parcels", "sink"]);
    const alerts = (await Deno.readTextFile(`${folder}/fraud.ndjson`)).trimEnd().split("\n").map((line) =>
      JSON.parse(line)
    );
    const values = alerts.flatMap(({ id, entities }) => [id, ...Object.values(entities ?? {})]);
    expect(values.length).toBeGreaterThan(0);
    expect(values.filter((value) => bodies.some((body) => body.includes(String(value))))).toEqual([]);
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test({
  name: "telemetry that would export the secrets in addresses of sinks is refused, with what to set",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "vigie-otel-" });
    await Deno.writeTextFile(`${folder}/vigie.yaml`, "source: { stdin: payments }\nstore: { memory: true }\n");
    const running = startVigie(["run", "--config", "vigie.yaml"], folder, { OTEL_DENO: "true" });
    expect(await running.ended).toBe(3);
    expect(running.log()).toContain("set OTEL_TRACES_SAMPLER=parentbased_always_on");
    await Deno.remove(folder, { recursive: true });
  },
});
