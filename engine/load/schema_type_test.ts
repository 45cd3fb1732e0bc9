import { expect } from "expect";
import { typeOfSchema } from "./schema_type.ts";

interface Told {
  readonly path: readonly (string | number)[];
  readonly field: string;
  readonly construct: string;
}

/** The type of field `x` under a schema, with what was reported on the way. */
function typed(x: unknown, more: Record<string, unknown> = {}) {
  const told: Told[] = [];
  const schema = { type: "object", properties: { x }, required: ["x"], ...more };
  const type = typeOfSchema(schema, (path, field, construct) => told.push({ path, field, construct }));
  return { field: type?.fields.x, told };
}

const money = { $defs: { money: { type: "number", minimum: 0 } } };

for (
  const [name, schema, kind, optional] of [
    ["a number", { type: "number" }, "number", false],
    ["an integer, which is a number", { type: "integer" }, "number", false],
    ["number beside integer", { type: ["number", "integer"] }, "number", false],
    ["a string", { type: "string" }, "string", false],
    ["a boolean", { type: "boolean" }, "boolean", false],
    ["a type beside null", { type: ["string", "null"] }, "string", true],
    ["null alone", { type: "null" }, "null", true],
    ["an enumeration without a type", { enum: ["a", "b"] }, "string", false],
    ["an enumeration with null", { enum: [1, null] }, "number", true],
    ["a constant", { const: true }, "boolean", false],
    ["a choice between a type and null", { anyOf: [{ type: "number" }, { type: "null" }] }, "number", true],
    [
      "a choice between equal types",
      { oneOf: [{ type: "string", minLength: 9 }, { type: "string" }] },
      "string",
      false,
    ],
    ["a reference within the file", { $ref: "#/$defs/money" }, "number", false],
    ["a reference with a description", { $ref: "#/$defs/money", description: "d" }, "number", false],
    ["allOf with one typed part", { allOf: [{ $ref: "#/$defs/money" }, { maximum: 9 }] }, "number", false],
    ["an object with properties", { type: "object", properties: { y: {} } }, "object", false],
    ["properties without a type", { properties: { y: {} } }, "object", false],
    ["an object without properties", { type: "object" }, "any", false],
    ["anything", {}, "any", true],
    ["anything, written true", true, "any", true],
    ["an array", { type: "array", items: { type: "string" } }, "list", false],
  ] as const
) {
  Deno.test(`${name} is typed ${kind}${optional ? ", and may be null" : ""}`, () => {
    const { field, told } = typed(schema, money);
    expect([field?.type.kind, field?.optional, told]).toEqual([kind, optional, []]);
  });
}

Deno.test("a field that is not required is optional", () => {
  expect(typed({ type: "string" }, { required: [] }).field?.optional).toBe(true);
});

Deno.test("descriptions and values of an enumeration are kept, null is no value", () => {
  const { field } = typed({ type: ["string", "null"], enum: ["a", "b", null], description: "Says a or b." });
  expect(field).toEqual({ type: { kind: "string" }, optional: true, description: "Says a or b.", values: ["a", "b"] });
});

Deno.test("nested objects and lists are typed to the bottom", () => {
  const item = { type: "object", properties: { id: { type: "string" }, n: { type: "number" } }, required: ["id"] };
  const { field } = typed({ type: "array", items: item });
  expect(field?.type).toEqual({
    kind: "list",
    of: {
      kind: "object",
      fields: {
        id: { type: { kind: "string" }, optional: false, description: "" },
        n: { type: { kind: "number" }, optional: true, description: "" },
      },
    },
  });
});

Deno.test("allOf lays the fields of objects together; what one part requires is required", () => {
  const part = (required: string[]) => ({ type: "object", properties: { a: { type: "string" } }, required });
  const { field } = typed({ allOf: [part([]), part(["a"]), { properties: { b: { type: "number" } } }] });
  expect(field?.type).toEqual({
    kind: "object",
    fields: {
      a: { type: { kind: "string" }, optional: false, description: "" },
      b: { type: { kind: "number" }, optional: true, description: "" },
    },
  });
});

for (
  const [name, schema, path, construct] of [
    ["several types", { type: ["string", "number"] }, ["properties", "x"], "it may be string or number"],
    [
      "a choice of different types",
      { anyOf: [{ type: "string" }, { type: "number" }] },
      ["properties", "x", "anyOf"],
      "it is one of 2 different schemas",
    ],
    [
      "items that differ by position",
      { type: "array", prefixItems: [{}] },
      ["properties", "x"],
      "its items differ by position (prefixItems)",
    ],
  ] as const
) {
  Deno.test(`${name}: the type stays open and it is said where`, () => {
    expect(typed(schema).told).toEqual([{ path, field: "x", construct }]);
  });
}

Deno.test("a schema that contains itself stays open where it begins anew", () => {
  const node = { type: "object", properties: { next: { $ref: "#/$defs/node" }, n: { type: "number" } } };
  const { field, told } = typed({ $ref: "#/$defs/node" }, { $defs: { node } });
  expect(field?.type.kind).toBe("object");
  expect(told.map(({ construct }) => construct)).toEqual(["#/$defs/node contains itself"]);
});

Deno.test("a schema of something else than an object with properties has no type", () => {
  for (const schema of [{ type: "string" }, {}, { type: "object" }, { $ref: "#/nowhere" }]) {
    expect(typeOfSchema(schema, () => {})).toBeUndefined();
  }
});
