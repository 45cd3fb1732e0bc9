/** The reference deployment is one that runs: it has no problem, and a receiver for every sink that a rule names. */
import { expect } from "expect";
import { loadDeployment } from "../../engine/config/load.ts";
import { Distributions } from "../../commands/run/measured.ts";
import { metricsOf } from "../../commands/run/metrics.ts";
import { readProject } from "../../commands/run/project.ts";
import { openReceivers } from "../../commands/run/setup.ts";
import { statusOf } from "../../engine/runtime/engine/status.ts";
import { sinkKinds } from "../../sinks/mod.ts";

const variables: Record<string, string> = {
  KAFKA_BROKERS: "127.0.0.1:9092",
  REDIS_URL: "redis://127.0.0.1:6379",
  INFLUXDB_URL: "http://127.0.0.1:8086",
  CLICKHOUSE_URL: "http://127.0.0.1:8123",
  DATABASE_URL: "postgres://vigie:secret@127.0.0.1/vigie",
  S3_BUCKET: "vigie-lake",
  S3_ENDPOINT: "http://127.0.0.1:9000",
  S3_ACCESS_KEY: "access",
  S3_SECRET_KEY: "secret-key",
  SLACK_URL: "https://hooks.slack.com/services/x",
  TEAMS_URL: "https://example.com/teams",
  PAGERDUTY_KEY: "0123456789abcdef",
  SMTP_URL: "smtp://127.0.0.1:25",
  PAGERDUTY_URL: "https://events.pagerduty.com/v2/enqueue",
  VIGIE_LISTEN: "127.0.0.1:8080",
  WEBHOOKS_SECRET: "whsec_c2VjcmV0IG9mIHRoZSBkZXBsb3ltZW50",
  PRIVACY_KEY: "a key of at least thirty-two characters",
};

Deno.test({
  name: "deploy/vigie.yaml has no problem, and every sink of every shipped rule is defined and can be made",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const sinks = new Map(Object.values(sinkKinds).map(({ name, schema }) => [name, schema]));
    const env = (name: string) => variables[name];
    const { deployment, problems } = await loadDeployment("deploy/vigie.yaml", { sinks, instance: "i1", env });
    expect(problems).toEqual([]);
    if (deployment === undefined) throw new Error("there is no deployment");
    const project = await readProject(deployment, true);
    expect(project.problems.filter(({ severity }) => severity === "error")).toEqual([]);
    const receivers = openReceivers(deployment, { isTerminal: false, write: () => {} });
    expect([...receivers.keys()]).toContain("payment_stats/s3");
  },
});

Deno.test("the dashboard and the alerts of Prometheus ask for metrics that there are", async () => {
  const status = statusOf(undefined);
  const names = new Set([
    ...metricsOf({ ...status, ...sample }, { done: 0, failed: 0 }, 0).map(({ name }) => name),
    ...new Distributions(undefined).all.flatMap(({ name }) => [`${name}_bucket`, `${name}_sum`, `${name}_count`]),
  ]);
  for (const file of ["deploy/grafana-dashboard.json", "deploy/prometheus-alerts.yaml"]) {
    const asked = new Set((await Deno.readTextFile(file)).match(/\bvigie_\w+/g));
    expect([...asked].filter((name) => !names.has(name))).toEqual([]);
  }
});

const counts = { events: 0, matched: 0, alerts: 0, records: 0, suppressed: 0, undefinedConditions: 0, missingKeys: 0 };
const place = { stream: "s", topic: "t", partition: 0, position: 0, lag: 0, watermark: 0, held: false };
const sample = {
  partitions: [{ ...place, state: "active" as const, events: 0, dead: 0, skipped: 0, lost: 0 }],
  rules: [{ rule: "p/r", revision: "1", status: "live", warming: null, ...counts }],
  sinks: [{ sink: "k", waiting: 0, delivered: 0, rejected: 0, full: false, failing: null }],
};
