/** Words what a JSON Schema says about a document: unknown and missing keys, wrong types, words and durations. */
import { durationHelp } from "../model/meant_duration.ts";
import { nearest, type Path, type ProblemKind } from "../model/problem.ts";
import { documentProblems as problems } from "../model/problems/documents.ts";
import { isFields, type Value } from "../model/value.ts";
import type { SchemaCheck, SchemaError } from "./ajv.ts";
import { meantKey, sentenceFor } from "./meant_key.ts";

/** Takes a problem at a path below the value that was checked. */
export type StructureReport = <A>(kind: ProblemKind<A>, path: Path, facts: A, at?: "key" | "value") => void;

/** Says where a key that the value itself does not have belongs. */
export type Elsewhere = (key: string) => string | undefined;

/** True when the value has the structure; else everything that is wrong is reported. `owner` names it in a sentence. */
export function checkStructure(
  check: SchemaCheck,
  value: Value,
  owner: string,
  report: StructureReport,
  elsewhere: Elsewhere = () => undefined,
): boolean {
  if (check(value)) return true;
  const seen = new Set<string>();
  const once: StructureReport = (kind, path, facts, at) => {
    const mark = `${kind.code} ${JSON.stringify(path)}`;
    if (!seen.has(mark)) report(kind, path, facts, at);
    seen.add(mark);
  };
  for (const error of withoutMisspelt(leading(check.errors ?? []))) say(error, value, { owner, elsewhere }, once);
  return false;
}

/** A key that is missing because it is misspelt beside is one mistake, not two. */
function withoutMisspelt(errors: readonly SchemaError[]): readonly SchemaError[] {
  const unknown = errors.filter(({ keyword }) => keyword === "additionalProperties");
  return errors.filter((error) =>
    error.keyword !== "required" ||
    !unknown.some((other) =>
      other.instancePath === error.instancePath && meantBy(other) === String(error.params.missingProperty)
    )
  );
}

/** The key that an unknown key was meant to be. */
function meantBy({ params, parentSchema, data }: SchemaError): string | undefined {
  const known = Object.keys(isRecord(parentSchema?.properties) ? parentSchema.properties : {});
  return meantKey(String(params.additionalProperty), known, Object.keys(isRecord(data) ? data : {}));
}

/** The errors that matter: of a choice (`anyOf`), those of the one branch that was meant. */
function leading(errors: readonly SchemaError[]): readonly SchemaError[] {
  let kept = errors;
  for (const choice of errors.filter(({ keyword }) => keyword === "anyOf" || keyword === "oneOf")) {
    if (!kept.includes(choice)) continue;
    const inside = kept.filter((error) => error !== choice && isWithin(error, choice));
    const branch = meant(choice, inside);
    const dropped = new Set(branch === undefined ? inside : [choice, ...inside.filter((error) => !branch.has(error))]);
    kept = kept.filter((error) => !dropped.has(error));
  }
  return kept;
}

function isWithin(error: SchemaError, choice: SchemaError): boolean {
  const deeper = error.instancePath.startsWith(`${choice.instancePath}/`);
  return error.schemaPath.startsWith(`${choice.schemaPath}/`) ||
    (deeper && error.schemaPath.startsWith("#/$defs/"));
}

/** Errors of the branch whose type and keys are those of the value, and of several the one with the fewest. */
function meant(choice: SchemaError, inside: readonly SchemaError[]): ReadonlySet<SchemaError> | undefined {
  const branches = new Map<string, SchemaError[]>();
  for (const error of inside) {
    const branch = error.schemaPath.startsWith(choice.schemaPath)
      ? error.schemaPath.slice(choice.schemaPath.length + 1).split("/")[0] ?? ""
      : "";
    branches.set(branch, [...branches.get(branch) ?? [], error]);
  }
  branches.delete("");
  const plausible = [...branches.values()].filter((errors) => !errors.some((error) => isOfAnotherType(error, choice)));
  const lacks = (errors: readonly SchemaError[]) => errors.filter(({ keyword }) => keyword === "required").length;
  plausible.sort((a, b) => lacks(a) - lacks(b) || a.length - b.length);
  return plausible[0] === undefined ? undefined : new Set(plausible[0]);
}

function isOfAnotherType(error: SchemaError, choice: SchemaError): boolean {
  if (error.instancePath !== choice.instancePath) return false;
  if (error.keyword === "type") return true;
  const [first] = Array.isArray(error.schema) ? error.schema : [];
  return error.keyword === "enum" && typeof first !== typeof error.data;
}

/** How what was checked is named, and where its misplaced keys belong. */
interface Checked {
  readonly owner: string;
  readonly elsewhere: Elsewhere;
}

function say(error: SchemaError, root: Value, { owner, elsewhere }: Checked, report: StructureReport): void {
  const path = pathOf(error.instancePath, root);
  const name = String(path.findLast((part) => typeof part === "string") ?? owner);
  const { params, parentSchema = {}, data } = error;
  const found = describe(data);
  const says = saysOfItself(parentSchema);
  switch (error.keyword) {
    case "additionalProperties":
    case "unevaluatedProperties": {
      const key = String(params.additionalProperty ?? params.unevaluatedProperty);
      const known = Object.keys(isRecord(parentSchema.properties) ? parentSchema.properties : {});
      const present = Object.keys(isRecord(data) ? data : {});
      const hint = sentenceFor(key, known) ?? (path.length === 0 ? elsewhere(key) : undefined);
      const free = known.filter((name) => !present.includes(name));
      const facts = { key, owner: ownerOf(path, owner), nearest: meantKey(key, known, present), known: free, hint };
      return report(problems.unknownKey, [...path, key], facts, "key");
    }
    case "required": {
      const key = String(params.missingProperty);
      return report(problems.missingKey, path, { key, owner: ownerOf(path, owner), says: saysOf(parentSchema, key) });
    }
    case "enum":
      return sayWord(error, path, name, report);
    case "type":
      return report(problems.wrongKind, path, {
        name,
        expected: expectedOf(parentSchema),
        found,
        says,
        help: helpFor(parentSchema, data),
      });
    case "anyOf":
    case "oneOf": {
      const expected = (Array.isArray(error.schema) ? error.schema : []).map(expectedOf).join(", or ");
      return report(problems.wrongKind, path, { name, expected, found, says, help: undefined });
    }
    case "format":
      return report(problems.badDuration, path, { name, value: String(data), help: durationHelp(String(data)) });
    case "propertyNames":
      return;
    default:
      return sayBound(error, path, name, found, report);
  }
}

/** A word that is not one of those allowed: a value, or the name of a key. */
function sayWord(error: SchemaError, path: Path, name: string, report: StructureReport): void {
  const { data, schema, parentSchema } = error;
  const known = (Array.isArray(schema) ? schema : []).map(String);
  const isWord = Array.isArray(schema) && schema.some((word) => typeof word === "string");
  if (typeof data !== "string" || !isWord) {
    const expected = known.length === 1 ? known.join() : `one of ${known.join(", ")}`;
    return report(problems.wrongKind, path, {
      name,
      expected,
      found: describe(data),
      says: saysOfItself(parentSchema),
      help: undefined,
    });
  }
  const facts = { name, value: data, nearest: nearest(data, known), known };
  if (isOfKey(error)) report(problems.unknownWord, [...path, data], facts, "key");
  else report(problems.unknownWord, path, facts);
}

/** Whether the name of a key is at fault, not its value. */
function isOfKey(error: SchemaError): boolean {
  return error.schemaPath.includes("/propertyNames/");
}

function sayBound(error: SchemaError, path: Path, name: string, found: string, report: StructureReport): void {
  if (isOfKey(error)) {
    const key = String(error.data);
    const facts = { name: key, wants: "be a name of letters, digits and _", found: `"${key}"` };
    return report(problems.outOfRange, [...path, key], facts, "key");
  }
  const { limit } = error.params;
  const wants: Record<string, string> = {
    minimum: `be at least ${limit}`,
    maximum: `be at most ${limit}`,
    exclusiveMinimum: `be more than ${limit}`,
    exclusiveMaximum: `be less than ${limit}`,
    minItems: `have at least ${count(limit, "item")}`,
    maxItems: `have at most ${count(limit, "item")}`,
    minProperties: `have at least ${count(limit, "key")}`,
    maxProperties: `have at most ${count(limit, "key")}`,
    minLength: "not be empty",
    uniqueItems: "not repeat a value",
    pattern: "be a name of letters, digits, _ and -",
  };
  const says = saysOfItself(error.parentSchema);
  if (error.keyword === "pattern" && !isNamePattern(String(error.schema))) {
    const help = says === undefined ? undefined : `"${name}": ${says}`;
    return report(problems.outOfRange, path, { name, wants: "have another form", found, ...(help && { help }) });
  }
  const facts = { name, wants: wants[error.keyword] ?? error.message ?? "be another one", found };
  const slug = String(error.data).trim().toLowerCase().replace(/[^a-z0-9_.]+/g, "-").replace(/^[^a-z0-9]+|-$/g, "");
  const isName = error.keyword === "pattern" && slug !== "";
  report(problems.outOfRange, path, isName ? { ...facts, help: `write ${slug}` } : facts);
}

/** Whether a pattern takes plain words. */
function isNamePattern(pattern: string): boolean {
  return new RegExp(pattern).test("name") && !new RegExp(pattern).test("a b");
}

function count(limit: unknown, what: string): string {
  return `${limit} ${what}${limit === 1 ? "" : "s"}`;
}

function ownerOf(path: Path, owner: string): string {
  const last = path.findLast((part) => typeof part === "string");
  return last === undefined ? owner : `"${last}"`;
}

function saysOfItself(schema: SchemaError["parentSchema"]): string | undefined {
  return typeof schema?.description === "string" ? schema.description : undefined;
}

function saysOf(schema: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const property = isRecord(schema.properties) ? schema.properties[key] : undefined;
  return isRecord(property) && typeof property.description === "string" ? property.description : undefined;
}

/** Keys and indexes of a JSON pointer. */
function pathOf(pointer: string, root: Value): Path {
  const path: (string | number)[] = [];
  let value: Value | undefined = root;
  for (const part of pointer.split("/").slice(1)) {
    const key = decodeURIComponent(part.replaceAll("%", "%25")).replaceAll("~1", "/").replaceAll("~0", "~");
    path.push(Array.isArray(value) ? Number(key) : key);
    value = Array.isArray(value) ? value[Number(key)] : isFields(value) ? value[key] : undefined;
  }
  return path;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The way out where the value of another type shows what was meant. */
function helpFor(schema: Readonly<Record<string, unknown>>, data: unknown): string | undefined {
  if (typeof data === "number" && (schema.format === "duration" || schema.format === "offset")) {
    return `add a unit, such as ${data}s or ${data}m`;
  }
  const takesText = Array.isArray(schema.type) && schema.type.includes("string");
  return Array.isArray(data) && takesText ? "combine conditions as `all: [ … ]` or `any: [ … ]`" : undefined;
}

const typeNames: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  object: "a map",
  array: "a list",
};

/** What a schema takes, to stand behind "expected". */
function expectedOf(schema: unknown): string {
  if (!isRecord(schema)) return "another value";
  if (schema.format === "duration" || schema.format === "offset") return "a duration such as 5m";
  if (Array.isArray(schema.enum)) return `one of ${schema.enum.join(", ")}`;
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  return types.map((type) => typeNames[String(type)] ?? "another value").join(" or ");
}

/** A value, to stand behind "found". */
function describe(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return Object.keys(value).length === 0 ? "an empty map" : "a map";
  if (typeof value === "string") return value === "" ? "an empty string" : `the string "${value}"`;
  return typeof value === "number" ? `the number ${value}` : String(value);
}
