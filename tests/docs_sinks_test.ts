/**
 * The pages of docs/sinks: every sink has one that names every option, and every configuration in them is loaded, and the
 * first of each page is run against a receiver.
 */
import { expect } from "expect";
import { alertExpression } from "../engine/compile/alert_expression.ts";
import { readDeployment } from "../engine/config/load.ts";
import type { SinkSettings } from "../engine/config/deployment.ts";
import type { Fields } from "../engine/model/value.ts";
import { checkingServer } from "../sinks/compliance/checking.ts";
import { burst, recordOf, testContext } from "../sinks/compliance/samples.ts";
import { findSink, sinkKinds } from "../sinks/mod.ts";
import { bulkIndex } from "./services/elasticsearch.ts";
import { postgresUrl } from "./services/postgres.ts";
import { accessKey, s3Service } from "./services/s3.ts";
import * as services from "./services/services.ts";
import { smtpService } from "./services/smtp.ts";

const kinds = Object.values(sinkKinds);
const schemas = new Map(kinds.map(({ name, schema }) => [name, schema]));

function page(name: string): string {
  return Deno.readTextFileSync(new URL(`../docs/sinks/${name}.md`, import.meta.url));
}

function configurations(text: string): readonly string[] {
  return [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = ""]) => yaml);
}

/** Loads a deployment file of nothing but these lines. Throws its problems. */
function sinksOf(yaml: string, env: Readonly<Record<string, string>> = {}): readonly SinkSettings[] {
  const { deployment, problems } = readDeployment(yaml, "vigie.yaml", ".", {
    sinks: schemas,
    instance: "i1",
    env: (name) => env[name] ?? `http://${name.toLowerCase().replaceAll("_", "-")}.example`,
  });
  if (deployment === undefined) throw new Error(problems.map(({ message }) => message).join("\n"));
  return deployment.sinks;
}

Deno.test("every sink has a page that names each of its options and says how a second send ends", () => {
  const index = page("README");
  for (const { name, schema } of kinds) {
    const text = page(name);
    const options = Object.keys((schema as { properties: object }).properties);
    expect([name, options.filter((option) => !text.includes(`\`${option}\``))]).toEqual([name, []]);
    expect(index).toContain(`[${name}](${name}.md)`);
  }
});

for (const name of ["README", ...kinds.map(({ name }) => name)]) {
  Deno.test(`the configurations of docs/sinks/${name}.md load`, () => {
    const found = configurations(page(name));
    expect(found.length).toBeGreaterThan(0);
    for (const yaml of found) expect(sinksOf(yaml).length).toBeGreaterThan(0);
  });
}

Deno.test("the example of every sink is a configuration", () => {
  for (const { name, example } of kinds) {
    expect(sinksOf(`sinks:\n  ${example}\n`).map(({ kind }) => kind)).toEqual([name]);
  }
});

/** Where the configuration of a page is run: what its variables hold, and options that a test must add. */
interface Place {
  readonly env?: Readonly<Record<string, string>>;
  readonly more?: Fields;
  readonly stop?: () => Promise<void>;
}

/** A server that says yes to every POST. */
function yes(): { readonly url: string; readonly stop: () => Promise<void> } {
  const { address, stop } = checkingServer(() => undefined, () => new Response("ok"));
  return { url: `http://${address}`, stop };
}

const places: Record<keyof typeof sinkKinds, () => Promise<Place>> = {
  stdout: () => Promise.resolve({}),
  file: async () => ({ more: { path: `${await Deno.makeTempDir()}/alerts.ndjson` } }),
  kafka: async () => ({ more: { brokers: [await services.kafkaService()] } }),
  redis: async () => ({ env: { REDIS_URL: `redis://${await services.redisService()}` } }),
  postgres: async () => ({ env: { DATABASE_URL: postgresUrl(await services.postgresService()) } }),
  clickhouse: async () => ({ env: { CLICKHOUSE_URL: `http://${await services.clickhouseService()}` } }),
  async influxdb() {
    const url = `http://${await services.influxdbService()}`;
    await (await fetch(`${url}/query?q=create+database+vigie`, { method: "POST" })).text();
    return { env: { INFLUXDB_URL: url } };
  },
  alertmanager: async () => ({ env: { ALERTMANAGER_URL: `http://${await services.alertmanagerService()}` } }),
  elasticsearch() {
    const index = bulkIndex(() => undefined);
    const { address, stop } = checkingServer(() => undefined, ({ text }) => index.run(text));
    return Promise.resolve({ env: { ELASTICSEARCH_URL: `http://${address}` }, stop });
  },
  async s3() {
    const { address, stop } = await s3Service("alerts", "secret");
    return { env: { S3_ENDPOINT: `http://${address}`, S3_KEY: accessKey, S3_SECRET: "secret" }, stop };
  },
  webhook() {
    const { url, stop } = yes();
    return Promise.resolve({
      env: { HOOK_URL: url, HOOK_SECRET: "whsec_c2VjcmV0" },
      more: { allow_private: true },
      stop,
    });
  },
  slack() {
    const { url, stop } = yes();
    return Promise.resolve({ env: { SLACK_URL: url }, stop });
  },
  teams() {
    const { url, stop } = yes();
    return Promise.resolve({ env: { TEAMS_URL: url }, stop });
  },
  pagerduty() {
    const { url, stop } = yes();
    return Promise.resolve({ env: { PAGERDUTY_KEY: "0".repeat(32) }, more: { url }, stop });
  },
  async email() {
    const { address, stop } = await smtpService("vigie", "secret");
    return { env: { SMTP_URL: `smtp://vigie:secret@${address}` }, stop };
  },
};

for (const [name, place] of Object.entries(places)) {
  Deno.test({
    name: `the first configuration of docs/sinks/${name}.md delivers`,
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      const { env, more, stop } = await place();
      const [settings] = sinksOf(configurations(page(name))[0] ?? "", env);
      const kind = findSink(name);
      if (settings === undefined || kind === undefined) throw new Error(`there is no sink "${name}"`);
      const context = testContext({ name: settings.name, expression: alertExpression });
      const sink = kind.create({ ...settings.options, ...more }, context);
      await sink.open();
      const record = { ...recordOf(1), values: { tx_id: "t1", volume: 1 } };
      const item = name === "redis" ? { record } : { alert: burst };
      expect(await sink.deliver([item])).toEqual([{ result: "delivered" }]);
      await sink.close();
      await stop?.();
    },
  });
}
