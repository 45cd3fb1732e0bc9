/** `vigie test` from the command line: what passes, what fails, and how a failure is shown. */
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

const pack = `pack: small
defaults: { severity: warning }
rules:
  - id: large
    title: A large value
    kind: filter
    on: kpi_events
    when: event.value > 10
    entities: { client: event.client_id }
`;

const tests = `pack: small
start: 2026-01-05T10:00:00Z
defaults:
  kpi_events: { client_id: acme, metric_name: m }
tests:
`;

/** A folder with the pack, and what `test` says of it with these tests. */
async function tested(body: string | undefined, ...args: string[]) {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/small.yaml`, pack);
    if (body !== undefined) await Deno.writeTextFile(`${folder}/small.test.yaml`, body);
    const result = await vigie("test", folder, ...args.map((arg) => arg.replace("FOLDER", folder)));
    const junit = await Deno.readTextFile(`${folder}/junit.xml`).catch(() => "");
    return { ...result, out: result.out.replaceAll(folder, "FOLDER"), junit };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const passes = `  - name: eleven alerts
    given: [{ at: 1s, kpi_events: { value: 11 } }]
    expect: [{ at: 1s, rule: large, entities: { client: acme } }]
`;
const fails = `  - name: ten alerts too
    given: [{ at: 1s, kpi_events: { value: 11 } }]
    expect: [{ at: 2s, rule: large, severity: warning, entities: { client: acm } }]
`;

Deno.test("tests that pass are counted", async () => {
  expect(await tested(tests + passes)).toMatchObject({ code: 0, out: "1 passed, 0 failed\n", err: "" });
});

Deno.test("a failing test shows expected and actual side by side, and marks where they part", async () => {
  const { code, out } = await tested(tests + passes + fails);
  expect(code).toBe(1);
  expect(out).toBe(`FAIL ten alerts too  (FOLDER/small.test.yaml:9)
  expected alert 1, and no alert matches it:
                     expected  actual
  ≠ at               2s        1s
    rule             large     large
    severity         warning   warning
  ≠ entities.client  acm       acme

1 passed, 1 failed
`);
});

Deno.test("an alert that nothing expects fails, unless others are allowed", async () => {
  const given = "    given: [{ at: 1s, kpi_events: { value: 11 } }]\n    expect: []\n";
  const { code, out } = await tested(`${tests}  - name: quiet\n${given}`);
  expect([code, out]).toEqual([1, expect.stringContaining("unexpected alert:\n    at: 1s\n    rule: large\n")]);
  expect((await tested(`${tests}  - name: quiet\n    others: allowed\n${given}`)).code).toBe(0);
});

Deno.test("an event that breaks its contract fails the test", async () => {
  const { code, out } = await tested(`${tests}  - name: bad\n    given: [{ at: 0s, kpi_events: {} }]\n`);
  expect([code, out]).toEqual([1, expect.stringContaining('event of "kpi_events" breaks its contract (schema)')]);
});

Deno.test("no tests, an empty file, an unknown rule and a missing file never pass", async () => {
  expect(await tested(undefined)).toMatchObject({ code: 1, out: expect.stringContaining('pack "small" has no tests') });
  expect(await tested("# nothing\n")).toMatchObject({ code: 1, out: expect.stringContaining("File holds nothing") });
  expect(await tested(tests)).toMatchObject({ code: 1 });
  const unknown = tests + passes.replace("rule: large", "rule: larg");
  expect(await tested(unknown)).toMatchObject({ code: 1, out: expect.stringContaining('did you mean "large"?') });
  expect(await vigie("test", "no/such/file.yaml")).toMatchObject({ code: 1 });
});

Deno.test("--junit writes a report of every test", async () => {
  const { junit } = await tested(tests + passes + fails, "--junit", "FOLDER/junit.xml");
  expect(junit).toContain('<testsuites tests="2" failures="1"');
  expect(junit).toContain('<testcase name="eleven alerts"');
  expect(junit).toContain("no alert matches expectation 1, nearest differs in event_time, entities.client");
});
