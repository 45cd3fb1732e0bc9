import { expect } from "expect";
import { connectPostgres } from "../engine/adapters/postgres.ts";
import { postgresUrl } from "../tests/services/postgres.ts";
import { postgresService } from "../tests/services/services.ts";
import { alertOf, contentOf, delivery, openGate, recordOf, resultsOf, testContext, testSink } from "./compliance.ts";
import { postgres } from "./postgres.ts";
import type { Delivery } from "./sink.ts";
import { storable } from "./text/storable.ts";

const unmeasured = { sanitizeOps: false, sanitizeResources: false };
const secret = "s3cr3t-of-vigie";

/** A database of its own, reached by a user with a password of its own through a gate. */
async function trial() {
  const service = await postgresService();
  const name = `sink_${crypto.randomUUID().replaceAll("-", "")}`;
  const admin = connectPostgres(postgresUrl(service));
  await admin.query(`create user ${name} password '${secret}'`);
  await admin.query(`create database ${name} owner ${name}`);
  const gate = openGate(service);
  const reader = connectPostgres(postgresUrl(service, name));
  return {
    options: { url: `postgres://${name}:${secret}@${gate.address}/${name}` },
    context: testContext({ name: "payment_stats" }),
    gate,
    secret,
    reader,
    shown: (item: Delivery) => JSON.parse(storable(JSON.stringify(contentOf(item)))),
    async received() {
      const [found] = await reader.query("select to_regclass('alerts') a, to_regclass('payment_stats') r");
      const alerts = found?.a === null ? [] : await reader.query("select alert as item from alerts");
      const records = found?.r === null ? [] : await reader.query("select record as item from payment_stats");
      return [...alerts, ...records].map(({ item }) => item).sort((a, b) => numberOf(a) - numberOf(b));
    },
    async remove() {
      await reader.close();
      await admin.query(`drop database ${name} with (force)`);
      await admin.query(`drop user ${name}`);
      await admin.close();
    },
  };
}

function numberOf(item: unknown): number {
  return Number((item as { id: string }).id.slice(1));
}

testSink(postgres, trial, { network: "tcp" });

Deno.test({
  name: "columns of a record's own are made, filled by path and type, and added to a table that lacks them",
  ...unmeasured,
  async fn() {
    const { options, context, reader, remove } = await trial();
    const columns = { currency: "key.currency", volume: { path: "values.volume", type: "number" } };
    for (const [i, own] of [{}, columns].entries()) {
      const sink = postgres.create({ ...options, columns: own }, context);
      expect(resultsOf(await sink.deliver([{ record: recordOf(i * 2 + 1) }]))).toEqual(["delivered"]);
      await sink.close();
    }
    const rows = await reader.query("select id, currency, volume, window_end from payment_stats order by id");
    expect(rows).toEqual([
      { id: "r1", currency: null, volume: null, window_end: new Date("2026-01-05T10:01:00Z") },
      { id: "r3", currency: "EUR", volume: 3, window_end: new Date("2026-01-05T10:01:00Z") },
    ]);
    await remove();
  },
});

Deno.test({
  name: "an item at fault is rejected alone, the others of its batch arrive",
  ...unmeasured,
  async fn() {
    const { options, context, received, remove } = await trial();
    const sink = postgres.create(options, context);
    const broken = { alert: alertOf(4, { event_time: "not a time" }) };
    const verdicts = await sink.deliver([delivery(0), delivery(2), broken, delivery(6)]);
    expect(resultsOf(verdicts)).toEqual(["delivered", "delivered", "rejected", "delivered"]);
    expect((await received()).map(numberOf)).toEqual([0, 2, 6]);
    await sink.close();
    await remove();
  },
});

Deno.test({
  name: "where TimescaleDB is there, tables become hypertables over the event time",
  ...unmeasured,
  async fn() {
    const { options, context, reader, remove } = await trial();
    // What TimescaleDB provides, as far as the migration can see.
    await reader.query(`
      create table asked (relation text, time_column text);
      create function create_hypertable(relation regclass, time_column_name name, if_not_exists boolean, migrate_data boolean)
      returns void security definer language sql as $$ insert into public.asked values (relation::text, time_column_name) $$;`);
    const sink = postgres.create(options, context);
    await sink.deliver([delivery(0)]);
    await sink.close();
    expect(await reader.query("select * from asked")).toEqual([{ relation: "alerts", time_column: "event_time" }]);
    await remove();
  },
});

Deno.test({
  name: "a missing table that may not be created and a wrong password are tried again: the operator can mend them",
  ...unmeasured,
  async fn() {
    const { options, context, remove } = await trial();
    for (const changes of [{ create: false }, { url: options.url.replace(secret, "another one") }]) {
      const sink = postgres.create({ ...options, ...changes }, context);
      const [verdict] = await sink.deliver([delivery(0)]);
      expect(verdict).toMatchObject({ result: "retry", reason: expect.stringMatching(/does not exist|password/) });
      await sink.close();
    }
    await remove();
  },
});

Deno.test("a text that no database stores loses the letter, and a backslash before it stays a backslash", () => {
  const odd = { a: "\u0000", b: "\\u0000", c: "\\\u0000", d: "\ud800 x", e: "💳" };
  expect(JSON.parse(storable(JSON.stringify(odd)))).toEqual({
    ...odd,
    a: "\ufffd",
    c: "\\\ufffd",
    d: "\ufffd x",
  });
});
