import { expect } from "expect";
import { buildStream } from "../load/contracts.ts";
import type { Stream } from "../model/contract.ts";
import { recordedLine } from "./decode/place.ts";
import { createDecoder } from "./decode.ts";
import type { Decoded } from "./ports.ts";

const encoder = new TextEncoder();

/** A stream over a small schema; `yaml` and `properties` say what a test needs beside it. */
function stream(yaml: Record<string, unknown>, properties: Record<string, unknown>, required: string[]): Stream {
  const schema = { type: "object", properties, required };
  const input = { name: "things", yaml, file: "things.yaml", schema, schemaFile: "thing.schema.json" };
  const built = buildStream(input, (kind, _site, facts) => {
    if (kind.severity === "error") throw new Error(kind.say(facts).message);
  });
  if (built === undefined) throw new Error("the stream was refused");
  return built;
}

const things = stream({ time: "at" }, {
  at: { type: "string" },
  amount: { type: "number" },
  method: { type: "string", enum: ["card", "paypal"] },
  note: { type: ["string", "null"] },
}, ["at", "amount"]);

const rows = stream({ format: "debezium", time: "change.ts_ms" }, {
  id: { type: "string" },
  quantity: { type: "number" },
}, ["id", "quantity"]);

const at = "2026-01-05T10:00:00Z";
const time = Date.parse(at);

interface Given {
  readonly of?: Stream;
  readonly now?: number;
  readonly recorded?: boolean;
  readonly topic?: string;
  readonly timestamp?: number;
}

/** What a decoder makes of a message: text, bytes, null or a value to be written as JSON. */
function decode(message: unknown, given: Given = {}): Decoded {
  const { of = things, now, recorded = false, topic = "things", timestamp } = given;
  const live = now === undefined ? undefined : { now: () => now };
  const decoder = createDecoder(of, { live, recorded });
  const text = typeof message === "string" ? message : JSON.stringify(message);
  const bytes = message === null ? null : message instanceof Uint8Array ? message : encoder.encode(text);
  return decoder.decode(bytes, topic, timestamp);
}

function verdict(decoded: Decoded) {
  return decoded.outcome === "dead" ? { reason: decoded.reason, detail: decoded.detail } : decoded.outcome;
}

Deno.test("an event that satisfies its contract comes out with its time in milliseconds", () => {
  const decoded = decode({ at: "2026-01-05T12:00:00.1239+02:00", amount: 5, more: { x: 1 } });
  expect(decoded.outcome).toBe("event");
  expect(decoded.time).toBe(time + 123);
  expect(decoded.data).toEqual({ at: "2026-01-05T12:00:00.1239+02:00", amount: 5, more: { x: 1 } });
  expect([decoded.change, decoded.topic, decoded.partition, decoded.offset]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

for (
  const [name, message, reason, detail] of [
    ["a null value", null, "null_value", "the value is null"],
    ["the JSON null", "null", "null_value", "the value is null"],
    ["bytes that are not UTF-8", new Uint8Array([0x7b, 0xff, 0x7d]), "not_utf8", "the bytes are not UTF-8"],
    ["an overlong UTF-8 form", new Uint8Array([0x22, 0xc0, 0x80, 0x22]), "not_utf8", "the bytes are not UTF-8"],
    ["a surrogate written in UTF-8", new Uint8Array([0xed, 0xa0, 0x80]), "not_utf8", "the bytes are not UTF-8"],
    ["text that is not JSON", "{at: 1}", "not_json", "the text is not JSON"],
    ["no bytes at all", "", "not_json", "the text is not JSON"],
    ["a byte order mark inside a topic", '\ufeff{"at":1}', "not_json", "the text is not JSON"],
    ["NaN, which JSON does not have", `{"at":"${at}","amount":NaN}`, "not_json", "the text is not JSON"],
    ["an array", [1], "not_an_object", "the value must be object"],
    ["a number", "7", "not_an_object", "the value must be object"],
    ["a required field that is missing", { at }, "schema", "the event must have required property 'amount'"],
    ["a required field that is null", { at, amount: null }, "schema", "/amount must be number"],
    ["a field of another type", { at, amount: "5" }, "schema", "/amount must be number"],
    [
      "a value outside its enumeration",
      { at, amount: 5, method: "cash" },
      "schema",
      "/method must be equal to one of the allowed values: card, paypal",
    ],
    ["a number that a double cannot hold", `{"at":"${at}","amount":1e400}`, "schema", "/amount must be number"],
    ["the negative of it", `{"at":"${at}","amount":-1e400}`, "schema", "/amount must be number"],
    ["a time that is missing", { amount: 5 }, "schema", "the event must have required property 'at'"],
    [
      "a time that does not exist",
      { at: "2026-02-30T10:00:00Z", amount: 5 },
      "no_time",
      "/at must be an RFC 3339 date-time that exists",
    ],
    [
      "a time without an offset",
      { at: "2026-01-05T10:00:00", amount: 5 },
      "no_time",
      "/at must be an RFC 3339 date-time that exists",
    ],
  ] as const
) {
  Deno.test(`${name} is a dead letter of reason ${reason}`, () => {
    expect(verdict(decode(message))).toEqual({ reason, detail });
  });
}

Deno.test("a dead letter that breaks its contract still tells its time, one without a usable time tells none", () => {
  expect(decode({ at }).time).toBe(time);
  expect(decode({ at: "yesterday", amount: "x" }).time).toBeNaN();
  expect(decode("{").time).toBeNaN();
});

Deno.test("details name fields and what is allowed, never values, which may be personal", () => {
  for (const message of [{ at, amount: "4532011234" }, { at: "4532011234", amount: 1 }, '{"at": 4532011234x']) {
    expect(decode(message).detail).not.toContain("4532011234");
  }
});

Deno.test("an optional field may be null or absent", () => {
  expect(verdict(decode({ at, amount: 1, note: null }))).toBe("event");
  expect(verdict(decode({ at, amount: 1 }))).toBe("event");
});

Deno.test("of duplicate names the last wins", () => {
  expect(decode(`{"at":"x","amount":"x","amount":2,"at":"${at}"}`).data).toEqual({ at, amount: 2 });
});

Deno.test("__proto__ is a name like any other and no prototype is touched", () => {
  for (const recorded of [false, true]) {
    const text = `{"at":"${at}","amount":2,"_offset":4,"__proto__":{"polluted":true},"constructor":{"prototype":1}}`;
    const { data, outcome } = decode(text, { recorded });
    expect(outcome).toBe("event");
    expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
    expect(Object.hasOwn(data, "__proto__")).toBe(true);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  }
});

Deno.test("an integer beyond 2^53 is the nearest double", () => {
  expect(decode(`{"at":"${at}","amount":12345678901234567890}`).data.amount).toBe(12345678901234567000);
});

Deno.test("a string of 900 KB passes, in ASCII and beyond", () => {
  for (const text of ["x".repeat(900_000), "é".repeat(450_000), "[".repeat(900_000)]) {
    const decoded = decode({ at, amount: 1, note: text });
    expect(decoded.outcome).toBe("event");
    expect(decoded.data.note).toBe(text);
  }
});

function nested(levels: number, open: string, close: string): string {
  return `{"at":"${at}","amount":1,"deep":${open.repeat(levels - 1)}0${close.repeat(levels - 1)}}`;
}

Deno.test("nesting is taken up to 1,000 levels and refused beyond", () => {
  for (const [open, close] of [["[", "]"], ['{"a":', "}"]] as const) {
    expect(verdict(decode(nested(1_000, open, close)))).toBe("event");
    expect(decode(nested(1_001, open, close)).reason).toBe("too_deep");
    expect(decode(nested(50_000, open, close)).reason).toBe("too_deep");
  }
});

Deno.test("50,000 brackets that are never closed are no JSON", () => {
  expect(decode("[".repeat(50_000)).reason).toBe("not_json");
});

Deno.test("brackets inside strings are no nesting, whatever is escaped there", () => {
  const note = `${"[".repeat(3_000)}"\\\\\\"${"{".repeat(3_000)}\\`;
  expect(verdict(decode({ at, amount: 1, note }))).toBe("event");
});

Deno.test("many siblings are no nesting", () => {
  expect(verdict(decode({ at, amount: 1, list: Array.from({ length: 5_000 }, () => [{}]) }))).toBe("event");
});

Deno.test("an event further ahead of the wall clock than max_future is refused, one exactly there is not", () => {
  const five = 5 * 60_000;
  expect(verdict(decode({ at, amount: 1 }, { now: time - five }))).toBe("event");
  const ahead = decode({ at, amount: 1 }, { now: time - five - 1 });
  expect(verdict(ahead)).toEqual({ reason: "too_far_ahead", detail: "the time is more than 5m ahead of the clock" });
  expect(ahead.time).toBe(time);
});

Deno.test("without a wall clock no event is too far ahead", () => {
  expect(verdict(decode({ at: "9999-01-01T00:00:00Z", amount: 1 }))).toBe("event");
});

for (
  const [unit, value] of [["s", 1767607200.123], ["ms", 1767607200123], ["us", 1767607200123456], [
    "ns",
    1767607200123456789,
  ]] as const
) {
  Deno.test(`a time in ${unit} becomes milliseconds`, () => {
    const of = stream({ time: "ts", time_unit: unit }, { ts: { type: "number" } }, ["ts"]);
    expect(decode({ ts: value }, { of }).time).toBe(1767607200123);
    expect(verdict(decode({ ts: 1e300 }, { of }))).toEqual({
      reason: "no_time",
      detail: `/ts must be a time in ${unit} within the years 0000 to 9999`,
    });
    expect(decode('{"ts":1e400}', { of }).reason).toBe("schema");
    expect(decode({ ts: "2026" }, { of }).reason).toBe("schema");
  });
}

Deno.test("an optional time that is missing is no usable time", () => {
  const of = stream({ time: "ts", time_unit: "ms" }, { ts: { type: ["number", "null"] } }, []);
  expect([decode({}, { of }).reason, decode({ ts: null }, { of }).reason]).toEqual(["no_time", "no_time"]);
});

Deno.test("kafka_timestamp takes the message's timestamp, in recorded events _timestamp", () => {
  const of = stream({ time: "kafka_timestamp" }, { a: { type: "number" } }, ["a"]);
  expect(decode({ a: 1 }, { of, timestamp: 1767607200123 }).time).toBe(1767607200123);
  expect(decode({ a: 1, _timestamp: 1767607200123 }, { of, recorded: true }).time).toBe(1767607200123);
  expect(verdict(decode({ a: 1 }, { of }))).toEqual({ reason: "no_time", detail: "the message has no timestamp" });
  expect(decode({ a: 1, _timestamp: "soon" }, { of, recorded: true }).reason).toBe("no_time");
});

Deno.test("a recorded event gives its place, which the contract does not see", () => {
  const of = stream({ time: "at" }, { at: { type: "string" }, _offset: { type: "string" } }, ["at"]);
  const line = { _topic: "t", at, _partition: 3, _offset: 42, _timestamp: 7 };
  const decoded = decode(line, { of, recorded: true });
  expect([decoded.topic, decoded.partition, decoded.offset]).toEqual(["t", 3, 42]);
  expect(decoded.data).toEqual({ at });
});

Deno.test("a dead letter keeps the place that its recorded line carries", () => {
  const decoded = decode({ at, _partition: 2, _offset: 9 }, { recorded: true });
  expect([decoded.reason, decoded.topic, decoded.partition, decoded.offset]).toEqual(["schema", undefined, 2, 9]);
});

Deno.test("parts of a place that cannot be one are removed and not used", () => {
  const decoded = decode({ at, amount: 1, _topic: 7, _partition: -1, _offset: 1.5 }, { recorded: true });
  expect([decoded.topic, decoded.partition, decoded.offset]).toEqual([undefined, undefined, undefined]);
  expect(decoded.data).toEqual({ at, amount: 1 });
});

/** Where a message was recorded. */
const place = { topic: "t", partition: 3, offset: 42, timestamp: 7, key: encoder.encode("é") };

Deno.test("a line that holds the bytes of a message becomes what the message was, at its place", () => {
  const recorded: readonly [Uint8Array | null, string][] = [
    [null, "null_value"],
    [new Uint8Array([123, 255]), "not_utf8"],
    [encoder.encode("{"), "not_json"],
    [encoder.encode("[1]"), "not_an_object"],
    [encoder.encode(`{"a":${"[".repeat(1_001)}${"]".repeat(1_001)}}`), "too_deep"],
  ];
  for (const [value, reason] of recorded) {
    const line = JSON.parse(recordedLine({ ...place, value }));
    const decoded = decode(line, { recorded: true });
    expect([decoded.reason, decoded.topic, decoded.partition, decoded.offset]).toEqual([reason, "t", 3, 42]);
    expect(decoded.value).toEqual(value);
  }
});

Deno.test("a recorded line is the text of its event with its place, and reads as the event", () => {
  const texts = [
    '{"at":"2026-01-05T10:00:00Z","amount":1.10}',
    ' { "at": "2026-01-05T10:00:00Z",\r\n "amount": 12345678901234567890, "x": { "_offset": "}" } } \n',
    "{}",
    "{ }",
    '{"at":"2026-01-05T10:00:00Z","amount":1,"_offset":5,"_value":"x"}',
  ];
  for (const text of texts) {
    const line = recordedLine({ ...place, value: encoder.encode(text) });
    expect(line).not.toMatch(/[\r\n]/);
    const live = decode(JSON.parse(text));
    const [before, data] = [live.outcome, live.data];
    const decoded = decode(JSON.parse(line), { recorded: true });
    expect([decoded.outcome, decoded.data]).toEqual([before, data]);
    expect([decoded.topic, decoded.partition, decoded.offset]).toEqual(["t", 3, 42]);
  }
  expect(recordedLine({ ...place, value: encoder.encode(texts[0]!) })).toBe(
    '{"at":"2026-01-05T10:00:00Z","amount":1.10,"_topic":"t","_partition":3,"_offset":42,"_timestamp":7,"_key":"é"}',
  );
});

Deno.test("a recorded key is text, or base 64 where its bytes are none; no key is no field", () => {
  const fieldsOf = (key: Uint8Array | null) => JSON.parse(recordedLine({ ...place, key, value: encoder.encode("{}") }));
  expect(fieldsOf(null)).toEqual({ _topic: "t", _partition: 3, _offset: 42, _timestamp: 7 });
  expect(fieldsOf(new Uint8Array())._key).toBe("");
  expect(fieldsOf(new Uint8Array([255, 0]))).toEqual({ ...fieldsOf(null), _key64: "/wA=" });
});

Deno.test("_value beside other fields is a field of the event", () => {
  expect(decode({ at, amount: 1, _offset: 5, _value: "AA==" }, { recorded: true }).data).toEqual({
    ...{ at, amount: 1, _value: "AA==" },
  });
});

Deno.test("in a live stream _offset is a field like any other", () => {
  const decoded = decode({ at, amount: 1, _offset: 5 });
  expect(decoded.data).toEqual({ at, amount: 1, _offset: 5 });
  expect(decoded.offset).toBeUndefined();
});

Deno.test("nothing of one message is left in the next", () => {
  const decoder = createDecoder(rows, { live: undefined, recorded: true });
  const say = (value: unknown) => decoder.decode(encoder.encode(JSON.stringify(value)), "rows", undefined);
  say({ op: "c", ts_ms: 1, after: { id: "a", quantity: 1 }, _topic: "t", _partition: 1, _offset: 2 });
  const { data, change, topic, partition, offset, time } = decoder.decode(encoder.encode("{"), "rows", undefined);
  expect({ data, change, topic, partition, offset }).toEqual({ data: {} });
  expect(time).toBeNaN();
});

const after = { id: "a", quantity: 4 };
const before = { id: "a", quantity: 7 };
for (
  const [name, envelope, row, op, was] of [
    ["a created row", { op: "c", before: null, after, ts_ms: 5 }, after, "c", null],
    ["an updated row", { op: "u", before, after, ts_ms: 5 }, after, "u", before],
    ["a row read by a snapshot", { op: "r", after, ts_ms: 5 }, after, "r", null],
    ["a deleted row, as it was", { op: "d", before, after: null, ts_ms: 5 }, before, "d", before],
  ] as const
) {
  for (const [form, message] of [["plain", envelope], ["in payload", { schema: {}, payload: envelope }]] as const) {
    Deno.test(`Debezium, ${form}: ${name}`, () => {
      const decoded = decode(message, { of: rows });
      expect(verdict(decoded)).toBe("event");
      expect([decoded.data, decoded.change, decoded.time]).toEqual([row, { op, before: was, ts_ms: 5 }, 5]);
    });
  }
}

Deno.test("Debezium: a tombstone is skipped, as null, as the text null and as an empty payload", () => {
  for (const message of [null, "null", { schema: null, payload: null }]) {
    expect(verdict(decode(message, { of: rows }))).toBe("skipped");
  }
});

for (
  const [name, message, detail] of [
    ["no envelope", after, "/op must be equal to one of the allowed values: c, u, d, r"],
    ["a truncation", { op: "t", ts_ms: 5 }, "/op must be equal to one of the allowed values: c, u, d, r"],
    ["a payload that is no envelope", { payload: 7 }, "/payload must be object"],
    ["an update without a row", { op: "u", before, after: null, ts_ms: 5 }, "/after must be object"],
    ["a delete without the row before", { op: "d", before: null, ts_ms: 5 }, "/before must be object"],
    [
      "a row that breaks its contract",
      { op: "c", after: { id: "a" }, ts_ms: 5 },
      "the event must have required property 'quantity'",
    ],
  ] as const
) {
  Deno.test(`Debezium: ${name} is a dead letter of reason schema`, () => {
    expect(verdict(decode(message, { of: rows }))).toEqual({ reason: "schema", detail });
  });
}

Deno.test("Debezium: a change without ts_ms has no usable time", () => {
  const decoded = decode({ op: "c", after }, { of: rows });
  expect(verdict(decoded)).toEqual({ reason: "no_time", detail: "change.ts_ms must be a time in ms" });
});

Deno.test("Debezium: the time may be the source's, or a field of the row", () => {
  const bySource = stream({ format: "debezium", time: "change.source_ts_ms" }, { id: { type: "string" } }, ["id"]);
  expect(decode({ op: "c", after, ts_ms: 5, source: { ts_ms: 3 } }, { of: bySource }).time).toBe(3);
  const byRow = stream({ format: "debezium", time: "at" }, { at: { type: "string" } }, ["at"]);
  expect(decode({ op: "d", before: { at }, ts_ms: 5 }, { of: byRow }).time).toBe(time);
});

Deno.test("places of a topic's name fill the fields that an event lacks", () => {
  const of = stream({ topic: "factory-{factory}.{type}", time: "kafka_timestamp" }, {
    factory: { type: "string" },
    type: { type: "string", enum: ["flow", "vibration"] },
  }, ["factory", "type"]);
  const given = { of, timestamp: 1, topic: "factory-lyon-2.flow" };
  expect(decode({}, given).data).toEqual({ factory: "lyon-2", type: "flow" });
  expect(decode({ type: "vibration", factory: null }, given).data).toEqual({ factory: "lyon-2", type: "vibration" });
  expect(decode({}, { ...given, topic: "other" }).reason).toBe("schema");
  const line = { _topic: "factory-a.vibration" };
  expect(decode(line, { ...given, recorded: true }).data).toEqual({ factory: "a", type: "vibration" });
});
