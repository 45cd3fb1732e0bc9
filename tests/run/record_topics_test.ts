/** `vigie record` and `vigie replay --kafka` over several topics, codecs and writers: what they give is what the run gave. */
import { Buffer } from "node:buffer";
import { expect } from "expect";
import { openKafka } from "../../engine/adapters/kafka.ts";
import { runVigie } from "./process.ts";
import { kafkaService } from "../services/services.ts";
import { produceInTransactions } from "../services/transactions.ts";
import { type Commerce, commerce, start, strange } from "./commerce.ts";
import { linesIn, sorted } from "./lines.ts";

/** The library's timers outlive a test, so resources are not compared. */
const options = { sanitizeOps: false, sanitizeResources: false };

/** A replay with personal data treated as a run treats them, and what it wrote. */
async function replayed({ deployment: { folder } }: Commerce, name: string, args: readonly string[]) {
  const out = ["alerts", "late", "dead"].flatMap((what) => [`--${what}`, `${name}-${what}.ndjson`]);
  await runVigie(["replay", "--privacy", "--config", "vigie.yaml", ...args, ...out], folder);
  const of = (what: string) => linesIn(`${folder}/${name}-${what}.ndjson`);
  return { alerts: await of("alerts"), late: await of("late"), dead: await of("dead") };
}

Deno.test({
  name:
    "what was recorded, replayed, gives the alerts of the run on Kafka and of a replay of the topics, field by field",
  ...options,
  async fn() {
    const trial = await commerce({ broker: await kafkaService(), count: 20_000 });
    const { deployment: { folder, remove }, payments, orders } = trial;
    await runVigie(["run", "--config", "vigie.yaml", "--drain"], folder);
    const run = await linesIn(`${folder}/all.ndjson`);
    const { output } = await runVigie(["record", payments, orders, "--config", "vigie.yaml", "--out", "got/"], folder);
    expect(output()).toContain("records");
    const files = ["--events", "payments=got/payments.ndjson", "--events", "orders=got/orders.ndjson"];
    const fromFiles = await replayed(trial, "files", files);
    const fromKafka = await replayed(trial, "kafka", ["--kafka", payments, "--kafka", orders]);

    expect(new Set(run.map(({ pack }) => pack)).size).toBe(3);
    expect(run.length).toBeGreaterThan(50);
    expect(sorted(fromKafka.alerts, ["detected_at"])).toEqual(sorted(run, ["detected_at"]));
    expect(sorted(fromFiles.alerts)).toEqual(sorted(fromKafka.alerts));
    expect(fromKafka.late.length).toBeGreaterThan(0);
    expect(sorted(fromFiles.late, ["raw"])).toEqual(sorted(fromKafka.late, ["raw"]));
    expect(fromKafka.dead.length).toBeGreaterThan(100);
    expect(sorted(fromFiles.dead, ["raw"])).toEqual(sorted(fromKafka.dead, ["raw"]));
    await remove();
  },
});

/** The records of a file as they were sent: those that carry their place among their own fields, and those that do not. */
function unrecorded(
  { _topic, _partition, _offset, _timestamp, _key, _key64, _value, ...data }: Record<string, unknown>,
) {
  const bytes = (text: unknown) => typeof text === "string" ? [...Buffer.from(text, "base64")] : null;
  const key = typeof _key64 === "string" ? bytes(_key64) : typeof _key === "string" ? [...Buffer.from(_key)] : null;
  const value = _value === undefined ? data : bytes(_value);
  return { place: [_topic, _partition, _offset, _timestamp], key, value };
}

Deno.test({
  name: "a recording holds every record with its key, place and time, in whatever way it was compressed",
  ...options,
  async fn() {
    const broker = await kafkaService();
    const folder = await Deno.makeTempDir({ prefix: "vigie-record-" });
    const kafka = openKafka({ brokers: [broker] }, "test");
    const time = start + 7;
    const bytes = (content: string | Uint8Array | null) => content === null ? null : [...Buffer.from(content)];
    const isCarrier = (value: string | Uint8Array | null) => typeof value === "string" && /^\s*\{[^_]*$/.test(value);
    for (const codec of ["uncompressed", "gzip", "snappy", "lz4", "zstd"]) {
      const topic = `kept-${codec}-${crypto.randomUUID().slice(0, 8)}`;
      await kafka.createTopic(topic, { partitions: 2, config: { "compression.type": codec, "retention.ms": "-1" } });
      const sent = [...strange(1, time), { key: "é", value: '{"a":1.5}', partition: 1, timestamp: time + 1 }];
      await kafka.produce(topic, sent);
      const path = `${folder}/${codec}.ndjson.zst`;
      await runVigie(["record", topic, "--kafka", broker, "--out", path], folder);
      expect((await linesIn(path)).map(unrecorded)).toEqual(sent.map(({ key, value, timestamp }, offset) => ({
        place: [topic, 1, offset, timestamp],
        key: bytes(key),
        value: isCarrier(value) ? JSON.parse(String(value)) : bytes(value),
      })));
    }
    await kafka.close();
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test({
  name: "a log that transactions wrote ends where its last record does, and their marks are no records",
  ...options,
  async fn() {
    const broker = await kafkaService();
    const folder = await Deno.makeTempDir({ prefix: "vigie-record-" });
    const topic = `marks-${crypto.randomUUID().slice(0, 8)}`;
    await produceInTransactions(broker, topic, ['{"n":1}', '{"n":2}']);
    await runVigie(["record", topic, "--kafka", broker, "--out", "out.ndjson"], folder);
    const lines = await linesIn(`${folder}/out.ndjson`);
    expect(lines.map(({ n, _offset }) => [n, _offset])).toEqual([[1, 0], [2, 2]]);
    await Deno.remove(folder, { recursive: true });
  },
});
