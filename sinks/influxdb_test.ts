import { expect } from "expect";
import { influxdbService } from "../tests/services/services.ts";
import { checkingServer } from "./compliance/checking.ts";
import { alertOf, openGate, recordOf, resultsOf, testContext, testSink } from "./compliance.ts";
import { influxdb } from "./influxdb.ts";
import type { Delivery } from "./sink.ts";
import { lineOf } from "./text/line_protocol.ts";

const unmeasured = { sanitizeOps: false, sanitizeResources: false };
const secret = "s3cr3t-of-vigie";

interface Series {
  readonly name: string;
  readonly columns: readonly string[];
  readonly values: readonly (readonly unknown[])[];
}

type Row = Record<string, unknown>;

/** A database of its own on the real server, read back by its query API. */
async function database() {
  const service = await influxdbService();
  const name = `sink_${crypto.randomUUID().replaceAll("-", "")}`;
  const ask = async (q: string): Promise<Row[]> => {
    const body = new URLSearchParams({ q, db: name, epoch: "ns" });
    const { results } = await (await fetch(`http://${service}/query`, { method: "POST", body })).json();
    return (results[0].series ?? []).flatMap(({ columns, values }: Series) =>
      values.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i]])))
    );
  };
  await ask(`create database ${name}`);
  return { service, name, ask, drop: () => ask(`drop database ${name}`) };
}

const number = ({ id }: { id: string }) => Number(id.slice(1));

function shown(item: Delivery) {
  if ("alert" in item) return { id: item.alert.id, message: item.alert.message.replace(/\0/g, "\ufffd") };
  return { id: `r${item.record.values.volume}`, message: String(item.record.values["ünï"]).replace(/\0/g, "\ufffd") };
}

async function trial() {
  const { service, name, ask, drop } = await database();
  const gate = openGate(service);
  return {
    options: { url: `http://vigie:${secret}@${gate.address}`, database: name },
    context: testContext(),
    gate,
    secret,
    shown,
    async received() {
      const alerts = (await ask("select id, message from alerts")) as unknown as { id: string; message: string }[];
      const records = (await ask('select volume, "ünï" from payment_stats')) as Row[];
      const ids = [
        ...alerts.map(({ id, message }) => ({ id, message })),
        ...records.map((row) => ({ id: `r${row.volume}`, message: String(row["ünï"]) })),
      ];
      return ids.sort((a, b) => number(a) - number(b));
    },
    remove: async () => void await drop(),
  };
}

/** Records of one key and window are one point, so those of the suite differ in their key. */
const keyed = {
  ...influxdb,
  create: ((options, context) => {
    const sink = influxdb.create(options, context);
    const unlike = (item: Delivery): Delivery =>
      "alert" in item ? item : { record: { ...item.record, key: { currency: `c${item.record.values.volume}` } } };
    return { ...sink, deliver: (batch) => sink.deliver(batch.map(unlike)) };
  }) satisfies typeof influxdb.create,
};

testSink(keyed, trial, { network: "http" });

Deno.test({
  name: "version 2 gets the same lines with organization, bucket and token",
  ...unmeasured,
  async fn() {
    const { service, name, ask, drop } = await database();
    const token = `Token ${secret}`;
    const server = checkingServer(
      ({ path, query, headers }) =>
        path === "/api/v2/write" && query.get("org") === "acme" && query.get("bucket") === "risk" &&
          query.get("precision") === "ns" && headers.get("authorization") === token
          ? undefined
          : "not a write of version 2",
      ({ text }) => fetch(`http://${service}/write?db=${name}&precision=ns`, { method: "POST", body: text }),
    );
    const options = { url: `http://${server.address}`, org: "acme", bucket: "risk", token: secret };
    const sink = influxdb.create(options, testContext());
    expect(resultsOf(await sink.deliver([{ alert: alertOf(0) }]))).toEqual(["delivered"]);
    expect(await ask("select id from alerts")).toMatchObject([{ id: "a0" }]);
    await sink.close();
    await server.stop();
    await drop();
  },
});

Deno.test({
  name: "alerts carry the tags that the deployment names, and alerts of one millisecond stay apart",
  ...unmeasured,
  async fn() {
    const { service, name, ask, drop } = await database();
    const country = ["context.payment.billing_country", "context.order.shipping_country"];
    const tags = { rule: "rule", severity: "severity", pack: "pack", country };
    const options = { url: `http://${service}`, database: name, measurement: "fraud_alerts", tags };
    const sink = influxdb.create(options, testContext());
    const inCountry = (number: number, context: Row) => ({ alert: { ...alertOf(number), context: context as never } });
    await sink.deliver([
      inCountry(0, { payment: { billing_country: "FR" } }),
      inCountry(2, { order: { shipping_country: "FR" } }),
    ]);
    expect(await ask("show tag keys from fraud_alerts")).toMatchObject(
      ["country", "pack", "rule", "severity"].map((tagKey) => ({ tagKey })),
    );
    const rows = await ask("select id, country from fraud_alerts");
    expect(rows.map(({ id }) => id).sort()).toEqual(["a0", "a2"]);
    expect(rows.every(({ country, time }) => country === "FR" && Math.floor(Number(time) / 1e6) === 1767607200000))
      .toBe(
        true,
      );
    await sink.close();
    await drop();
  },
});

Deno.test({
  name: "a rollup is a point at the end of its window, tagged with its key",
  ...unmeasured,
  async fn() {
    const { service, name, ask, drop } = await database();
    const sink = influxdb.create({ url: `http://${service}`, database: name }, testContext());
    await sink.deliver([{ record: { ...recordOf(1), values: { volume: 12.5, count: 3, card: null } } }]);
    expect(await ask("select * from payment_stats")).toEqual([
      { time: 1767607260000 * 1e6, count: 3, currency: "EUR", pack: "payments", rule: "currency-1m", volume: 12.5 },
    ]);
    await sink.close();
    await drop();
  },
});

Deno.test({
  name: "a point whose field has another type is rejected alone, a missing database is not the point's fault",
  ...unmeasured,
  async fn() {
    const { service, name, drop } = await database();
    const sink = influxdb.create({ url: `http://${service}`, database: name }, testContext());
    const valued = (volume: number | string, currency: string) => ({
      record: { ...recordOf(1), key: { currency }, values: { volume } },
    });
    await sink.deliver([valued(1, "EUR")]);
    const verdicts = await sink.deliver([valued(2, "USD"), valued("much", "GBP"), valued(3, "CHF")]);
    expect(resultsOf(verdicts)).toEqual(["delivered", "rejected", "delivered"]);
    const lost = influxdb.create({ url: `http://${service}`, database: "none" }, testContext());
    expect(await lost.deliver([valued(1, "EUR")])).toMatchObject([{
      result: "retry",
      reason: expect.stringMatching(/database not found/),
    }]);
    for (const one of [sink, lost]) await one.close();
    await drop();
  },
});

Deno.test("names and values cannot leave their place in a line", () => {
  const point = { measurement: "a,b c", tags: { "t=": "x, y=z\n\\", none: "" }, millis: 1, nanos: 7 };
  expect(lineOf({ ...point, fields: { f: 'say "hi"\\\n', n: 1.5, b: true, o: { a: 1 }, x: null } })).toBe(
    'a\\,b\\ c,t\\==x\\,\\ y\\=z\\  f="say \\"hi\\"\\\\\n",n=1.5,b=true,o="{\\"a\\":1}" 1000007',
  );
  expect(lineOf({ ...point, fields: { x: null } })).toBe(undefined);
});
