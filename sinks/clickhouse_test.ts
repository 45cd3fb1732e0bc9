import { expect } from "expect";
import { clickhouseService } from "../tests/services/services.ts";
import { clickhouse } from "./clickhouse.ts";
import { alertOf, openGate, recordOf, resultsOf, testContext, testSink } from "./compliance.ts";

const unmeasured = { sanitizeOps: false, sanitizeResources: false };
const secret = "s3cr3t-of-vigie";

/** A database of its own; the secret is a header, because the server's only user has no password. */
async function trial() {
  const service = await clickhouseService();
  const database = `sink_${crypto.randomUUID().replaceAll("-", "")}`;
  const ask = async (query: string): Promise<string> => {
    const response = await fetch(`http://${service}/`, { method: "POST", body: query });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return text;
  };
  const rows = async (query: string) =>
    (await ask(`${query} format JSONEachRow`)).split("\n").filter((line) => line !== "").map((line) =>
      JSON.parse(line)
    );
  await ask(`create database ${database}`);
  const gate = openGate(service);
  const read = async (table: string) => {
    const exists = (await ask(`exists table ${database}.${table}`)).trim() === "1";
    return exists
      ? (await rows(`select json from ${database}.${table} final`)).map(({ json }) => JSON.parse(json))
      : [];
  };
  const number = ({ id }: { id: string }) => Number(id.slice(1));
  return {
    options: { url: `http://${gate.address}`, database, headers: { "x-key": secret } },
    context: testContext({ name: "payment_stats" }),
    gate,
    secret,
    database,
    rows,
    received: async () =>
      [...await read("alerts"), ...await read("payment_stats")].sort((a, b) => number(a) - number(b)),
    remove: async () => void await ask(`drop database ${database}`),
  };
}

testSink(clickhouse, trial, { network: "http" });

Deno.test({
  name: "alerts have columns to query by, records those that the deployment names",
  ...unmeasured,
  async fn() {
    const { options, context, rows, database, gate, remove } = await trial();
    const columns = {
      currency: "key.currency",
      volume: { path: "values.volume", type: "number" },
      mean: { path: "values.mean", type: "number" },
      closed: { path: "window.end", type: "time" },
    };
    const sink = clickhouse.create({ ...options, columns }, context);
    await sink.deliver([{ alert: alertOf(0) }, { record: recordOf(3) }]);
    expect(await rows(`select id, severity, toString(event_time) at, event_ms, shadow from ${database}.alerts`))
      .toEqual([
        { id: "a0", severity: "high", at: "2026-01-05 10:00:00", event_ms: "1767607200000", shadow: 0 },
      ]);
    expect(await rows(`select currency, volume, mean, toString(closed) at from ${database}.payment_stats`)).toEqual([
      { currency: "EUR", volume: 3, mean: null, at: "2026-01-05 10:01:00" },
    ]);
    await sink.close();
    gate.close();
    await remove();
  },
});

Deno.test({
  name: "a row at fault is rejected alone, a missing table is not the row's fault",
  ...unmeasured,
  async fn() {
    const { options, context, gate, remove } = await trial();
    const columns = { volume: { path: "values.volume", type: "number" } };
    const lost = clickhouse.create({ ...options, columns, create: false }, context);
    expect(resultsOf(await lost.deliver([{ record: recordOf(1) }]))).toEqual(["retry"]);
    const sink = clickhouse.create({ ...options, columns }, context);
    const odd = { record: { ...recordOf(5), values: { volume: "much" } } };
    const verdicts = await sink.deliver([{ record: recordOf(1) }, odd, { record: recordOf(3) }]);
    expect(resultsOf(verdicts)).toEqual(["delivered", "rejected", "delivered"]);
    for (const one of [sink, lost]) await one.close();
    gate.close();
    await remove();
  },
});
