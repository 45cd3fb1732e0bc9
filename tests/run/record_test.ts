/** What is recorded replays as it ran: the same alerts from a file, from the topics themselves, and from the run. */
import { Buffer } from "node:buffer";
import { gunzipSync } from "node:zlib";
import { expect } from "expect";
import { openKafka } from "../../engine/adapters/kafka.ts";
import { readTopic } from "../services/read_topic.ts";
import { kafkaService } from "../services/services.ts";
import { deploy } from "./deployment.ts";
import { generatePayments, produce } from "./payments.ts";
import { runVigie } from "./process.ts";

const packs = ["rules/payments", "rules/fraud/advanced.yaml"];
const options = { sanitizeOps: false, sanitizeResources: false };
const partitions = 3;

interface Line {
  readonly id: string;
  readonly detected_at?: string;
}

async function linesOf(path: string): Promise<Line[]> {
  const lines = (await Deno.readTextFile(path)).trimEnd().split("\n").filter((line) => line !== "");
  return lines.map((line) => ({ ...JSON.parse(line), detected_at: "" })).sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** A topic of payments with what else may stand in one: a tombstone, bytes that are no text, no JSON, no object. */
async function topicOfPayments() {
  const broker = await kafkaService();
  const deployment = await deploy({ broker, packs, more: "dead_letters: { file: { path: dead.ndjson } }" });
  const kafka = openKafka({ brokers: [broker] }, "test");
  await kafka.createTopic(deployment.topic, { partitions, config: { "retention.ms": "-1" } });
  const messages = generatePayments(6_000, partitions);
  await produce(broker, deployment.topic, messages.slice(0, 3_000));
  const others: readonly (Uint8Array | string | null)[] = [null, new Uint8Array([0x7b, 0xff]), "{", "[1]", '{"id":1}'];
  for (const [i, value] of others.entries()) {
    await kafka.produce(deployment.topic, [{ key: Buffer.from([i, 0xff]), value, partition: i % partitions }]);
  }
  await produce(broker, deployment.topic, messages.slice(3_000));
  await kafka.close();
  return { broker, ...deployment, messages };
}

Deno.test({
  name: "a topic that was recorded, and the topic itself, replay to the alerts of the run, dead letters included",
  ...options,
  async fn() {
    const { broker, folder, topic, alerts, remove } = await topicOfPayments();
    await runVigie(["run", "--config", "vigie.yaml", "--drain"], folder);
    const recorded = await runVigie(
      ["record", topic, "--config", "vigie.yaml", "--out", "recorded/payments.ndjson.gz"],
      folder,
    );
    expect(recorded.output()).toMatch(/payments +\S+ +3 +6,005/);
    expect(recorded.log()).toContain("vigie replay --events payments=recorded/payments.ndjson.gz");
    const replayed = async (out: string, ...of: string[]) => {
      const files = [
        "--alerts",
        `${out}.ndjson`,
        "--dead",
        `${out}.dead.ndjson`,
        "--privacy",
        "--config",
        "vigie.yaml",
      ];
      await runVigie(["replay", ...of, ...files], folder);
      const dead = (await Deno.readTextFile(`${folder}/${out}.dead.ndjson`)).trimEnd().split("\n");
      const alerts = await linesOf(`${folder}/${out}.ndjson`);
      return { alerts, dead: dead.map((line) => JSON.parse(line)).map(({ reason, offset }) => `${reason} ${offset}`) };
    };
    const fromFile = await replayed("file", "--events", "payments=recorded/payments.ndjson.gz");
    const fromTopic = await replayed("topic", "--kafka", topic);
    expect(fromTopic).toEqual(fromFile);
    expect(fromFile.dead.map((line) => line.split(" ")[0]).sort()).toEqual([
      ...["not_an_object", "not_json", "not_utf8", "null_value", "schema"],
    ]);

    const written = (await readTopic([broker], alerts)).map(({ value }) =>
      JSON.parse(new TextDecoder().decode(value ?? new Uint8Array()))
    );
    const ran = [
      ...written,
      ...await linesOf(`${folder}/psp.ndjson`),
      ...await linesOf(`${folder}/advanced.ndjson`),
    ].map((alert) => ({ ...alert, detected_at: "" })).sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(ran.length).toBeGreaterThan(20);
    expect(fromFile.alerts).toEqual(ran);
    await remove();
  },
});

Deno.test({
  name: "spans that meet share no record and leave none out; a recorded line holds key, time and place",
  ...options,
  async fn() {
    const { broker, folder, topic, messages, remove } = await topicOfPayments();
    const middle = new Date(messages[2_500]?.timestamp ?? 0).toISOString();
    const record = (out: string, ...span: string[]) =>
      runVigie(["record", topic, "--kafka", broker, "--out", out, ...span], folder);
    await record("first.ndjson", "--to", middle);
    await record("rest.ndjson.gz", "--from", middle);
    await record("all/");
    const first = (await Deno.readTextFile(`${folder}/first.ndjson`)).trimEnd().split("\n");
    const rest = gunzipSync(await Deno.readFile(`${folder}/rest.ndjson.gz`)).toString("utf8").trimEnd().split("\n");
    const all = (await Deno.readTextFile(`${folder}/all/payments.ndjson`)).trimEnd().split("\n");
    expect([...first, ...rest].sort()).toEqual(all.sort());
    const lines = all.map((line) => JSON.parse(line));
    const { partition, timestamp, key } = messages[0]!;
    expect(lines.find(({ _partition, _offset }) => _partition === partition && _offset === 0)).toMatchObject({
      _topic: topic,
      _timestamp: timestamp,
      _key: new TextDecoder().decode(key ?? new Uint8Array()),
    });
    expect(lines.filter(({ _value }) => _value !== undefined).length).toBe(4);
    await remove();
  },
});

Deno.test({
  name:
    "what cannot be recorded is named: no topic, a topic that is not there, nowhere to write, a file for two streams",
  ...options,
  async fn() {
    const { broker, folder, topic, remove } = await topicOfPayments();
    const said = async (code: number, ...args: string[]) => (await runVigie(["record", ...args], folder, code)).log();
    expect(await said(2)).toContain("name topics");
    expect(await said(2, topic)).toContain("--out");
    expect(await said(2, topic, "--out", "a.ndjson")).toContain("--kafka");
    expect(await said(2, `${topic}x`, "--kafka", broker, "--out", "a.ndjson")).toContain(`did you mean "${topic}"?`);
    expect(await said(3, topic, "--kafka", "127.0.0.1:1", "--out", "a.ndjson")).toContain("127.0.0.1:1");
    const unknown = await runVigie(["replay", "--kafka", `${topic}x`, "--brokers", broker, "--alerts", "a"], folder, 2);
    expect(unknown.log()).toContain("No contract has the topic");
    await remove();
  },
});
