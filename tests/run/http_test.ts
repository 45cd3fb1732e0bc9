/** Events that are posted: answered when they are safe, refused where they cannot be taken, judged like all others. */
import { expect } from "expect";
import { freePort } from "../services/port.ts";
import { startVigie, until } from "./process.ts";

const event = (id: string, host: string) => ({ id, host, time: new Date().toISOString() });

const files: { readonly [path: string]: string } = {
  "contracts/streams/logins.yaml": `stream: logins
alias: login
topic: logins
schema: ../events/login.schema.json
format: json
time: time
key: host
lateness: 0s
idle: 10s
max_future: 5m
`,
  "contracts/events/login.schema.json": JSON.stringify({
    type: "object",
    required: ["id", "host", "time"],
    properties: { id: { type: "string" }, host: { type: "string" }, time: { type: "string", format: "date-time" } },
  }),
  "rules/logins.yaml": `pack: logins
owner: security
rules:
  - id: many-logins
    title: Many logins
    kind: threshold
    on: logins
    key: login.host
    window: { sliding: 1h }
    aggregate: { logins: count() }
    when: logins >= 3
    severity: high
    message: "{logins} logins on {login.host}"
`,
};

async function deploy(port: number): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "vigie-http-" });
  const deployment = `source: { http: {} }
store: { sqlite: state.db }
sinks:
  out: { file: { path: alerts.ndjson } }
default_sinks: [out]
dead_letters: { file: { path: dead.ndjson } }
http: { listen: "127.0.0.1:${port}" }
`;
  for (const [path, text] of Object.entries({ ...files, "vigie.yaml": deployment })) {
    await Deno.mkdir(`${folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(`${folder}/${path}`, text);
  }
  return folder;
}

async function post(port: number, body: string, type = "application/json", stream = "logins") {
  const response = await fetch(`http://127.0.0.1:${port}/v1/events/${stream}`, {
    method: "POST",
    headers: { "content-type": type },
    body,
  });
  return { status: response.status, answer: await response.json() };
}

async function start(folder: string, port: number) {
  const running = startVigie(["run", "--config", "vigie.yaml"], folder);
  const isReady = () =>
    fetch(`http://127.0.0.1:${port}/readyz`).then(({ status, body }) => {
      void body?.cancel();
      return status === 200;
    }, () => false);
  await until(isReady, () => running.log());
  return running;
}

const linesOf = (path: string) => Deno.readTextFile(path).then((text) => text.trimEnd().split("\n"), () => []);

Deno.test({
  name: "a post is answered when it is safe: what was answered counts after a SIGKILL",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const port = freePort();
    const folder = await deploy(port);
    const first = await start(folder, port);
    expect(await post(port, JSON.stringify([event("1", "a"), event("2", "b")]))).toEqual({
      status: 200,
      answer: { saved: 2 },
    });
    const lines = [JSON.stringify(event("3", "a")), "no event", ""].join("\n");
    expect(await post(port, lines, "application/x-ndjson")).toEqual({ status: 200, answer: { saved: 2 } });
    first.kill("SIGKILL");
    await first.ended;

    const second = await start(folder, port);
    // Until the claim of the one that was killed is over, the second stands by and says: post again.
    const last = JSON.stringify(event("4", "a"));
    await until(async () => (await post(port, last)).status === 200, () => second.log());
    second.kill("SIGTERM");
    expect(await second.ended).toBe(0);
    const alerts = (await linesOf(`${folder}/alerts.ndjson`)).map((line) => JSON.parse(line));
    expect(alerts.map(({ message }) => message)).toEqual(["3 logins on a"]);
    const dead = (await linesOf(`${folder}/dead.ndjson`)).map((line) => JSON.parse(line));
    expect(dead.map(({ reason, raw }) => [reason, raw])).toEqual([["not_json", "no event"]]);
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test({
  name: "a post that cannot be taken says why: another type, no JSON, an unknown stream, too long",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const port = freePort();
    const folder = await deploy(port);
    const running = await start(folder, port);
    expect(await post(port, "{}", "text/plain")).toMatchObject({
      status: 415,
      answer: { detail: "Events are posted as application/json or application/x-ndjson" },
    });
    // Every object of JavaScript has a property of this name.
    expect((await post(port, "{}", "constructor")).status).toBe(415);
    expect((await post(port, "{")).status).toBe(400);
    expect(await post(port, "{}", "application/json", "logouts")).toMatchObject({
      status: 404,
      answer: { detail: 'No rule reads "logouts"; streams read: logins' },
    });
    expect((await post(port, `"${"x".repeat(17 << 20)}"`)).status).toBe(413);
    expect(await post(port, "[]")).toEqual({ status: 200, answer: { saved: 0 } });
    running.kill("SIGTERM");
    expect(await running.ended).toBe(0);
    await Deno.remove(folder, { recursive: true });
  },
});
