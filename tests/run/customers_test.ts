/** Customers' own thresholds: each is told at their own endpoint, signed; one that is gone or fails concerns nobody else. */
import { expect } from "expect";
import { Webhook } from "standardwebhooks";
import { freePort } from "../services/port.ts";
import { runVigie, startVigie, until } from "./process.ts";

const root = new URL("../..", import.meta.url).pathname;

interface Posted {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** A server whose paths are customers: `gone` answers 410, `down` 500, the others take what comes. */
function endpointsOfCustomers() {
  const posted: Posted[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const path = new URL(request.url).pathname.slice(1);
    posted.push({ path, headers: Object.fromEntries(request.headers), body: await request.text() });
    return new Response(null, { status: path === "gone" ? 410 : path === "down" ? 500 : 204 });
  });
  const of = (customer: string) => posted.filter(({ path }) => path === customer);
  return {
    of,
    url: (customer: string) => `http://127.0.0.1:${server.addr.port}/${customer}`,
    stop: () => server.shutdown(),
  };
}

async function deploy(url: (customer: string) => string, port: number): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "vigie-customers-" });
  const thresholds = ["acme", "gone", "down"].map((tenant) => ({
    ...{ tenant, metric: "churn", above: 5, webhook: url(tenant) },
    ...(tenant === "acme" ? {} : { limit: { max: 1_000, every: "1h" } }),
  }));
  await Deno.writeTextFile(`${folder}/thresholds.yaml`, JSON.stringify(thresholds, undefined, 1));
  await Deno.writeTextFile(
    `${folder}/vigie.yaml`,
    `packs: ${root}rules/kpi
contracts: ${root}contracts
source: { http: {} }
store: { sqlite: state.db }
database: { file: thresholds.yaml }
webhooks: { secret: "whsec_c2VjcmV0IG9mIHRoZSBkZXBsb3ltZW50", allow_private: true, retry: [20ms], max: 500 }
sinks: { archive: { file: { path: archive.ndjson } } }
always: [archive]
dead_letters: { file: { path: dead.ndjson } }
http: { listen: "127.0.0.1:${port}" }
`,
  );
  return folder;
}

const linesOf = (path: string) =>
  Deno.readTextFile(path).then((text) => text.trimEnd().split("\n").map((line) => JSON.parse(line)), () => []);

Deno.test({
  name: "a customer gets one signed post, and endpoints that are gone or fail are disabled, said, and enabled again",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const { of, url, stop } = endpointsOfCustomers();
    const port = freePort();
    const folder = await deploy(url, port);
    const running = startVigie(["run", "--config", "vigie.yaml"], folder);
    const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`).then((answer) => answer.text());
    const post = async (clients: readonly string[], value: number) => {
      const now = Date.now() / 1_000;
      const events = clients.map((client_id) => ({ client_id, metric_name: "churn", value, timestamp: now }));
      const answer = await fetch(`http://127.0.0.1:${port}/v1/events/kpi_events`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(events),
      });
      return await answer.json();
    };
    await until(() => get("/readyz").then((text) => text.includes('"ready":true'), () => false), () => running.log());
    expect(await post(["acme", "acme", "gone", ...new Array(150).fill("down")], 5.5)).toEqual({ saved: 153 });
    await until(
      async () => of("acme").length > 0 && (await get("/metrics")).includes("vigie_endpoints_disabled 2"),
      () => running.log(),
    );

    // Held back by the rule's limit, the second is not posted.
    expect(of("acme").length).toBe(1);
    const [{ headers, body }] = of("acme") as [Posted];
    const secret = (await runVigie(["endpoints", "secret", "acme"], folder)).output().trim();
    const alert = JSON.parse(body);
    expect(new Webhook(secret).verify(body, headers)).toEqual(alert);
    const other = (await runVigie(["endpoints", "secret", "gone"], folder)).output().trim();
    expect(() => new Webhook(other).verify(body, headers)).toThrow();
    expect([alert.key, alert.values]).toEqual([{ client_id: "acme", metric_name: "churn" }, {
      value: 5.5,
      threshold: 5,
    }]);

    // Nothing more is sent to who is disabled; what comes for them is kept with its reason.
    await until(async () => (await linesOf(`${folder}/dead.ndjson`)).length === 151, () => running.log());
    const before = of("down").length;
    await post(["down", "gone"], 6);
    await until(async () => (await linesOf(`${folder}/dead.ndjson`)).length === 153, () => running.log());
    expect([of("down").length, of("gone").length]).toEqual([before, 1]);
    expect(running.log()).toMatch(/The endpoint "customers:down-\w+" is disabled: 100 failures one after the other/);
    expect(await get("/metrics")).not.toContain("acme");
    expect(await linesOf(`${folder}/archive.ndjson`)).toHaveLength(154);

    const listed = (await runVigie(["endpoints", "list", "--format", "json"], folder)).output().trim().split("\n")
      .map((line) => JSON.parse(line));
    expect(listed.map(({ customer, disabled }) => [customer, disabled?.why.slice(0, 12)])).toEqual([
      ["acme", undefined],
      ["down", "100 failures"],
      ["gone", "it is gone: "],
    ]);

    // The restart knows; once enabled, it is asked again.
    running.kill("SIGTERM");
    expect(await running.ended).toBe(0);
    const again = startVigie(["run", "--config", "vigie.yaml"], folder);
    await until(() => get("/readyz").then((text) => text.includes('"ready":true'), () => false), () => again.log());
    await post(["gone"], 7);
    await until(async () => (await linesOf(`${folder}/dead.ndjson`)).length === 154, () => again.log());
    expect(of("gone").length).toBe(1);
    await runVigie(["endpoints", "enable", listed[2].endpoint], folder);
    await fetch(`http://127.0.0.1:${port}/v1/reload`, { method: "POST" }).then((answer) => answer.body?.cancel());
    await post(["gone"], 8);
    await until(() => of("gone").length === 2, () => again.log());
    again.kill("SIGTERM");
    expect(await again.ended).toBe(0);
    await stop();
    await Deno.remove(folder, { recursive: true });
  },
});
