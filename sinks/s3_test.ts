import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { expect } from "expect";
import { accessKey, s3Service } from "../tests/services/s3.ts";
import { alertOf, openGate, recordOf, resultsOf, testContext, testSink } from "./compliance.ts";
import { s3 } from "./s3.ts";

const unmeasured = { sanitizeOps: false, sanitizeResources: false };
const secret = "s3cr3t-of-vigie";

async function trial() {
  const server = await s3Service("alerts", secret);
  const gate = openGate(server.address);
  const number = ({ id }: { id: string }) => Number(id.slice(1));
  const linesOf = (bytes: Uint8Array) =>
    new TextDecoder().decode(bytes).trimEnd().split("\n").map((line) => JSON.parse(line));
  return {
    options: {
      bucket: "alerts",
      endpoint: `http://${gate.address}`,
      path_style: true,
      access_key: accessKey,
      secret_key: secret,
    },
    context: testContext(),
    gate,
    secret,
    server,
    received: async () => [...(await server.objects()).values()].flatMap(linesOf).sort((a, b) => number(a) - number(b)),
    remove: () => server.stop(),
  };
}

testSink(s3, trial, { network: "http" });

Deno.test({
  name: "objects stand under output and day, and the same batch has the same name",
  ...unmeasured,
  async fn() {
    const { options, context, gate, server, remove } = await trial();
    const batch = [
      { alert: alertOf(0) },
      { record: recordOf(1) },
      { alert: alertOf(2, { event_time: "2026-02-01T00:00:00.000Z" }) },
      { alert: alertOf(4) },
    ];
    const sink = s3.create(options, context);
    for (let send = 0; send < 2; send++) await sink.deliver(batch);
    const keys = [...(await server.objects()).keys()];
    expect(keys.map((key) => key.replace(/-[0-9a-f]{24}\./, "-hash."))).toEqual([
      "raw/alerts/year=2026/month=01/day=05/20260105T100000Z-hash.ndjson",
      "raw/alerts/year=2026/month=02/day=01/20260201T000000Z-hash.ndjson",
      "raw/payment_stats/year=2026/month=01/day=05/20260105T100100Z-hash.ndjson",
    ]);
    await sink.close();
    gate.close();
    await remove();
  },
});

Deno.test({
  name: "Parquet holds columns to filter by and the whole as JSON, compressed with Snappy",
  ...unmeasured,
  async fn() {
    const { options, context, gate, server, remove } = await trial();
    const columns = { volume: { path: "values.volume", type: "number" }, currency: "key.currency" };
    const sink = s3.create({ ...options, format: "parquet", columns, prefix: "lake/{pack}" }, context);
    await sink.deliver([{ alert: alertOf(0) }, { alert: alertOf(2) }]);
    await sink.deliver([{ record: recordOf(1) }]);
    const files = [...(await server.objects()).values()].map((bytes) => bytes.slice().buffer);
    const rows = await Promise.all(files.map((file) => parquetReadObjects({ file })));
    const alerts = rows.find((held) => held.length === 2) ?? [];
    const [record] = rows.find((held) => held.length === 1) ?? [];
    expect(alerts).toMatchObject(
      [0, 2].map((i) => ({ id: `a${i}`, severity: "high", event_time: new Date("2026-01-05T10:00:00Z") })),
    );
    expect(alerts.map(({ json }) => JSON.parse(json).entities.payment)).toEqual(["p0", "p2"]);
    expect(record).toMatchObject({
      id: "r1",
      volume: 1,
      currency: "EUR",
      window_end: new Date("2026-01-05T10:01:00Z"),
    });
    for (const file of files) {
      const codecs = parquetMetadata(file).row_groups.flatMap(({ columns }) => columns.map((c) => c.meta_data?.codec));
      expect(new Set(codecs)).toEqual(new Set(["SNAPPY"]));
    }
    await sink.close();
    gate.close();
    await remove();
  },
});

Deno.test({
  name: "a wrong secret key is tried again, and what it says does not contain the key",
  ...unmeasured,
  async fn() {
    const { options, context, gate, remove } = await trial();
    const sink = s3.create({ ...options, secret_key: "another key" }, context);
    const verdicts = await sink.deliver([{ alert: alertOf(0) }]);
    expect(resultsOf(verdicts)).toEqual(["retry"]);
    expect(JSON.stringify(verdicts)).toMatch(/SignatureDoesNotMatch/);
    await sink.close();
    gate.close();
    await remove();
  },
});

Deno.test("a bucket of AWS has a host name of its own", async () => {
  const asked: string[] = [];
  const options = {
    bucket: "b-1",
    access_key: "k",
    secret_key: "s",
    region: "eu-west-3",
    endpoint: "http://localhost:1",
  };
  const sink = s3.create(options, testContext());
  const [verdict] = await sink.deliver([{ alert: alertOf(0) }]);
  if (verdict?.result === "retry") asked.push(verdict.reason);
  expect(asked).toEqual([expect.stringMatching(/b-1\.localhost/)]);
  await sink.close();
});
