/**
 * Builds a `Stream` from the parsed YAML of a contract and the parsed JSON Schema of its events. Pure: reading files and
 * refusing unknown keys (`stream_schema.ts`) is the loader's. Every problem is reported, not only the first.
 */
import type { Personal, Stream } from "../model/contract.ts";
import { durationHelp } from "../model/meant_duration.ts";
import type { Path, ProblemKind, ProblemSite } from "../model/problem.ts";
import { contractProblems as problems } from "../model/problems/contracts.ts";
import { type Millis, parseDuration } from "../model/time.ts";
import { parseTopic } from "../model/topic.ts";
import { describeType, type ObjectType } from "../model/type.ts";
import { compileSchema } from "./ajv.ts";
import { type Draft, fieldOf, formatOf, recordOf, type StreamInput, text } from "./contract_draft.ts";
import { timeOf } from "./contract_time.ts";
import { typeOfSchema } from "./schema_type.ts";

export type { StreamInput };

/** Takes a problem of a contract at its place; the site's file is the contract or its schema. */
export type ContractReport = <A>(kind: ProblemKind<A>, site: ProblemSite, facts: A) => void;

/** What is not said in a contract (semantics.md 1). */
export const streamDefaults = { lateness: "10s", idle: "30s", max_future: "5m" } as const;

/** The stream, or undefined when there was an error; warnings are reported beside a stream. */
export function buildStream(input: StreamInput, report: ContractReport): Stream | undefined {
  let failed = false;
  const reportIn = (file: string): Draft["report"] => (kind, path, facts) => {
    failed ||= kind.severity === "error";
    report(kind, { file, path }, facts);
  };
  const yaml = recordOf(input.yaml) ?? {};
  const draft = { input, yaml, report: reportIn(input.file), reportSchema: reportIn(input.schemaFile) };
  const spans = { lateness: duration(draft, "lateness"), idle: duration(draft, "idle") };
  const maxFuture = duration(draft, "max_future");
  const name = text(yaml.stream) ?? input.name;
  const alias = aliasOf(draft, name);
  const schema = readSchema(draft);
  const type = schema === undefined ? undefined : readType(draft, schema);
  if (schema === undefined || type === undefined) return undefined;
  const stream: Stream = {
    name,
    alias,
    topics: topicsOf(draft, name, type),
    format: formatOf(yaml),
    time: timeOf(draft, type),
    key: keyOf(draft, type),
    ...spans,
    maxFuture,
    type,
    personal: personalOf(draft, schema),
    schema,
    file: input.file,
    schemaFile: input.schemaFile,
  };
  return failed ? undefined : stream;
}

function duration(draft: Draft, name: keyof typeof streamDefaults): Millis {
  const written = draft.yaml[name] ?? streamDefaults[name];
  const millis = typeof written === "string" ? parseDuration(written) : undefined;
  if (millis === undefined) {
    const facts = { name, value: JSON.stringify(written), help: durationHelp(String(written)) };
    draft.report(problems.badDuration, [name], facts);
  }
  return millis ?? 0;
}

/** Names that expressions give to other things, and words of CEL that cannot be variables. */
const reserved = new Set(
  "time lists params lookup matched score decision change alert true false null in as break const continue else for function if import let loop package namespace return var void while"
    .split(" "),
);

function aliasOf(draft: Draft, name: string): string {
  const alias = text(draft.yaml.alias) ?? name;
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(alias) || reserved.has(alias)) {
    draft.report(problems.aliasReserved, draft.yaml.alias === undefined ? ["stream"] : ["alias"], { alias });
  }
  return alias;
}

function readSchema(draft: Draft): Stream["schema"] | undefined {
  const { schema, schemaFile } = draft.input;
  if (schema === undefined) {
    draft.report(problems.schemaMissing, ["schema"], { path: schemaFile });
    return undefined;
  }
  const record = recordOf(schema);
  if (record === undefined) draft.reportSchema(problems.schemaNotAnObject, [], { found: "no JSON object" });
  return record !== undefined && isValid(draft, record) ? record : undefined;
}

function isValid(draft: Draft, schema: Stream["schema"]): boolean {
  try {
    compileSchema(schema, "first");
    return true;
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const { path, reason } = firstFault(said);
    draft.reportSchema(problems.schemaInvalid, path, { reason });
    return false;
  }
}

/** The first of the faults that the library lists, with its place: `schema is invalid: data/properties/a/type must …`. */
function firstFault(said: string): { readonly path: Path; readonly reason: string } {
  const found = /^schema is invalid: data(\/\S*)? (.*?)(, data[/ ].*)?$/.exec(said);
  if (found === null) return { path: [], reason: said };
  const path = (found[1] ?? "").split("/").slice(1).map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  return { path, reason: `${path.length === 0 ? "it" : `"${path.join("/")}"`} ${found[2]}` };
}

function readType(draft: Draft, schema: Stream["schema"]): ObjectType | undefined {
  const type = typeOfSchema(schema, (path, field, construct) => {
    draft.reportSchema(problems.untyped, path, { field, construct });
  });
  if (type === undefined) {
    const found = typeof schema.type === "string" && schema.type !== "object"
      ? `a value of type ${schema.type}`
      : "any value";
    draft.reportSchema(problems.schemaNotAnObject, schema.type === undefined ? [] : ["type"], { found });
  }
  return type;
}

function topicsOf(draft: Draft, name: string, type: ObjectType): readonly string[] {
  const written = draft.yaml.topic ?? name;
  const topics = Array.isArray(written) ? written.map(String) : [String(written)];
  topics.forEach((topic, index) => {
    const reason = topicFault(topic, type);
    if (reason === undefined) return;
    draft.report(problems.badTopic, Array.isArray(written) ? ["topic", index] : ["topic"], { topic, reason });
  });
  return topics;
}

/** What is wrong with a topic, to follow its name in a sentence. */
function topicFault(topic: string, type: ObjectType): string | undefined {
  const pattern = parseTopic(topic);
  if (pattern === undefined) return "has a character that no topic can have, or braces that do not pair up";
  if (new Set(pattern.places).size < pattern.places.length) return "names one field in two places";
  for (const place of pattern.places) {
    const field = fieldOf(type, place);
    if (field === undefined) return `has a place {${place}} that the schema does not declare`;
    if (field.type.kind !== "string" && field.type.kind !== "any") {
      return `has a place {${place}} that is ${describeType(field.type)}, expected a string`;
    }
  }
  return undefined;
}

function keyOf(draft: Draft, type: ObjectType): string | undefined {
  const key = text(draft.yaml.key);
  if (key === undefined || fieldOf(type, key) !== undefined) return key;
  const facts = { field: key, candidates: Object.keys(type.fields), schemaFile: draft.input.schemaFile };
  draft.report(problems.keyUnknown, ["key"], facts);
  return key;
}

const marks: readonly Personal[] = ["hash", "mask", "truncate", "drop"];

/** Marks of top-level properties; one that stands deeper would not be followed, so it is an error. */
function personalOf(draft: Draft, schema: Stream["schema"]): Stream["personal"] {
  const found: Record<string, Personal> = {};
  for (const { path, value } of marksIn(schema, [])) {
    const [, field] = path;
    const mark = marks.find((known) => known === value);
    const isTop = path.length === 3 && path[0] === "properties" && typeof field === "string";
    if (mark !== undefined && isTop) found[field] = mark;
    else {
      const said = isTop ? JSON.stringify(value) : "it does not stand at a top-level property";
      draft.reportSchema(problems.personalMark, path, { field: path.slice(0, -1).join("/"), mark: said });
    }
  }
  return found;
}

/** Every `x-personal` of a schema with its path. A property that is itself named `x-personal` is no mark. */
function marksIn(node: unknown, path: Path): readonly { path: Path; value: unknown }[] {
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([name, value]) => {
    const here = [...path, Array.isArray(node) ? Number(name) : name];
    if (name === "x-personal" && path.at(-1) !== "properties") return [{ path: here, value }];
    return marksIn(value, here);
  });
}

/** Reports streams that share a name or an alias. Streams are taken in the order given; the later one is at fault. */
export function checkStreamNames(streams: readonly Stream[], report: ContractReport): void {
  const byName = new Map<string, Stream>();
  const byAlias = new Map<string, Stream>();
  for (const stream of streams) {
    const twin = byName.get(stream.name);
    const holder = byAlias.get(stream.alias);
    if (twin !== undefined) {
      report(problems.streamTaken, { file: stream.file, path: ["stream"] }, {
        stream: stream.name,
        otherFile: twin.file,
      });
    } else if (holder !== undefined) {
      report(problems.aliasTaken, { file: stream.file, path: ["alias"] }, {
        alias: stream.alias,
        stream: stream.name,
        other: holder.name,
        otherFile: holder.file,
      });
    }
    if (twin === undefined) byName.set(stream.name, stream);
    if (holder === undefined) byAlias.set(stream.alias, stream);
  }
}
