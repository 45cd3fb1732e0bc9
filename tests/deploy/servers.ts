/**
 * Every server that deploy/vigie.yaml delivers to, and what each has in the end. Names of tables and measurements are
 * those of the file; where a server is shared with other tests, a database of its own keeps them apart.
 */
import { Buffer } from "node:buffer";
import { openKafka } from "../../engine/adapters/kafka.ts";
import { connectPostgres } from "../../engine/adapters/postgres.ts";
import { type CheckingServer, checkingServer } from "../../sinks/compliance/checking.ts";
import { freePort } from "../services/port.ts";
import { postgresUrl } from "../services/postgres.ts";
import { readTopic } from "../services/read_topic.ts";
import { accessKey, s3Service } from "../services/s3.ts";
import * as services from "../services/services.ts";
import { smtpService } from "../services/smtp.ts";

const secret = "s3cr3tOfTheDeployment";

export interface Servers {
  /** Variables of deploy/vigie.yaml. */
  readonly variables: Readonly<Record<string, string>>;
  /** Texts that nothing may log. */
  readonly secrets: readonly string[];
  readonly topics: () => Promise<readonly string[]>;
  /** Values of a topic, as objects. */
  readonly topic: (name: string) => Promise<readonly Item[]>;
  /** Everything under `raw/<output>/` in the lake. */
  readonly lake: (output: string) => Promise<readonly Item[]>;
  readonly clickhouse: (query: string) => Promise<readonly Item[]>;
  readonly postgres: (query: string) => Promise<readonly Item[]>;
  /** How many points a measurement has. */
  readonly influxdb: (measurement: string) => Promise<number>;
  readonly slack: CheckingServer;
  readonly teams: CheckingServer;
  readonly pagerduty: CheckingServer;
  readonly mails: () => number;
  readonly stop: () => Promise<void>;
}

export type Item = Readonly<Record<string, unknown>>;

/** The broker is the test's own: topics have the names that contracts and the deployment give them. */
export async function startServers(): Promise<Servers> {
  const kafka = await services.ownKafka();
  await kafka.start();
  const [redis, influx, click, pg] = [
    await services.redisService(),
    await services.influxdbService(),
    await services.clickhouseService(),
    await services.postgresService(),
  ];
  const name = `deploy_${crypto.randomUUID().replaceAll("-", "")}`;
  const admin = connectPostgres(postgresUrl(pg));
  await admin.query(`create user ${name} password '${secret}'`);
  await admin.query(`create database ${name} owner ${name}`);
  const reader = connectPostgres(postgresUrl(pg, name));
  const askClickhouse = async (query: string) => {
    const response = await fetch(`http://${click}/`, { method: "POST", body: query });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return text;
  };
  await askClickhouse("drop table if exists clickhouse");
  await (await fetch(`http://${influx}/query?q=create+database+vigie`, { method: "POST" })).text();
  const s3 = await s3Service("lake", secret);
  const smtp = await smtpService("vigie", secret);
  const yes = () => checkingServer(() => undefined, () => new Response("ok", { status: 202 }));
  const [slack, teams, pagerduty] = [checkingServer(() => undefined, () => new Response("ok")), yes(), yes()];
  return {
    ...{ slack, teams, pagerduty },
    secrets: [secret, "hook-of-slack", "hook-of-teams", "0123456789abcdef0123456789abcdef"],
    variables: {
      KAFKA_BROKERS: kafka.address,
      REDIS_URL: `redis://${redis}`,
      INFLUXDB_URL: `http://${influx}`,
      CLICKHOUSE_URL: `http://${click}`,
      DATABASE_URL: `postgres://${name}:${secret}@${pg}/${name}`,
      S3_BUCKET: "lake",
      S3_ENDPOINT: `http://${s3.address}`,
      S3_ACCESS_KEY: accessKey,
      S3_SECRET_KEY: secret,
      SLACK_URL: `http://${slack.address}/hook-of-slack`,
      TEAMS_URL: `http://${teams.address}/hook-of-teams`,
      PAGERDUTY_URL: `http://${pagerduty.address}/v2/enqueue`,
      PAGERDUTY_KEY: "0123456789abcdef0123456789abcdef",
      SMTP_URL: `smtp://vigie:${secret}@${smtp.address}`,
      VIGIE_LISTEN: `127.0.0.1:${freePort()}`,
      WEBHOOKS_SECRET: `whsec_${Buffer.from("s3cr3t of the deployment").toString("base64")}`,
      PRIVACY_KEY: `${secret} and more of it, so that it is long`,
    },
    async topics() {
      const client = openKafka({ brokers: [kafka.address] }, "test");
      const found = await client.topics();
      await client.close();
      return [...found.keys()];
    },
    async topic(topic) {
      return (await readTopic([kafka.address], topic)).flatMap(({ value }) =>
        value === null ? [] : [JSON.parse(new TextDecoder().decode(value))]
      );
    },
    async lake(output) {
      const objects = [...await s3.objects()].filter(([key]) => key.startsWith(`raw/${output}/`));
      return objects.flatMap(([, body]) => itemsOf(new TextDecoder().decode(body)));
    },
    clickhouse: async (query) => itemsOf(await askClickhouse(`${query} format JSONEachRow`)),
    postgres: (query) => reader.query(query),
    async influxdb(measurement) {
      const query = encodeURIComponent(`select * from "${measurement}"`);
      const { results } = await (await fetch(`http://${influx}/query?db=vigie&q=${query}`)).json();
      return results[0]?.series?.[0]?.values.length ?? 0;
    },
    mails: () => smtp.texts.length,
    async stop() {
      for (const server of [slack, teams, pagerduty, s3, smtp]) await server.stop();
      await reader.close();
      await admin.query(`drop database ${name} with (force)`);
      await admin.query(`drop user ${name}`);
      await admin.close();
      await askClickhouse("drop table if exists clickhouse");
      await kafka.remove();
    },
  };
}

function itemsOf(lines: string): Item[] {
  return lines.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}
