/**
 * The reference deployment, run as it stands: traffic of every scenario into a real Kafka, and what each server has in
 * the end is what a replay of the same topics says that it must have.
 */
import { expect } from "expect";
import { parseTopic } from "../../engine/model/topic.ts";
import { buildProject } from "../../engine/project.ts";
import { runVigie } from "../run/process.ts";
import { type Item, startServers } from "./servers.ts";

const root = new URL("../..", import.meta.url).pathname;
const config = `${root}deploy/vigie.yaml`;

interface Expected {
  /** Ids of alerts, or of records, by the sink that its rule names. */
  readonly alerts: ReadonlyMap<string, readonly string[]>;
  readonly records: ReadonlyMap<string, readonly string[]>;
  readonly all: readonly string[];
}

/** What goes where, by the rules; shadow rules go nowhere. */
async function expectedOf(folder: string): Promise<Expected> {
  const { plan } = await buildProject({ packs: [`${root}rules`], contracts: `${root}contracts`, tests: false });
  const rules = new Map(plan?.rules.map((rule) => [rule.name, rule]));
  const lines = async (name: string): Promise<Item[]> =>
    (await Deno.readTextFile(`${folder}/${name}`)).trimEnd().split("\n").map((line) => JSON.parse(line));
  const alerts = (await lines("alerts.ndjson")).filter(({ shadow }) => shadow === false);
  const sent = alerts.flatMap(({ id, pack, rule }) =>
    (rules.get(`${pack}/${rule}`)?.speech.sinks ?? []).map((sink) => ({ sink, id: String(id) }))
  );
  const written = (await lines("records.ndjson")).map(({ id, output }) => ({ sink: String(output), id: String(id) }));
  return { alerts: bySink(sent), records: bySink(written), all: alerts.map(({ id }) => String(id)).sort() };
}

function bySink(sent: readonly { sink: string; id: string }[]): ReadonlyMap<string, readonly string[]> {
  const groups = Map.groupBy(sent, ({ sink }) => sink);
  return new Map([...groups].map(([sink, of]) => [sink, of.map(({ id }) => id).sort()]));
}

const idsOf = (items: readonly Item[]) => items.map(({ id }) => String(id)).sort();

Deno.test({
  name: "deploy/vigie.yaml delivers to every server what a replay of its topics says, and no secret is logged",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const servers = await startServers();
    const folder = await Deno.makeTempDir({ prefix: "vigie-deploy-" });
    const vigie = (...args: string[]) => runVigie(args, folder, 0, servers.variables);
    const made = ["--for", "12m", "--rate", "40", "--disorder", "3s", "--late", "0.005", "--bad", "0.001"];
    await vigie(
      "generate",
      "all",
      ...made,
      "--kafka",
      servers.variables.KAFKA_BROKERS ?? "",
    );
    const run = await vigie("run", "--config", config, "--drain", "--fresh");

    const { streams } = await buildProject({ packs: [`${root}rules`], contracts: `${root}contracts`, tests: false });
    const patterns = [...streams.values()].flatMap((stream) => stream.topics.map(parseTopic));
    const topics = (await servers.topics()).filter((topic) => patterns.some((one) => one?.match(topic) !== undefined))
      .flatMap((topic) => ["--kafka", topic]);
    const written = ["--alerts", "alerts.ndjson", "--records", "records.ndjson", "--privacy"];
    await vigie("replay", ...topics, "--config", config, "--thresholds", `${root}deploy/thresholds.yaml`, ...written);
    const expected = await expectedOf(folder);
    const alertsOf = (sink: string) => expected.alerts.get(sink) ?? [];
    const recordsOf = (sink: string) => expected.records.get(sink) ?? [];
    expect(expected.all.length).toBeGreaterThan(150);

    // The archive has every alert; topics have those of their rules.
    expect(idsOf(await servers.lake("alerts"))).toEqual(expected.all);
    const alertTopics = ["fraud_payments", "psp_payments", "orders", "kyc", "advanced_fraud", "fraud_crossed"]
      .map((name) => `alerts_${name}`);
    for (const topic of [...alertTopics, "audit", "disable_endpoint", "maintenance"]) {
      expect([topic, idsOf(await servers.topic(topic))]).toEqual([topic, alertsOf(topic)]);
      expect(alertsOf(topic).length).toBeGreaterThan(0);
    }
    for (
      const [sink, topic] of [["transactions_scored", "transactions-scored"], ["attribution", "attribution"]] as const
    ) {
      expect([topic, idsOf(await servers.topic(topic))]).toEqual([topic, recordsOf(sink)]);
    }

    // Figures, in the databases that read them.
    expect(idsOf(await servers.lake("payment_stats"))).toEqual(recordsOf("payment_stats"));
    const influxed = ["payment_stats", "order_stats", "crossed_stats", "kyc_stats", "influx"];
    for (const output of influxed) {
      expect([output, await servers.influxdb(output)]).toEqual([output, recordsOf(output).length]);
    }
    expect(await servers.influxdb("fraud_alerts")).toBe(
      alertsOf("alerts_advanced_fraud").length + alertsOf("alerts_fraud_crossed").length,
    );
    expect(idsOf(await servers.postgres("select id from endpoint_stats"))).toEqual(recordsOf("postgres"));
    expect(idsOf(await servers.clickhouse("select id from clickhouse final"))).toEqual(recordsOf("clickhouse"));

    // People: what rules name, and what routes add in groups.
    expect(servers.mails()).toBe(alertsOf("email").length);
    expect(servers.pagerduty.taken.length).toBe(alertsOf("pagerduty").length);
    expect(servers.slack.taken.length).toBeGreaterThan(alertsOf("slack").length);
    expect(servers.slack.taken.length).toBeLessThan(alertsOf("slack").length + 30);
    for (const { faults } of [servers.slack, servers.teams, servers.pagerduty]) expect(faults).toEqual([]);

    const said = run.log() + run.output();
    expect(servers.secrets.filter((secret) => said.includes(secret))).toEqual([]);
    expect(said).not.toMatch(/ fails:|refused|stay in the outbox/);
    await servers.stop();
    await Deno.remove(folder, { recursive: true });
  },
});
