/**
 * The type that expressions see of a JSON Schema. What a schema says beyond types (ranges, patterns) is left to the check
 * of events; what has no single type becomes `any` and is reported, because expressions over it go unchecked.
 */
import type { Path } from "../model/problem.ts";
import {
  anyType,
  booleanType,
  type FieldType,
  numberType,
  type ObjectType,
  stringType,
  type Type,
} from "../model/type.ts";

/** Called for a place whose type stays open: its path in the schema, the field, and the construct that opens it. */
export type ReportUntyped = (path: Path, field: string, construct: string) => void;

type Schema = Readonly<Record<string, unknown>>;

/** A type, and whether null is a value beside it. */
interface Typed {
  readonly type: Type;
  readonly nullable: boolean;
}

/** One walk through a schema: its root for references, the references being followed, and who hears of open types. */
interface Walk {
  readonly root: Schema;
  readonly following: readonly string[];
  readonly report: (path: Path, construct: string) => void;
}

const untyped: Typed = { type: anyType, nullable: true };
const nullOnly: Typed = { type: { kind: "null" }, nullable: true };

/** The object type that a schema describes; undefined when it describes no object with properties. */
export function typeOfSchema(schema: Schema, reportUntyped: ReportUntyped): ObjectType | undefined {
  const report = (path: Path, construct: string) => reportUntyped(path, fieldAt(path), construct);
  const { type } = typeOf(schema, [], { root: schema, following: [], report });
  return type.kind === "object" ? type : undefined;
}

/** A schema node as an object; `true` and whatever is no schema say nothing. */
function schemaOf(node: unknown): Schema {
  return typeof node === "object" && node !== null && !Array.isArray(node) ? node as Schema : {};
}

function typeOf(schema: Schema, path: Path, walk: Walk): Typed {
  if (typeof schema.$ref === "string") return typeOfReference(schema, schema.$ref, path, walk);
  if (Array.isArray(schema.allOf)) return typeOfAll(schema, schema.allOf, path, walk);
  for (const keyword of ["anyOf", "oneOf"]) {
    const options = schema[keyword];
    if (Array.isArray(options) && schema.type === undefined) return typeOfOptions(options, [...path, keyword], walk);
  }
  const names = typeNames(schema);
  const types = names.filter((name) => name !== "null");
  if (types.length > 1) {
    walk.report(path, `it may be ${types.join(" or ")}`);
    return { type: anyType, nullable: names.includes("null") };
  }
  if (types[0] === undefined) return names.length > 0 ? nullOnly : untyped;
  return { type: typeOfName(types[0], schema, path, walk), nullable: names.length > 1 };
}

/** Names of the types a schema admits, `integer` as `number`; from `enum` or `const` where `type` is absent. */
function typeNames(schema: Schema): readonly string[] {
  const declared = schema.type ?? valuesOf(schema)?.map(typeNameOf) ??
    (schema.properties === undefined ? [] : ["object"]);
  const names = Array.isArray(declared) ? declared : [declared];
  return [...new Set(names.map((name) => name === "integer" ? "number" : String(name)))];
}

function typeNameOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

/** The values that `enum` or `const` list. */
function valuesOf(schema: Schema): readonly unknown[] | undefined {
  if (Array.isArray(schema.enum)) return schema.enum;
  return schema.const === undefined ? undefined : [schema.const];
}

function typeOfName(name: string, schema: Schema, path: Path, walk: Walk): Type {
  if (name === "number") return numberType;
  if (name === "string") return stringType;
  if (name === "boolean") return booleanType;
  if (name === "array") return typeOfArray(schema, path, walk);
  return name === "object" && schema.properties !== undefined ? typeOfObject(schema, path, walk) : anyType;
}

function typeOfArray(schema: Schema, path: Path, walk: Walk): Type {
  if (schema.prefixItems !== undefined) {
    walk.report(path, "its items differ by position (prefixItems)");
    return { kind: "list", of: anyType };
  }
  return { kind: "list", of: typeOf(schemaOf(schema.items), [...path, "items"], walk).type };
}

function typeOfObject(schema: Schema, path: Path, walk: Walk): ObjectType {
  const required = Array.isArray(schema.required) ? schema.required : [];
  const fields: [string, FieldType][] = [];
  for (const [name, node] of Object.entries(schemaOf(schema.properties))) {
    const property = schemaOf(node);
    const typed = typeOf(property, [...path, "properties", name], walk);
    fields.push([name, fieldType(property, typed, !required.includes(name))]);
  }
  return { kind: "object", fields: Object.fromEntries(fields) };
}

function fieldType(schema: Schema, typed: Typed, absent: boolean): FieldType {
  const values = valuesOf(schema)?.filter((value) => value !== null);
  const texts = values?.filter((value) => typeof value === "string");
  return {
    type: typed.type,
    optional: absent || typed.nullable,
    description: typeof schema.description === "string" ? schema.description : "",
    ...(texts !== undefined && texts.length === values?.length ? { values: texts } : {}),
  };
}

/** Follows a reference within the file; a schema that contains itself has no finite type. */
function typeOfReference(schema: Schema, reference: string, path: Path, walk: Walk): Typed {
  if (walk.following.includes(reference)) {
    walk.report(path, `${reference} contains itself`);
    return untyped;
  }
  const target = targetOf(walk.root, reference);
  if (target === undefined) return untyped;
  const { $ref: _, ...beside } = schema;
  const following = { ...walk, following: [...walk.following, reference] };
  const typed = typeOf(target, path, following);
  return typed.type.kind === "any" ? typeOf(beside, path, walk) : typed;
}

/** The node that `#/a/b` points to; undefined for what is not there or lies in another file, which Ajv refuses. */
function targetOf(root: Schema, reference: string): Schema | undefined {
  if (!reference.startsWith("#")) return undefined;
  let node: unknown = root;
  for (const step of reference.slice(1).split("/").slice(1)) {
    node = schemaOf(node)[decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~")];
  }
  return node === undefined ? undefined : schemaOf(node);
}

/** `allOf`: objects lay their fields together, otherwise the first part that has a type decides. Null must suit all. */
function typeOfAll(schema: Schema, parts: readonly unknown[], path: Path, walk: Walk): Typed {
  const { allOf: _, ...beside } = schema;
  const all = [
    typeOf(beside, path, walk),
    ...parts.map((part, i) => typeOf(schemaOf(part), [...path, "allOf", i], walk)),
  ];
  const typed = all.filter((one) => one.type.kind !== "any");
  const nullable = all.every((one) => one.nullable);
  const objects = typed.flatMap((one) => one.type.kind === "object" ? [one.type] : []);
  if (objects.length < typed.length || objects.length === 0) return { type: typed[0]?.type ?? anyType, nullable };
  return { type: { kind: "object", fields: joinFields(objects) }, nullable };
}

/** Fields of all objects; one that any of them requires is required. */
function joinFields(objects: readonly ObjectType[]): ObjectType["fields"] {
  const joined = new Map<string, FieldType>();
  for (const [name, field] of objects.flatMap((object) => Object.entries(object.fields))) {
    const other = joined.get(name);
    joined.set(name, other === undefined ? field : { ...other, optional: other.optional && field.optional });
  }
  return Object.fromEntries(joined);
}

/** `anyOf`, `oneOf`: one type with or without null has a type, several have none. */
function typeOfOptions(options: readonly unknown[], path: Path, walk: Walk): Typed {
  const all = options.map((option, i) => typeOf(schemaOf(option), [...path, i], walk));
  const typed = all.filter((one) => one.type.kind !== "null");
  const nullable = all.some((one) => one.nullable);
  const first = typed[0];
  if (first === undefined) return nullOnly;
  if (typed.every((one) => JSON.stringify(one.type) === JSON.stringify(first.type))) {
    return { type: first.type, nullable };
  }
  walk.report(path, `it is one of ${typed.length} different schemas`);
  return untyped;
}

/** The field that a path in a schema belongs to, dotted: ["properties", "a", "properties", "b"] is `a.b`. */
function fieldAt(path: Path): string {
  return path.filter((_, i) => path[i - 1] === "properties").join(".");
}
