import { expect } from "expect";
import type { Stream } from "../model/contract.ts";
import { type Problem, problem } from "../model/problem.ts";
import { buildStream, checkStreamNames } from "./contracts.ts";

const schema = {
  type: "object",
  properties: {
    order_id: { type: "string", "x-personal": "hash" },
    amount: { type: "number" },
    created_at: { type: "string" },
    updated_at: { type: ["string", "null"] },
    paid: { type: "boolean" },
    factory: { type: "string" },
  },
  required: ["order_id", "amount", "created_at", "paid", "factory"],
};

/** The stream of a contract with changes, and what was reported. */
function built(yaml: Record<string, unknown>, of: unknown = schema, name = "payments") {
  const problems: Problem[] = [];
  const input = {
    name,
    yaml: { stream: name, schema: "../events/payment.schema.json", time: "created_at", ...yaml },
    file: `contracts/streams/${name}.yaml`,
    schema: of,
    schemaFile: "contracts/events/payment.schema.json",
  };
  const stream = buildStream(input, (kind, site, facts) => void problems.push(problem(kind, site, facts)));
  return { stream, problems };
}

/** The fault alone: code, place, message and help. */
function faults(yaml: Record<string, unknown>, of?: unknown) {
  const { stream, problems } = built(yaml, of);
  if (problems.some(({ severity }) => severity === "error")) expect(stream).toBeUndefined();
  return problems.map(({ code, file, path, message, help }) => [
    code,
    `${file.replace("contracts/", "")}:${path.join("/")}`,
    message,
    help,
  ]);
}

Deno.test("what a contract does not say takes its default", () => {
  const { stream, problems } = built({});
  expect(problems).toEqual([]);
  expect(stream).toMatchObject({
    name: "payments",
    alias: "payments",
    topics: ["payments"],
    format: "json",
    time: { from: "field", field: "created_at", unit: undefined },
    key: undefined,
    lateness: 10_000,
    idle: 30_000,
    maxFuture: 300_000,
    personal: { order_id: "hash" },
  });
});

Deno.test("what a contract says is taken", () => {
  const { stream } = built({
    alias: "payment",
    topic: ["a", "b-{factory}"],
    format: "debezium",
    time: "change.source_ts_ms",
    key: "order_id",
    lateness: "1m",
    idle: "500ms",
    max_future: "0s",
  });
  expect(stream).toMatchObject({
    alias: "payment",
    topics: ["a", "b-{factory}"],
    format: "debezium",
    time: { from: "change", field: "source_ts_ms" },
    key: "order_id",
    lateness: 60_000,
    idle: 500,
    maxFuture: 0,
  });
  expect(built({ time: "kafka_timestamp" }).stream?.time).toEqual({ from: "kafka_timestamp" });
  expect(built({ time: "amount", time_unit: "us" }).stream?.time).toEqual({
    from: "field",
    field: "amount",
    unit: "us",
  });
});

Deno.test("a duration that cannot be read is refused, with the way out", () => {
  expect(faults({ lateness: "10 seconds", idle: 30 })).toEqual([
    [
      "V100",
      "streams/payments.yaml:lateness",
      '"lateness" is not a duration: "10 seconds"',
      "write 10s: a whole number and one unit",
    ],
    [
      "V100",
      "streams/payments.yaml:idle",
      '"idle" is not a duration: 30',
      "write a whole number and a unit: 500ms, 5s, 10m, 24h or 7d",
    ],
  ]);
});

Deno.test("a schema that does not exist is named, with the other problems of the contract", () => {
  const problems: Problem[] = [];
  const yaml = { stream: "payments", schema: "../events/pay.json", time: "created_at", idle: "soon" };
  const input = { name: "payments", yaml, file: "payments.yaml", schema: undefined, schemaFile: "events/pay.json" };
  expect(buildStream(input, (kind, site, facts) => void problems.push(problem(kind, site, facts)))).toBeUndefined();
  expect(problems.map(({ code, path }) => [code, path])).toEqual([["V100", ["idle"]], ["V101", ["schema"]]]);
  expect(problems[1]?.message).toBe('Cannot read the schema of the stream: "events/pay.json" does not exist');
});

Deno.test("a time that is no field is refused with the nearest name", () => {
  expect(faults({ time: "craeted_at" })).toEqual([
    [
      "V104",
      "streams/payments.yaml:time",
      'Event time "craeted_at" is not declared in the schema',
      'did you mean "created_at"?',
    ],
  ]);
});

Deno.test("a time that is far from every name is refused with all that could be one", () => {
  expect(faults({ time: "zzz" })[0]?.[3]).toBe(
    'fields that can hold a time are "order_id", "amount", "created_at", "updated_at", "factory"',
  );
});

Deno.test("a text takes no time_unit, a number needs one", () => {
  expect(faults({ time_unit: "ms" })).toEqual([
    [
      "V105",
      "streams/payments.yaml:time_unit",
      'Event time "created_at" is a string, which takes no time_unit: ms',
      "remove time_unit, or name a field that holds a number since 1970",
    ],
  ]);
  expect(faults({ time: "amount" })).toEqual([
    [
      "V105",
      "streams/payments.yaml:time",
      'Event time "amount" is a number and has no time_unit',
      "add time_unit: s, ms, us or ns",
    ],
  ]);
  expect(faults({ time: "kafka_timestamp", time_unit: "ms" }).map(([code]) => code)).toEqual(["V105"]);
});

Deno.test("a boolean cannot be a time", () => {
  expect(faults({ time: "paid" })[0]?.slice(0, 3)).toEqual([
    "V106",
    "streams/payments.yaml:time",
    'Event time "paid" is a boolean, expected a string or a number',
  ]);
});

Deno.test("an optional time is a warning, and the stream is built", () => {
  const { stream, problems } = built({ time: "updated_at" });
  expect(problems.map(({ code, severity }) => [code, severity])).toEqual([["V107", "warning"]]);
  expect(stream?.time).toEqual({ from: "field", field: "updated_at", unit: undefined });
});

Deno.test("the time of a change needs the format debezium", () => {
  expect(faults({ time: "change.ts_ms" })[0]?.slice(0, 3)).toEqual([
    "V108",
    "streams/payments.yaml:time",
    'Event time "change.ts_ms" needs "format: debezium", the format is json',
  ]);
});

Deno.test("a key that is no field is refused with the nearest name", () => {
  expect(faults({ key: "orderid" })).toEqual([
    ["V109", "streams/payments.yaml:key", 'Key "orderid" is not declared in the schema', 'did you mean "order_id"?'],
  ]);
});

Deno.test("an alias that expressions cannot use is refused", () => {
  for (const alias of ["time", "lists", "in", "my-alias", "9x"]) {
    expect(faults({ alias })[0]?.slice(0, 3)).toEqual([
      "V112",
      "streams/payments.yaml:alias",
      `Alias "${alias}" cannot be used in expressions`,
    ]);
  }
});

for (
  const [topic, message] of [
    ["a b", 'Topic "a b" has a character that no topic can have, or braces that do not pair up'],
    ["f-{factory", 'Topic "f-{factory" has a character that no topic can have, or braces that do not pair up'],
    ["{factory}.{factory}", 'Topic "{factory}.{factory}" names one field in two places'],
    ["f-{plant}", 'Topic "f-{plant}" has a place {plant} that the schema does not declare'],
    ["f-{amount}", 'Topic "f-{amount}" has a place {amount} that is a number, expected a string'],
  ] as const
) {
  Deno.test(`topic "${topic}" is refused`, () => {
    expect(faults({ topic: ["fine", topic] })[0]?.slice(0, 3)).toEqual([
      "V113",
      "streams/payments.yaml:topic/1",
      message,
    ]);
  });
}

Deno.test("a personal mark that nobody could follow is refused, so that nothing leaks by mistake", () => {
  const email = { type: "string", "x-personal": "encrypt" };
  const person = { type: "object", properties: { email: { type: "string", "x-personal": "hash" } } };
  const marked = { ...schema, properties: { ...schema.properties, email, person } };
  expect(faults({}, marked).map((fault) => fault.slice(0, 3))).toEqual([
    [
      "V114",
      "events/payment.schema.json:properties/email/x-personal",
      '"x-personal" of "properties/email" cannot be followed: "encrypt"',
    ],
    [
      "V114",
      "events/payment.schema.json:properties/person/properties/email/x-personal",
      '"x-personal" of "properties/person/properties/email" cannot be followed: it does not stand at a top-level property',
    ],
  ]);
});

Deno.test("a schema that is no object, or that describes none, is refused at its file", () => {
  expect(faults({}, [])[0]?.slice(0, 2)).toEqual(["V102", "events/payment.schema.json:"]);
  expect(faults({}, { type: "string" })[0]?.slice(0, 3)).toEqual([
    "V102",
    "events/payment.schema.json:type",
    "The schema of an event describes a value of type string, expected an object with properties",
  ]);
});

Deno.test("a schema that JSON Schema refuses is refused with the reason", () => {
  const wrong = { ...schema, properties: { ...schema.properties, amount: { type: "numbr" } } };
  expect(faults({}, wrong)[0]?.[0]).toBe("V103");
  const lost = { ...schema, properties: { ...schema.properties, amount: { $ref: "#/$defs/money" } } };
  expect(faults({}, lost)[0]?.[2]).toContain("#/$defs/money");
});

Deno.test("a field without a single type is a warning at its place, and the stream is built", () => {
  const open = { ...schema, properties: { ...schema.properties, note: { type: ["string", "number"] } } };
  expect(faults({}, open)).toEqual([
    [
      "V115",
      "events/payment.schema.json:properties/note",
      'Field "note" has no single type: it may be string or number',
      "declare one type, with null beside it where the field may be empty",
    ],
  ]);
  expect(built({}, open).stream?.type.fields.note?.type).toEqual({ kind: "any" });
});

Deno.test("every problem of a contract comes in one run", () => {
  const codes = faults({ lateness: "x", alias: "time", topic: "a b", time: "paid", key: "no" }).map(([code]) => code);
  expect(codes).toEqual(["V100", "V112", "V113", "V106", "V109"]);
});

Deno.test("one schema may be read again after a reload, with the same $id", () => {
  for (const _ of [1, 2]) expect(built({}, { ...schema, $id: "https://example.com/payment" }).problems).toEqual([]);
});

Deno.test("two streams cannot share a name or an alias; the later one is at fault", () => {
  const of = (name: string, alias: string): Stream => {
    const { stream } = built({ alias }, schema, name);
    if (stream === undefined) throw new Error("the stream was refused");
    return stream;
  };
  const problems: Problem[] = [];
  const streams = [of("a", "x"), of("b", "y"), of("c", "x"), of("b", "z")];
  checkStreamNames(streams, (kind, site, facts) => void problems.push(problem(kind, site, facts)));
  expect(problems.map(({ code, file, path, message }) => [code, file, path, message])).toEqual([
    ["V110", "contracts/streams/c.yaml", ["alias"], 'Alias "x" of stream "c" belongs to stream "a" already'],
    ["V111", "contracts/streams/b.yaml", ["stream"], 'Stream "b" is declared twice'],
  ]);
});
