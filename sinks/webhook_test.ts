import { expect } from "expect";
import { Webhook } from "standardwebhooks";
import { alertOf, burst, delivery, openGate, resultsOf, testContext, testSink } from "./compliance.ts";
import { openHttp, trusted } from "./http/client.ts";
import type { Delivery } from "./sink.ts";
import { webhook } from "./webhook.ts";

const secret = `whsec_${btoa("0123456789abcdef0123456789abcdef")}`;
const newSecret = `whsec_${btoa("another key for the same endpoint")}`;

interface Received {
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** An endpoint that keeps what it gets. */
function endpoint() {
  const received: Received[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    received.push({ headers: Object.fromEntries(request.headers), body: await request.text() });
    return new Response(null, { status: 204 });
  });
  return { received, address: `127.0.0.1:${server.addr.port}`, stop: () => server.shutdown() };
}

function trial() {
  const { received, address, stop } = endpoint();
  const gate = openGate(address);
  const number = (item: { id: string }) => Number(item.id.slice(1));
  return Promise.resolve({
    options: { url: `http://${gate.address}/hook/s3cr3t-path?token=s3cr3t-token`, secret, allow_private: true },
    context: testContext(),
    gate,
    secret,
    received: () => Promise.resolve(received.map(({ body }) => JSON.parse(body)).sort((a, b) => number(a) - number(b))),
    remove: stop,
  });
}

testSink(webhook, trial, { network: "http", authorization: "rejected" });

/** Delivers to an endpoint of its own and returns what came. */
async function sent(batch: readonly Delivery[], options = {}, context = testContext()): Promise<readonly Received[]> {
  const { received, address, stop } = endpoint();
  const sink = webhook.create({ url: `http://${address}/`, secret, allow_private: true, ...options }, context);
  await sink.deliver(batch);
  await sink.close();
  await stop();
  return received;
}

Deno.test("the Standard Webhooks library verifies what we sign, and refuses a tampered body and an old timestamp", async () => {
  const [{ body, headers } = { body: "", headers: {} }] = await sent([{ alert: burst }]);
  const receiver = new Webhook(secret);
  expect(receiver.verify(body, headers)).toEqual(JSON.parse(JSON.stringify(burst)));
  expect(headers["webhook-id"]).toBe(burst.id);
  expect(() => receiver.verify(body.replace("m-17", "m-18"), headers)).toThrow(/signature/i);
  const old = { ...headers, "webhook-timestamp": String(Number(headers["webhook-timestamp"]) - 600) };
  expect(() => receiver.verify(body, old)).toThrow(/timestamp/i);
});

Deno.test("while a secret is replaced both sign, so receivers with either go on", async () => {
  const [{ body, headers } = { body: "", headers: {} }] = await sent([delivery(0)], { secret: [newSecret, secret] });
  for (const key of [secret, newSecret]) new Webhook(key).verify(body, headers);
});

Deno.test("a receiver with a format of its own gets the fields that it asks for", async () => {
  const expression = (text: string) => (item: Record<string, unknown>) => String(item[text.replace("alert.", "")]);
  const body = { summary: "alert.title", level: "alert.severity" };
  const [received] = await sent([{ alert: burst }], { body }, testContext({ expression }));
  expect(JSON.parse(received?.body ?? "")).toEqual({ summary: burst.title, level: "critical" });
});

Deno.test("what is about the same thing arrives in order, and waits after a failure", async () => {
  let failing = true;
  const order: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { id } = await request.json();
    if (id === "a2" && failing) return new Response("", { status: 503 });
    order.push(id);
    return new Response();
  });
  const url = `http://127.0.0.1:${server.addr.port}/`;
  const sink = webhook.create({ url, allow_private: true }, testContext());
  const batch = [0, 2, 4].map(delivery).concat({ alert: alertOf(6, { fingerprint: "f2" }) });
  const verdicts = await sink.deliver(batch);
  expect(resultsOf(verdicts)).toEqual(["delivered", "retry", "retry", "delivered"]);
  expect(verdicts.map((verdict) => "untried" in verdict)).toEqual([false, false, true, false]);
  failing = false;
  await sink.deliver(batch.slice(1, 3));
  expect(order.filter((id) => id !== "a6")).toEqual(["a0", "a2", "a4"]);
  await sink.close();
  await server.shutdown();
});

for (
  const url of [
    ...["http://127.0.0.1:9/", "http://localhost:9/", "http://10.0.0.1/", "http://[::1]/", "http://[::ffff:a00:1]/"],
    ...["http://169.254.169.254/latest/meta-data", "http://0x7f.1/", "http://2130706433/", "http://0/"],
  ]
) {
  Deno.test(`a customer's URL that leads inside is refused: ${url}`, async () => {
    const sink = webhook.create({ url, secret }, testContext());
    const reason = expect.stringMatching(/private ones are not allowed/);
    expect(await sink.deliver([delivery(0)])).toEqual([{ result: "rejected", reason }]);
    await sink.close();
  });
}

Deno.test("only http and https are webhooks", () => {
  for (const url of ["ftp://example.com/", "file:///etc/passwd", "javascript:1", "nonsense"]) {
    expect(() => webhook.create({ url }, testContext())).toThrow('The sink "trial" needs an http or https address');
  }
});

Deno.test("the address that was judged is the address that is called, whatever the name says a moment later", async () => {
  const { received, address, stop } = endpoint();
  let asked = 0;
  const answers = ["127.0.0.1", "203.0.113.9"];
  const resolve = () => Promise.resolve([{ address: answers[asked++] ?? "", family: 4 }]);
  const url = new URL(`http://rebinding.example:${address.split(":")[1]}/`);
  const client = openHttp({ ...trusted, resolve });
  await client.send({ method: "POST", url, headers: {}, body: "{}" });
  expect([asked, received[0]?.headers.host]).toEqual([1, url.host]);
  client.close();
  await stop();
});

Deno.test("a name that has a private address beside a public one is not called", async () => {
  const resolve = () => Promise.resolve(["93.184.215.14", "10.1.2.3"].map((address) => ({ address, family: 4 })));
  const client = openHttp({ ...trusted, allowPrivate: false, resolve });
  const request = { method: "POST", url: new URL("http://both.example/"), headers: {}, body: "" } as const;
  await expect(client.send(request)).rejects.toThrow(/private ones are not allowed/);
  client.close();
});

Deno.test("an endpoint that has been away is asked with one request, until it answers", async () => {
  let connections = 0;
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const ended = (async () => {
    for await (const connection of listener) {
      connections++;
      connection.close();
    }
  })();
  const sink = webhook.create({ url: `http://127.0.0.1:${listener.addr.port}/`, allow_private: true }, testContext());
  const batch = Array.from({ length: 30 }, (_, i) => ({ alert: alertOf(i, { fingerprint: `f${i}` }) }));
  for (const [asked, inferred] of [[30, 0], [31, 29], [32, 29]]) {
    const verdicts = await sink.deliver(batch);
    expect(resultsOf(verdicts)).toEqual(batch.map(() => "retry"));
    expect(verdicts.filter((verdict) => "inferred" in verdict).length).toBe(inferred);
    expect(connections).toBe(asked);
  }
  const { port } = listener.addr;
  listener.close();
  await ended;
  const server = Deno.serve({ hostname: "127.0.0.1", port, onListen() {} }, () => new Response());
  expect(resultsOf(await sink.deliver(batch))).toEqual(batch.map(() => "delivered"));
  await sink.close();
  await server.shutdown();
});

Deno.test("no more than 64 KiB of an answer are read", async () => {
  let written = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    const body = new ReadableStream({ pull: (out) => out.enqueue(new Uint8Array(64 * 1024).fill(written += 1)) });
    return new Response(body);
  });
  const sink = webhook.create({ url: `http://127.0.0.1:${server.addr.port}/`, allow_private: true }, testContext());
  expect(resultsOf(await sink.deliver([delivery(0)]))).toEqual(["delivered"]);
  await sink.close();
  await server.shutdown();
  expect(written).toBeLessThan(200);
});

Deno.test("the schedule is that of Standard Webhooks, a list of one's own, or the doubling preset", () => {
  const schedule = (options: Record<string, string | string[] | boolean>) => webhook.retries?.({ url: "", ...options });
  const minutes = (...numbers: number[]) => numbers.map((number) => number * 60_000);
  expect(schedule({})).toEqual({ waits: [5_000, ...minutes(1, 5, 30, 120, 300, 600)], all: false });
  expect(schedule({ retry: ["1s"], retry_all: true })).toEqual({ waits: [1_000], all: true });
  expect(schedule({ retry: "doubling" })).toEqual({ waits: minutes(1, 2, 4, 8, 16), all: true });
});

Deno.test("a secret that is none is not repeated", () => {
  expect(() => webhook.create({ url: "http://a.example", secret: "hunter22" }, testContext())).toThrow(
    expect.not.stringMatching(/hunter22/),
  );
});
