import { expect } from "expect";
import { readDeployment } from "./load.ts";

const sinks = new Map([
  ["kafka", { type: "object", additionalProperties: false, properties: { topic: { type: "string" } } }],
  ["webhook", {
    type: "object",
    additionalProperties: false,
    properties: { url: { type: "string" }, secret: { type: "string" } },
  }],
]);
const variables: Record<string, string> = {
  DATABASE_URL: "postgres://u:s3cret@db/vigie",
  BROKER: "kafka:9092",
  HOOK: "hush-hush",
};

function read(text: string) {
  return readDeployment(text, "vigie.yaml", "/srv/vigie", { sinks, instance: "i1", env: (name) => variables[name] });
}

function faults(text: string) {
  return read(text).problems.map(({ code, path, message }) => `${code} ${path.join(".")}: ${message}`);
}

Deno.test("an empty file is a deployment of defaults", () => {
  const { deployment, problems } = read("");
  expect(problems).toEqual([]);
  expect(deployment).toMatchObject({
    app: "vigie",
    instances: "one",
    instance: "i1",
    packs: "/srv/vigie/rules",
    source: { kind: "generator" },
    store: { kind: "sqlite", path: "/srv/vigie/.vigie/state.db" },
    checkpoint: { every: 1_000, groupCommit: 25, maxDirty: 5_000 },
    shutdown: 10_000,
    http: undefined,
  });
});

Deno.test("what the file says is taken: paths from the file, durations in milliseconds, placeholders filled in", () => {
  const { deployment, problems } = read(`
app: fraud
packs: ../packs
source: { kafka: { brokers: ["\${env:BROKER}"], from: 2026-01-05T10:00:00Z } }
store: { redis: "redis://127.0.0.1:6379" }
database: { postgres: "\${env:DATABASE_URL}" }
sinks:
  alerts: { kafka: { topic: "alerts-\${instance}" } }
default_sinks: [alerts]
checkpoint: { every: 5s }
http: { listen: "127.0.0.1:8080" }
params: { payments: { high_amount: 2000 } }
`);
  expect(problems.map(({ code, severity }) => [code, severity])).toEqual([["V136", "warning"]]);
  expect(deployment).toMatchObject({
    app: "fraud",
    packs: "/srv/packs",
    source: { kind: "kafka", connection: { brokers: ["kafka:9092"] }, from: Date.parse("2026-01-05T10:00:00Z") },
    store: { kind: "redis", url: "redis://127.0.0.1:6379" },
    database: { kind: "postgres", url: variables.DATABASE_URL },
    sinks: [{ name: "alerts", lane: "alerts", kind: "kafka", options: { topic: "alerts-i1" } }],
    deadLetters: { kind: "kafka" },
    checkpoint: { every: 5_000, groupCommit: 25 },
    http: { hostname: "127.0.0.1", port: 8080 },
    params: { payments: { high_amount: 2000 } },
  });
});

Deno.test("every problem of the file is found in one run", () => {
  expect(
    faults(`
ap: fraud
source: { kafka: { brokers: [], from: yesterday } }
store: { redis: "\${env:NOWHERE}" }
sinks:
  a: { kafak: {} }
  b: { webhook: { url: "http://x", secret: plain-secret } }
checkpoint: { every: soon }
http: { listen: "0.0.0.0:8080" }
`).map((line) => line.split(":")[0]),
  ).toEqual([
    "V120 store.redis",
    "V123 sinks.b.webhook.secret",
    expect.stringContaining("ap"),
    expect.stringContaining("source.kafka.brokers"),
    expect.stringContaining("source.kafka.from"),
    expect.stringContaining("sinks.a.kafak"),
    expect.stringContaining("checkpoint.every"),
  ]);
});

Deno.test("a sink that is listed but not defined, and a server that others could reach, are errors", () => {
  expect(faults(`{ sinks: { alerts: { kafka: {} } }, always: [alert], http: { listen: "0.0.0.0:80" } }`)).toEqual([
    'V124 always.0: No sink is named "alert"',
    "V128 http.listen: The server would answer everybody on 0.0.0.0:80, and no tokens are configured",
  ]);
});

Deno.test("secrets are redacted wherever they show: passwords of URLs, and what came from outside", () => {
  const { secrets } = read(`
source: { kafka: { brokers: ["\${env:BROKER}"] } }
database: { postgres: "\${env:DATABASE_URL}" }
sinks: { hook: { webhook: { url: "https://example.org", secret: "\${env:HOOK}" } } }
`);
  expect(secrets.redact("kafka:9092 postgres://u:s3cret@db/vigie hush-hush https://example.org")).toBe(
    "kafka:9092 postgres://u:***@db/vigie *** https://example.org",
  );
});
