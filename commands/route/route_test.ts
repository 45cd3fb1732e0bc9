/** `vigie route` and the tests of routes, over the shipped packs and a deployment of a few lines. */
import { expect } from "expect";
import { join } from "node:path";
import { commands } from "../mod.ts";
import { runVigie } from "../cli/vigie.ts";

const deployment = `
packs: ${join(Deno.cwd(), "rules/payments")}
contracts: ${join(Deno.cwd(), "contracts")}
store: { memory: true }
sinks: { alerts_fraud_payments: { stdout: {} }, alerts_psp_payments: { stdout: {} }, payment_stats: { stdout: {} },
  archive: { stdout: {} }, pager: { stdout: {} }, team: { stdout: {} } }
always: [archive]
routes:
  - { match: alert.severity == "critical", sinks: [pager], continue: true }
  - match: alert.pack == "payments"
    routes:
      - { match: alert.rule == "psp-error-rate", sinks: [team], remind_every: 4h }
`;

async function vigie(files: Record<string, string>, ...args: string[]): Promise<{ code: number; out: string }> {
  const folder = await Deno.makeTempDir();
  for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(join(folder, name), text);
  let out = "";
  const terminal = {
    out: (text: string) => void (out += text),
    err: (text: string) => void (out += text),
    isTerminal: false,
    columns: 100,
  };
  const placed = args.map((arg) => (Object.hasOwn(files, arg) ? join(folder, arg) : arg));
  const code = await runVigie({ commands: Object.values(commands), version: "0" }, placed, terminal);
  await Deno.remove(folder, { recursive: true });
  return { code, out: out.replaceAll(`${folder}/`, "") };
}

Deno.test("the way of an alert is drawn: what each route said, what it read, whom it tells", async () => {
  const alert = JSON.stringify({ pack: "payments", rule: "psp-error-rate", severity: "high" });
  const files = { "vigie.yaml": deployment, "alert.json": alert };
  expect(await vigie(files, "route", "--config", "vigie.yaml", "--alert", "alert.json")).toEqual({
    code: 0,
    out: `├─ sinks of the rule: alerts_psp_payments
├─ always: archive
├─ routes[0]  alert.severity == "critical": does not match
│  └─ alert.severity is "high"
└─ routes[1]  alert.pack == "payments": hands it on
   ├─ alert.pack is "payments"
   └─ routes[1].routes[0]  alert.rule == "psp-error-rate": takes it -> team
      ├─ alert.rule is "psp-error-rate"
      ├─ each fingerprint for itself
      └─ reminders every 4h
reaches alerts_psp_payments, archive, team
`,
  });
});

Deno.test("a silence that holds is shown, with who answers for it", async () => {
  const alert = JSON.stringify({ pack: "payments", rule: "psp-error-rate", severity: "high" });
  const folder = await Deno.makeTempDir();
  const config = join(folder, "silenced.yaml");
  await Deno.writeTextFile(config, deployment.replace("{ memory: true }", `{ sqlite: "${join(folder, "state.db")}" }`));
  const add = ["--match", 'alert.rule == "psp-error-rate"', "--from", "2026-01-05T10:00:00Z", "--for", "2h"];
  const who = ["--reason", "maintenance of the provider", "--author", "ops"];
  expect((await vigie({}, "silence", "add", "--config", config, ...add, ...who)).code).toBe(0);
  const way = (at: string) =>
    vigie({ "alert.json": alert }, "route", "--config", config, "--alert", "alert.json", "--at", at);
  expect((await way("2026-01-05T11:00:00Z")).out).toMatch(
    /reaches .*\nsilenced until 2026-01-05T12:00:00.000Z by ops \(\w+\): maintenance of the provider; routes tell nobody\n$/,
  );
  expect((await way("2026-01-05T12:00:00Z")).out).not.toContain("silenced");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("tests of routes name every sink that an alert reaches", async () => {
  const cases = `
routes:
  - name: the provider's team hears of errors
    alert: { pack: payments, rule: psp-error-rate, severity: critical }
    expect: { sinks: [alerts_psp_payments, archive, pager, team] }
  - name: large payments page nobody
    alert: { pack: payments, rule: high-amount, severity: critical }
    expect: { sinks: [alerts_fraud_payments, archive] }
`;
  const { code, out } = await vigie({ "vigie.yaml": deployment, "vigie.test.yaml": cases }, "test", "vigie.test.yaml");
  expect(code).toBe(1);
  expect(out).toBe(`FAIL large payments page nobody  (vigie.test.yaml:6)
  reaches pager, which is not expected

1 routes passed, 1 failed
`);
});

Deno.test("routes without tests are no pass, and a misspelt word in them is named", async () => {
  expect(await vigie({ "vigie.yaml": deployment }, "test", "--config", "vigie.yaml")).toMatchObject({ code: 1 });
  const cases = "routes: [{ name: a, alert: {}, expect: { sink: [] } }]";
  const { code, out } = await vigie({ "vigie.yaml": deployment, "vigie.test.yaml": cases }, "test", "vigie.test.yaml");
  expect([code, out]).toEqual([1, expect.stringContaining('did you mean "sinks"?')]);
});

Deno.test("check warns of a rule whose alerts reach nobody", async () => {
  const lonely = deployment.replace("always: [archive]", "always: []");
  const pack = `pack: lonely
rules:
  - { id: alone, kind: filter, on: payments, when: payment.amount > 5, severity: info }
`;
  const files = { "vigie.yaml": lonely, "lonely.yaml": pack };
  const { out } = await vigie(files, "check", "lonely.yaml", "--contracts", "contracts", "--config", "vigie.yaml");
  expect(out).toContain('warning[V133]: Alerts of "lonely/alone" reach nobody');
  const heard = lonely.replace('alert.pack == "payments"', 'alert.pack == "lonely"').replace("psp-error-rate", "alone");
  const quiet = await vigie(
    { ...files, "vigie.yaml": heard },
    "check",
    "lonely.yaml",
    "--contracts",
    "contracts",
    "--config",
    "vigie.yaml",
  );
  expect(quiet.out).not.toContain("V133");
});

Deno.test("a parameter that no pack declares is shown at its line of the deployment file", async () => {
  const files = { "vigie.yaml": `${deployment}params: { payment: { high_amount: 1 } }\n`, "alert.json": "{}" };
  const { code, out } = await vigie(files, "route", "--config", "vigie.yaml", "--alert", "alert.json");
  expect([code, out]).toEqual([
    1,
    expect.stringContaining("vigie.yaml:13:20\n13 | params: { payment: { high_amount: 1 } }"),
  ]);
});

Deno.test("a store that is away is said without what the environment filled in", async () => {
  const folder = await Deno.makeTempDir({ prefix: "vigie-hidden-" });
  Deno.env.set("VIGIE_TEST_STATE", folder);
  const files = { "vigie.yaml": deployment.replace("{ memory: true }", '{ sqlite: "${env:VIGIE_TEST_STATE}" }') };
  const alert = JSON.stringify({ pack: "payments", rule: "psp-error-rate", severity: "high" });
  const { code, out } = await vigie(
    { ...files, "alert.json": alert },
    ...["route", "--config", "vigie.yaml", "--alert", "alert.json"],
  );
  Deno.env.delete("VIGIE_TEST_STATE");
  await Deno.remove(folder, { recursive: true });
  expect([code, out]).toEqual([0, expect.stringContaining('not taken into account: The state file "***"')]);
});
