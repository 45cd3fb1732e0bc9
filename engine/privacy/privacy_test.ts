/** Marks, card numbers and refused messages, case by case. */
import { expect } from "expect";
import { maskCards, maskCardsIn } from "./cards.ts";
import { treated } from "./marks.ts";
import { Privacy } from "./privacy.ts";
import { treatRefused } from "./refused.ts";

Deno.test("a hash is the same for the same value and key, and nothing without a key", () => {
  const one = treated("hash", "device-1", "key");
  expect(one).toMatch(/^[\w-]{22}$/);
  expect(treated("hash", "device-1", "key")).toBe(one);
  expect(treated("hash", "device-2", "key")).not.toBe(one);
  expect(treated("hash", "device-1", "other")).not.toBe(one);
  expect(treated("hash", "device-1", undefined)).toBe(undefined);
});

Deno.test("masks keep first six and last four, addresses three octets or groups, and drops nothing", () => {
  expect(treated("mask", "4970101234564242", undefined)).toBe("497010******4242");
  expect(treated("mask", "4970104242", undefined)).toBe("**********");
  expect(treated("truncate", "203.0.113.77", undefined)).toBe("203.0.113");
  expect(treated("truncate", "2001:db8:85a3:8d3:1319:8a2e:370:7348", undefined)).toBe("2001:db8:85a3::");
  expect(treated("truncate", "2001:db8::1", undefined)).toBe("2001:db8:0::");
  expect(treated("truncate", "::1", undefined)).toBe("0:0:0::");
  expect(treated("truncate", "paul@example.org", undefined)).toBe(undefined);
  expect(treated("drop", "agent", "key")).toBe(undefined);
  expect(treated("drop", null, "key")).toBe(null);
});

Deno.test("lists keep their length, and entries of top their counts", () => {
  expect(treated("mask", ["497010123456", 5], undefined)).toEqual(["497010**3456", "*"]);
  expect(treated("mask", [{ value: "497010123456", count: 13 }], undefined)).toEqual([
    { value: "497010**3456", count: 13 },
  ]);
});

Deno.test("13 to 19 digits that pass the Luhn check are masked, in one piece or in groups", () => {
  expect(maskCards("card 4111111111111111.")).toBe("card 411111******1111.");
  expect(maskCards("4111 1111 1111 1111 and 5500-0000-0000-0004")).toBe("411111******1111 and 550000******0004");
  expect(maskCards("4222222222222")).toBe("422222***2222");
  expect(maskCards("6304000000000000000")).toMatch(/^6304/);
  expect(maskCards("id4111111111111111x")).toBe("id411111******1111x");
  expect(maskCardsIn({ a: [4111111111111111, 5], "4111111111111111": true })).toEqual({
    a: ["411111******1111", 5],
    "411111******1111": true,
  });
});

Deno.test("other digits stay: no Luhn, too few or too many, fractions, ids and UUIDs", () => {
  for (
    const text of [
      "4111111111111112",
      "411111111111",
      "41111111111111111111111111",
      "0.4111111111111111",
      "4111111111111111.5",
      "a4111111111111111bbbbbbbbbbbbbbb",
      "00000000-0000-0000-0000-000000000000",
      "2026-01-05T10:00:00.000Z",
    ]
  ) expect(maskCards(text)).toBe(text);
});

const stream = {
  personal: { ip: "truncate", agent: "drop" } as const,
  key: "ip",
};

Deno.test("of refused messages marks hold at any depth, and what cannot be read is withheld", () => {
  const privacy = new Privacy(undefined);
  const of = (value: string | null, key: string | null = null) =>
    treatRefused(privacy, { ...streamOf(), ...stream }, { key, value });
  expect(of('{"a":{"ip":"203.0.113.7","agent":"x"},"agent":"y","n":1}', "203.0.113.7")).toEqual({
    key: "203.0.113",
    value: '{"a":{"ip":"203.0.113"},"n":1}',
    redacted: true,
  });
  expect(of('{"ip":"203.0.113.7"')).toEqual({ key: null, value: null, redacted: true });
  expect(of('{"n":1}')).toEqual({ key: null, value: '{"n":1}', redacted: false });
  expect(of('{ "n": 1, "n": 2 }')).toMatchObject({ value: '{ "n": 1, "n": 2 }', redacted: false });
  expect(of('{"\\u0069p":"203.0.113.7"}')).toMatchObject({ value: '{"ip":"203.0.113"}', redacted: true });
  expect(of('["203.0.113.7"]')).toMatchObject({ value: null, redacted: true });
  for (const text of ["{", "null", "[[[["]) expect(of(text)).toMatchObject({ value: text, redacted: false });
  expect(of(null)).toEqual({ key: null, value: null, redacted: false });
});

Deno.test("refused messages that are nested 50,000 deep are withheld where they may hold something personal", () => {
  const of = (value: string) =>
    treatRefused(new Privacy(undefined), { ...streamOf(), ...stream }, { key: null, value });
  const lists = `${"[".repeat(50_000)}"203.0.113.7"${"]".repeat(50_000)}`;
  expect(of(`{"ip":${lists}}`)).toEqual({ key: null, value: null, redacted: true });
  expect(of(`${'{"agent":'.repeat(50_000)}1${"}".repeat(50_000)}`)).toMatchObject({ value: null, redacted: true });
});

Deno.test("messages of a stream without personal fields stay as they are, but for card numbers", () => {
  const treat = (value: string) => treatRefused(new Privacy(undefined), streamOf(), { key: null, value });
  expect(treat('{"a": 1,')).toEqual({ key: null, value: '{"a": 1,', redacted: false });
  expect(treat("{4111111111111111")).toEqual({ key: null, value: "{411111******1111", redacted: true });
});

function streamOf() {
  return {
    name: "s",
    alias: "s",
    topics: ["s"],
    format: "json",
    time: { from: "kafka_timestamp" },
    key: undefined,
    lateness: 0,
    idle: 0,
    maxFuture: 0,
    type: { kind: "object", fields: {} },
    personal: {},
    schema: {},
    file: "",
    schemaFile: "",
  } as const;
}

Deno.test("times since 1970 are no card numbers, though a tenth of them pass the check", () => {
  for (let i = 0; i < 200; i++) {
    const millis = 1_795_000_000_000 + i * 7_919;
    for (const time of [millis, millis * 1_000]) {
      expect(maskCardsIn(time)).toBe(time);
      expect(maskCards(`at ${time}`)).toBe(`at ${time}`);
    }
    expect(maskCards(`at ${millis}000000`)).toBe(`at ${millis}000000`);
  }
  expect(maskCards("100100000000006")).toBe(maskCardsIn("100100000000006"));
});
