/** `vigie replay` from the command line: files in, files out, a table, and exit codes. */
import { expect } from "expect";
import { runVigie } from "../cli/vigie.ts";
import { commands } from "../mod.ts";

async function vigie(...args: string[]) {
  const said = { out: "", err: "" };
  const code = await runVigie({ commands: Object.values(commands), version: "0" }, args, {
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    isTerminal: false,
    columns: 100,
  });
  return { code, ...said };
}

async function inFolder(what: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  await what(folder).finally(() => Deno.remove(folder, { recursive: true }));
}

const pack = `pack: small
defaults: { severity: warning }
params:
  limit: { type: number, default: 1500, max: 5000 }
lookups:
  profile: { redis_hash: "profile:{event.client_id}", fields: { quiet: boolean } }
rules:
  - id: large
    title: A large value
    kind: filter
    on: kpi_events
    when: event.value > params.limit && !(has(lookup.profile.quiet) && lookup.profile.quiet)
  - id: count
    title: Values a minute
    kind: rollup
    on: kpi_events
    window: { tumbling: 1m }
    aggregate: { n: count() }
    emit_to: counts
  - id: own
    title: A threshold of a customer
    kind: kpi
    on: kpi_events
    tenant: event.client_id
    metric: event.metric_name
    value: event.value
`;

const line = (second: number, client_id: string, value: number) =>
  JSON.stringify({ timestamp: 1767607200 + second, client_id, metric_name: "m", value });
const events = [line(0, "a", 2000), line(1, "b", 1000), "not json", line(70, "a", 3000), line(20, "a", 1)];

/** A folder with the pack and the events. */
function project(what: (paths: { folder: string; args: string[] }) => Promise<void>): Promise<void> {
  return inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/small.yaml`, pack);
    await Deno.writeTextFile(`${folder}/events.ndjson`, `${events.join("\n")}\n`);
    await what({ folder, args: ["replay", `${folder}/small.yaml`, "--events", `kpi_events=${folder}/events.ndjson`] });
  });
}

const lines = async (path: string) => (await Deno.readTextFile(path)).split("\n").filter((text) => text !== "");

Deno.test("a replay writes alerts, records, late and dead, and ends with a table", () =>
  project(async ({ folder, args }) => {
    const out = (name: string) => [`--${name}`, `${folder}/out/${name}.ndjson`];
    const outputs = ["alerts", "records", "late", "dead"];
    const { code, out: said, err } = await vigie(...args, ...outputs.flatMap(out), "--until", "2026-01-05T11:00:00Z");
    expect([code, err]).toEqual([0, expect.stringMatching(/^\d+\.\d s, [\d,]+ events\/s\n$/)]);
    expect(said).toContain("small/large          4        2       2        0           0");
    expect(said).toContain("4 events, 1 late, 1 dead letters");
    const counts = await Promise.all(outputs.map(async (name) => (await lines(`${folder}/out/${name}.ndjson`)).length));
    expect(counts).toEqual([2, 2, 1, 1]);
    expect(JSON.parse((await lines(`${folder}/out/dead.ndjson`))[0] ?? "")).toEqual({
      stream: "kpi_events",
      topic: "kpi-events",
      partition: 0,
      offset: 2,
      reason: "not_json",
      time: null,
      raw: "not json",
    });
  }));

Deno.test("two replays give the same bytes", () =>
  project(async ({ folder, args }) => {
    for (const run of ["1", "2"]) {
      await vigie(...args, "--alerts", `${folder}/${run}`, "--records", `${folder}/r${run}`);
    }
    expect(await Deno.readTextFile(`${folder}/1`)).toBe(await Deno.readTextFile(`${folder}/2`));
    expect(await Deno.readTextFile(`${folder}/r1`)).toBe(await Deno.readTextFile(`${folder}/r2`));
  }));

Deno.test("parameters, spans, thresholds and lookups change what a replay finds", () =>
  project(async ({ folder, args }) => {
    const alerts = async (...more: string[]) => {
      expect((await vigie(...args, "--alerts", `${folder}/a`, ...more)).code).toBe(0);
      return (await lines(`${folder}/a`)).map((text) => JSON.parse(text)).map(({ rule, event_time }) =>
        `${rule} ${event_time.slice(14, 19)}`
      );
    };
    expect(await alerts()).toEqual(["large 00:00", "large 01:10"]);
    expect(await alerts("--param", "small.limit=2500")).toEqual(["large 01:10"]);
    expect(await alerts("--from", "2026-01-05T10:00:01Z")).toEqual(["large 01:10"]);
    expect(await alerts("--to", "2026-01-05T10:01:10Z")).toEqual(["large 00:00"]);
    await Deno.writeTextFile(`${folder}/t.yaml`, "- { tenant: b, metric: m, above: 5 }\n");
    expect(await alerts("--thresholds", `${folder}/t.yaml`)).toEqual(["large 00:00", "own 00:01", "large 01:10"]);
    await Deno.writeTextFile(`${folder}/l.yaml`, 'profile: { "profile:a": { quiet: true } }\n');
    expect(await alerts("--lookups", `${folder}/l.yaml`)).toEqual([]);
  }));

Deno.test("what was typed wrongly is named, with exit code 2", () =>
  project(async ({ folder, args }) => {
    const wrong: readonly [string[], string][] = [
      [["replay"], "Nothing to replay"],
      [[...args, "--events", "kpi_event=x"], 'did you mean "kpi_events"?'],
      [[...args, "--events", "kpi_events"], "takes STREAM=FILE"],
      [["replay", `${folder}/small.yaml`, "--events", `kpi_events=${folder}/none`], "the file does not exist"],
      [[...args, "--until", "tomorrow"], "takes a time such as"],
      [[...args, "--param", "limit"], "takes PACK.NAME=VALUE"],
    ];
    for (const [typed, message] of wrong) {
      expect(await vigie(...typed)).toEqual({ code: 2, out: "", err: expect.stringContaining(message) });
    }
  }));

Deno.test("errors of packs, parameters and thresholds are shown, with exit code 1", () =>
  project(async ({ folder, args }) => {
    expect((await vigie(...args, "--param", "small.limit=9000")).err).toContain("error[V079]");
    expect((await vigie(...args, "--param", "small.limt=1")).err).toContain('did you mean "small.limit"?');
    await Deno.writeTextFile(`${folder}/t.yaml`, "- { tenant: b, metric: m, abvoe: 5 }\n");
    const { code, err } = await vigie(...args, "--thresholds", `${folder}/t.yaml`);
    expect([code, err]).toEqual([1, expect.stringContaining('did you mean "above"?')]);
  }));

Deno.test("what is wrong in the deployment file is shown at its line there, with exit code 1", () =>
  project(async ({ folder, args }) => {
    const config = `${folder}/vigie.yaml`;
    const replayed = async (text: string, ...typed: string[]) => {
      await Deno.writeTextFile(config, text);
      const { code, out, err } = await vigie(...args, "--config", config, "--contracts", "contracts", ...typed);
      return { code, said: `${out}${err}` };
    };
    const written = "sinks: {}\nparams:\n  small: { limit: 9000 }\n  smal: { limit: 1 }\n";
    const { code, said } = await replayed(written, "--privacy");
    expect([code, said]).toEqual([1, expect.stringContaining("vigie.yaml:3:19\n3 |   small: { limit: 9000 }")]);
    expect(said).toContain("vigie.yaml:4:9\n4 |   smal: { limit: 1 }");
    // What was typed stands in no file.
    const typed = await replayed("sinks: {}\n", "--param", "small.limit=9000");
    expect([typed.code, typed.said]).toEqual([1, expect.stringContaining("small.yaml:4:")]);
    const misspelt = await replayed("sinks: {}\nparam: {}\n");
    expect([misspelt.code, misspelt.said]).toEqual([1, expect.stringContaining("vigie.yaml:2:1")]);
  }));
