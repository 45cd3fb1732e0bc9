import { expect } from "expect";
import { addressText, parseAddress } from "./address.ts";

Deno.test("an address names host, port, database, user and TLS", () => {
  expect(parseAddress("redis://127.0.0.1")).toEqual({
    tls: false,
    username: undefined,
    password: undefined,
    database: 0,
    hosts: [{ host: "127.0.0.1", port: 6379 }],
    sentinel: undefined,
  });
  expect(parseAddress("rediss://vigie:p%40ss@[::1]:7000/3")).toMatchObject({
    tls: true,
    username: "vigie",
    password: "p@ss",
    database: 3,
    hosts: [{ host: "::1", port: 7000 }],
  });
});

Deno.test("an address through Sentinel names the Sentinels and the master", () => {
  const address = parseAddress("redis+sentinel://:secret@a:26379,b/main/2?sentinel_password=other");
  expect(address.hosts).toEqual([{ host: "a", port: 26379 }, { host: "b", port: 26379 }]);
  expect(address.sentinel).toEqual({ master: "main", password: "other" });
  expect(address).toMatchObject({ password: "secret", database: 2 });
  expect(addressText(address)).toBe('"main" (Sentinel a:26379, b:26379)');
});

Deno.test("an address that cannot be read is refused with a way out, and its password is not shown", () => {
  for (
    const url of [
      "http://h",
      "redis://u:secret@",
      "redis+sentinel://:secret@a",
      "redis://:secret@h/x",
      "redis://:secret@h:x",
    ]
  ) {
    expect(() => parseAddress(url)).toThrow(/^The address of Redis cannot be read: (?!.*secret)/);
  }
});
