/** `vigie generate`: what it writes where, what it refuses, and that one seed gives the same bytes anywhere. */
import { expect } from "expect";
import { readTopic } from "../../tests/services/read_topic.ts";
import { kafkaService } from "../../tests/services/services.ts";
import { runVigie } from "../cli/vigie.ts";
import type { Terminal } from "../command.ts";
import { generate } from "../generate.ts";

/** What is said and the exit code, of a line typed after `vigie generate`. */
async function typed(line: string) {
  const said = { out: "", err: "" };
  const terminal: Terminal = {
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    isTerminal: false,
    columns: 100,
  };
  const code = await runVigie({ commands: [generate], version: "1" }, ["generate", ...line.split(" ")], terminal);
  return { code, ...said };
}

async function inFolder(task: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "vigie-generate-" });
  await task(folder).finally(() => Deno.remove(folder, { recursive: true }));
}

const linesOf = (text: string) => text.split("\n").filter((line) => line !== "");

Deno.test("events of one stream go to standard output, exactly as many as were asked for", async () => {
  const { code, out, err } = await typed("payments --count 250");
  expect(code).toBe(0);
  expect(linesOf(out).length).toBe(250);
  expect(JSON.parse(linesOf(out)[0] ?? "").payment_id).toMatch(/^pay_/);
  expect(err).toMatch(/^250 events in \d+\.\d s \([\d,]+\/s\), \d+ planted cases\n$/);
});

Deno.test("a span of event time ends before its end", async () => {
  const { out } = await typed("sensor_readings --for 1m --rate 20 --start 2026-03-01T00:00:00+01:00");
  const times = linesOf(out).map((line) => JSON.parse(line).ts);
  expect(Math.min(...times)).toBeGreaterThanOrEqual(Date.parse("2026-02-28T23:00:00Z"));
  expect(Math.max(...times)).toBeLessThan(Date.parse("2026-02-28T23:01:00Z"));
  expect(times.length).toBeGreaterThan(1_000);
});

Deno.test("several streams go to a folder, a file each, and their labels beside them", async () => {
  await inFolder(async (folder) => {
    const { code } = await typed(`orders payments --for 1m --out ${folder}/events --labels ${folder}/labels.ndjson`);
    expect(code).toBe(0);
    const files = [...Deno.readDirSync(`${folder}/events`)].map(({ name }) => name).sort();
    expect(files).toEqual(["orders.ndjson", "payments.ndjson"]);
    const ids = linesOf(Deno.readTextFileSync(`${folder}/events/payments.ndjson`)).map((line) => JSON.parse(line));
    const known = new Set(ids.map(({ payment_id }) => payment_id));
    const labels = linesOf(Deno.readTextFileSync(`${folder}/labels.ndjson`)).map((line) => JSON.parse(line));
    expect(labels.length).toBeGreaterThan(20);
    for (const { stream, id } of labels.flatMap(({ events }) => events)) {
      if (stream === "payments") expect(known.has(id)).toBe(true);
    }
  });
});

Deno.test("a label is written only when the count has not cut its case", async () => {
  await inFolder(async (folder) => {
    for (const count of [5, 17, 40, 90]) {
      const { out } = await typed(`payments --count ${count} --labels ${folder}/labels.ndjson`);
      const written = new Set(linesOf(out).map((line) => JSON.parse(line).payment_id));
      const labels = linesOf(Deno.readTextFileSync(`${folder}/labels.ndjson`)).map((line) => JSON.parse(line));
      expect(labels.flatMap(({ events }) => events).filter(({ id }) => !written.has(id))).toEqual([]);
    }
  });
});

Deno.test("the same seed gives the same bytes in any time zone and order of the streams named", async () => {
  const args = ["generate", "payments", "--count", "3000", "--disorder", "3s", "--late", "0.01", "--bad", "0.01"];
  const bytesIn = async (TZ: string) => {
    const main = new URL("../../main.ts", import.meta.url).pathname;
    const command = new Deno.Command(Deno.execPath(), { args: ["run", "-A", main, ...args], env: { TZ } });
    return new TextDecoder().decode((await command.output()).stdout);
  };
  const here = (await typed(args.slice(1).join(" "))).out;
  expect(linesOf(here).length).toBe(3_000);
  expect(await bytesIn("Asia/Kathmandu")).toBe(here);
  expect((await typed(`${args.slice(1).join(" ")} --seed 2`)).out).not.toBe(here);
  await inFolder(async (folder) => {
    await typed(`orders payments --for 20s --out ${folder}/a`);
    await typed(`payments orders --for 20s --out ${folder}/b`);
    for (const name of ["orders", "payments"]) {
      expect(Deno.readTextFileSync(`${folder}/a/${name}.ndjson`)).toBe(
        Deno.readTextFileSync(`${folder}/b/${name}.ndjson`),
      );
    }
  });
});

Deno.test("a live run keeps pace with the clock and ends when its time is over", async () => {
  const before = Date.now();
  const { out } = await typed("pipeline_metrics --live --for 700ms --rate 200");
  expect(Date.now() - before).toBeGreaterThanOrEqual(700);
  const times = linesOf(out).map((line) => JSON.parse(line).ts);
  expect(times.length).toBeGreaterThan(50);
  expect(Math.min(...times)).toBeGreaterThanOrEqual(before);
  expect(Math.max(...times)).toBeLessThanOrEqual(Date.now());
});

Deno.test("the list names every stream with its fields and every planted case with its effect", async () => {
  const { code, out } = await typed("--list");
  expect(code).toBe(0);
  expect(out).toContain("kpi_events          client_id metric_name value timestamp\n");
  expect(out).toContain("stock               product_id category quantity\n");
  expect(out).toMatch(/payments\/high-amount +no alert +exactly 1,500 EUR \(payments\)/);
});

for (
  const [line, message] of [
    ["payment --count 1", 'There is no stream "payment": did you mean `payments`?'],
    ["orders", "Say how much: `--count N` events or `--for DURATION` of event time, or `--live` without end"],
    ["orders payments --count 5", "Several streams cannot share standard output: name a folder with `--out DIR`"],
    ["orders --count 5 --out a --kafka b:1", "`--out` and `--kafka` exclude each other: events go to one place"],
    ["orders --count 0", "`--count 0` is no whole number from 1 up"],
    ["orders --count 1e3", "`--count 1e3` is no whole number from 1 up"],
    ["orders --for 10", "`--for 10` is no duration such as 500ms, 5s, 10m, 24h or 7d"],
    ["orders --for 1m --rate 0", "`--rate 0` is no number above 0 and up to 100000 events a second"],
    ["orders --for 1m --late 1.5", "`--late 1.5` is no share from 0 to 1"],
    ["orders --for 1m --start today", "`--start today` is no time such as 2026-01-05T10:00:00Z"],
    ["orders --live --start 2026-01-05T10:00:00Z", "`--live` begins now: it takes no `--start`"],
  ] as const
) {
  Deno.test(`\`vigie generate ${line}\` is refused with the way out`, async () => {
    const { code, err } = await typed(line);
    expect([code, err.split("\n")[0]]).toEqual([2, `error: ${message}`]);
  });
}

Deno.test("a place that cannot be written is named, exit code 3", async () => {
  await inFolder(async (folder) => {
    Deno.writeTextFileSync(`${folder}/file`, "");
    const { code, err } = await typed(`orders --count 5 --out ${folder}/file/orders.ndjson`);
    expect(code).toBe(3);
    expect(err).toContain(`Cannot write "${folder}/file/orders.ndjson"`);
  });
});

Deno.test("a broker that is not there is named, exit code 3", async () => {
  const { code, err } = await typed("orders --count 5 --kafka 127.0.0.1:1");
  expect(code).toBe(3);
  expect(err).toContain("error: Kafka at 127.0.0.1:1 does not take events: ");
});

Deno.test({
  name: "Kafka gets each event in the topic of its contract, keyed as the contract says; absent topics are created",
  // The library's timers outlive a test.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const broker = await kafkaService();
    const { code, err } = await typed(`sensor_readings kpi_events --count 2000 --seed 11 --kafka ${broker}`);
    expect([code, err]).toEqual([0, expect.stringContaining("2,000 events")]);
    const decoder = new TextDecoder();
    const kpis = await readTopic([broker], "kpi-events");
    const vibrations = await readTopic([broker], "factory-lyon.vibration");
    expect(kpis.length).toBeGreaterThan(300);
    expect(vibrations.length).toBeGreaterThan(50);
    expect(new Set(kpis.map(({ partition }) => partition)).size).toBeGreaterThan(1);
    for (const { key, value } of kpis) {
      expect(JSON.parse(decoder.decode(value ?? undefined)).client_id).toBe(decoder.decode(key ?? undefined));
    }
    for (const { key, value } of vibrations) {
      const reading = JSON.parse(decoder.decode(value ?? undefined));
      expect([reading.sensor_id, reading.factory, reading.type]).toEqual([
        decoder.decode(key ?? undefined),
        "lyon",
        "vibration",
      ]);
    }
  },
});
