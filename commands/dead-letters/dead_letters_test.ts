/** `vigie dead-letters` over a file: events and alerts, listed, shown, and alerts delivered again under their ids. */
import { expect } from "expect";
import { join } from "node:path";
import { alertOf } from "../../tests/routing/alert.ts";
import { runVigie } from "../cli/vigie.ts";
import { commands } from "../mod.ts";

const contracts = new URL("../../contracts", import.meta.url).pathname;
const alert = alertOf({ id: "a1" });
const lines = [
  { stream: "payments", topic: "payments", partition: 3, offset: 7, reason: "schema", time: null, raw: '{"a":1}' },
  {
    stream: "archive",
    topic: "archive",
    partition: 0,
    offset: 9,
    reason: "too large",
    time: null,
    raw: JSON.stringify(alert),
  },
];

/** Of an endpoint that thresholds named once. */
const lane = "customers:acme-3f9a1c2e7b04";
const ofNobody = { ...lines[1], stream: lane, topic: "customers", raw: JSON.stringify({ ...alert, id: "a2" }) };

async function inFolder(what: (vigie: Vigie, folder: string) => Promise<void>, more: string = ""): Promise<void> {
  const folder = await Deno.makeTempDir();
  const config = join(folder, "vigie.yaml");
  await Deno.writeTextFile(
    config,
    `contracts: ${contracts}
dead_letters: { file: { path: dead.ndjson } }
sinks: { archive: { file: { path: archive.ndjson } } }
${more}`,
  );
  // A crash has left the first line twice, and the last one unfinished.
  const text = [lines[0], ...lines, ofNobody].map((line) => `${JSON.stringify(line)}\n`).join("");
  await Deno.writeTextFile(join(folder, "dead.ndjson"), `${text}{"stream":"pay`);
  const vigie: Vigie = async (...args) => {
    let out = "";
    const write = (text: string) => void (out += text);
    const terminal = { out: write, err: write, isTerminal: false, columns: 100 };
    const all = ["dead-letters", ...args, "--config", config];
    const code = await runVigie({ commands: Object.values(commands), version: "0" }, all, terminal);
    return { code, out };
  };
  await what(vigie, folder).finally(() => Deno.remove(folder, { recursive: true }));
}

type Vigie = (...args: string[]) => Promise<{ code: number; out: string }>;

Deno.test("dead letters are listed once each, by what they are of", () =>
  inFolder(async (vigie) => {
    expect((await vigie("list")).out).toMatch(/payments\/3\/7 +payments +7 +schema\narchive\/a1 +archive/);
    expect((await vigie("list")).out).toContain(`\n${lane}/a2 `);
    expect((await vigie("list", "--of", "payments", "--format", "json")).out).toBe(
      '{"id":"payments/3/7","topic":"payments","partition":3,"offset":7,"stream":"payments","reason":"schema","redacted":false,"key":null,"raw":"{\\"a\\":1}"}\n',
    );
    expect((await vigie("show", "payments/3/7")).out).toBe('payments/3/7 of payments\nreason: schema\n{"a":1}\n');
  }));

Deno.test("an alert that is replayed keeps its id", () =>
  inFolder(async (vigie, folder) => {
    expect(await vigie("replay", "--of", "archive")).toEqual({
      code: 0,
      out: "archive/a1: delivered to archive\n1 replayed, 0 not\n",
    });
    expect(JSON.parse(await Deno.readTextFile(join(folder, "archive.ndjson")))).toEqual(alert);
  }));

Deno.test("events of files are not sent to a topic, and a letter that is not there is named", () =>
  inFolder(async (vigie) => {
    expect(await vigie("replay", "payments/3/7")).toMatchObject({
      code: 1,
      out: expect.stringContaining("vigie replay"),
    });
    expect(await vigie("show", "payments/3/8")).toMatchObject({
      code: 2,
      out: expect.stringContaining("payments/3/8"),
    });
  }));

Deno.test("what waited for an endpoint that nobody names any more is sent to no topic", () =>
  inFolder(async (vigie) => {
    expect(await vigie("replay", "--of", lane)).toEqual({
      code: 1,
      out: `${lane}/a2: nobody defines "${lane}" now\n0 replayed, 1 not\n`,
    });
    // Port 9 of this machine is no broker: to ask it would be an error.
  }, 'source: { kafka: { brokers: ["127.0.0.1:9"] } }\n'));

Deno.test("thresholds that cannot be read are shown, and no letter is taken for one of nobody's", () =>
  inFolder(async (vigie, folder) => {
    await Deno.writeTextFile(join(folder, "thresholds.yaml"), "- { tenant: acme, metric: churn }\n");
    expect(await vigie("replay", "--of", lane)).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^error\[V\d+\].*\n.*thresholds\.yaml:1/),
    });
  }, "database: { file: thresholds.yaml }\n"));
