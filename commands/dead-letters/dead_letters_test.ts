/** `vigie dead-letters` over a file: events and alerts, listed, shown, and alerts delivered again under their ids. */
import { expect } from "expect";
import { join } from "node:path";
import { alertOf } from "../../tests/routing/alert.ts";
import { runVigie } from "../cli/vigie.ts";
import { commands } from "../mod.ts";

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

async function inFolder(what: (vigie: Vigie, folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const config = join(folder, "vigie.yaml");
  await Deno.writeTextFile(
    config,
    "dead_letters: { file: { path: dead.ndjson } }\nsinks: { archive: { file: { path: archive.ndjson } } }\n",
  );
  // A crash has left the first line twice, and the last one unfinished.
  const text = [lines[0], ...lines].map((line) => `${JSON.stringify(line)}\n`).join("");
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
