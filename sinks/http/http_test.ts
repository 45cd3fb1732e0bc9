/** Addresses, waits and verdicts of HTTP. */
import { expect } from "expect";
import { now } from "../../engine/adapters/clock.ts";
import { certificateFor } from "../../tests/services/certificate.ts";
import { isPublicAddress } from "./address.ts";
import { openHttp, trusted } from "./client.ts";
import { verdictOf, waitOf } from "./verdict.ts";

Deno.test("only addresses of the public internet are public, whatever their spelling", () => {
  const open = [
    "1.1.1.1",
    "172.32.0.1",
    "100.128.0.1",
    "2606:4700::1111",
    "64:ff9b::808:808",
    "2a00:1450:4007:80e::200e",
  ];
  const closed = [
    ...["0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1"],
    ...["172.31.255.255", "192.168.1.1", "198.18.0.1", "192.0.2.1", "203.0.113.7", "224.0.0.1", "255.255.255.255"],
    ...["::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1", "2002:7f00:1::"],
    ...[
      "::ffff:127.0.0.1",
      "::ffff:7f00:1",
      "::127.0.0.1",
      "64:ff9b::7f00:1",
      "64:ff9b::10.0.0.1",
      "2001::1",
      "name",
      "",
    ],
  ];
  expect(open.filter((address) => !isPublicAddress(address))).toEqual([]);
  expect(closed.filter(isPublicAddress)).toEqual([]);
});

Deno.test("Retry-After is seconds or a date, never in the past, a day at most", () => {
  expect(waitOf("7")).toBe(7_000);
  expect(waitOf("99999999")).toBe(86_400_000);
  expect(waitOf(new Date(now() - 5_000).toUTCString())).toBe(0);
  expect(waitOf(new Date(now() + 60_000).toUTCString())).toBeGreaterThan(57_000);
  expect(waitOf("soon")).toBe(undefined);
  expect(waitOf(undefined)).toBe(undefined);
});

Deno.test("every status has its verdict", () => {
  const of = (status: number) =>
    verdictOf({ host: "h", status, retryAfter: undefined, text: "" }, { secrets: [] }).result;
  expect([200, 201, 202, 204].map(of)).toEqual(Array(4).fill("delivered"));
  expect([301, 302, 408, 425, 429, 500, 502, 503, 504].map(of)).toEqual(Array(9).fill("retry"));
  expect([400, 401, 403, 404, 405, 410, 413, 422, 451].map(of)).toEqual(Array(9).fill("rejected"));
});

Deno.test({
  name: "over TLS the connection goes to the address that was judged, and the certificate is that of the name",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const { key, cert } = await certificateFor("hooks.example");
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, key, cert, onListen() {} }, () => new Response("yes"));
    const resolve = () => Promise.resolve([{ address: "127.0.0.1", family: 4 }]);
    const client = openHttp({ ...trusted, ca: cert, resolve });
    const ask = (name: string) => {
      const url = new URL(`https://${name}:${server.addr.port}/`);
      return client.send({ method: "POST", url, headers: {}, body: "{}" });
    };
    expect((await ask("hooks.example")).text).toBe("yes");
    await expect(ask("other.example")).rejects.toThrow(/other.example/);
    const distrusting = openHttp({ ...trusted, resolve });
    const url = new URL(`https://hooks.example:${server.addr.port}/`);
    await expect(distrusting.send({ method: "POST", url, headers: {}, body: "" })).rejects.toThrow(/hooks.example/);
    for (const one of [client, distrusting]) one.close();
    await server.shutdown();
  },
});
