/** Problems of contracts: the stream's YAML and the JSON Schema of its events (V100 to V119). Wording lives only here. */
import { nearest, problemKind } from "../problem.ts";

const list = (names: readonly string[]) => names.map((name) => `"${name}"`).join(", ");

/** Help that names the nearest candidate, else all of them. */
function among(name: string, candidates: readonly string[], what: string): string {
  const near = nearest(name, candidates);
  if (near !== undefined) return `did you mean "${near}"?`;
  return candidates.length === 0 ? `the schema declares no ${what}` : `${what} are ${list(candidates)}`;
}

export const contractProblems = {
  badDuration: problemKind<{ name: string; value: string; help: string }>({
    code: "V100",
    severity: "error",
    title: "A duration of a contract cannot be read",
    explains: "`lateness`, `idle` and `max_future` are whole numbers with a unit: `500ms`, `5s`, `10m`, `24h`, `7d`.",
    say: ({ name, value, help }) => ({ message: `"${name}" is not a duration: ${value}`, help }),
  }),
  schemaMissing: problemKind<{ path: string }>({
    code: "V101",
    severity: "error",
    title: "The schema of a stream does not exist",
    explains: "`schema` names a JSON Schema file, relative to the contract that names it.",
    say: ({ path }) => ({
      message: `Cannot read the schema of the stream: "${path}" does not exist`,
      help: 'write the path relative to this file, such as "../events/payment.schema.json"',
    }),
  }),
  schemaNotAnObject: problemKind<{ found: string }>({
    code: "V102",
    severity: "error",
    title: "The schema does not describe an object",
    explains: 'An event is a JSON object, so its schema has `"type": "object"` and `properties`.',
    say: ({ found }) => ({
      message: `The schema of an event describes ${found}, expected an object with properties`,
      help: 'write "type": "object" and declare the fields of the event under "properties"',
    }),
  }),
  schemaInvalid: problemKind<{ reason: string }>({
    code: "V103",
    severity: "error",
    title: "The schema is not valid JSON Schema",
    explains: "The file must be JSON Schema 2020-12; references may point into the same file only (`#/$defs/...`).",
    say: ({ reason }) => ({
      message: `The schema is not valid JSON Schema 2020-12: ${reason}`,
      help: "see https://json-schema.org/draft/2020-12 for what each keyword takes",
    }),
  }),
  timeUnknown: problemKind<{ field: string; candidates: readonly string[]; schemaFile: string }>({
    code: "V104",
    severity: "error",
    title: "The time of a stream is no field of its events",
    explains:
      "`time` names a top-level field of the event, `kafka_timestamp`, or for Debezium `change.ts_ms` or `change.source_ts_ms`.",
    say: ({ field, candidates, schemaFile }) => ({
      message: `Event time "${field}" is not declared in the schema`,
      notes: [`events are declared in ${schemaFile}`],
      help: among(field, candidates, "fields that can hold a time"),
    }),
  }),
  timeUnit: problemKind<{ field: string; type: string; unit: string | undefined }>({
    code: "V105",
    severity: "error",
    title: "The unit of a time does not fit its field",
    explains:
      "A number needs `time_unit` (`s`, `ms`, `us` or `ns`, counted since 1970); RFC 3339 text, `kafka_timestamp` and `change.*` have none.",
    say: ({ field, type, unit }) => ({
      message: unit === undefined
        ? `Event time "${field}" is ${type} and has no time_unit`
        : `Event time "${field}" is ${type}, which takes no time_unit: ${unit}`,
      help: unit === undefined
        ? "add time_unit: s, ms, us or ns"
        : "remove time_unit, or name a field that holds a number since 1970",
    }),
  }),
  timeType: problemKind<{ field: string; type: string; schemaFile: string }>({
    code: "V106",
    severity: "error",
    title: "The time of a stream has a type that cannot be a time",
    explains: "Event time is RFC 3339 text or a number with `time_unit`.",
    say: ({ field, type, schemaFile }) => ({
      message: `Event time "${field}" is ${type}, expected a string or a number`,
      notes: [`declared in ${schemaFile}`],
      help: "name a field that holds RFC 3339 text, or a number together with time_unit",
    }),
  }),
  timeOptional: problemKind<{ field: string; schemaFile: string }>({
    code: "V107",
    severity: "warning",
    title: "The time of a stream may be missing",
    explains: "An event without a usable time goes to the dead letters, so its field should be required and not null.",
    say: ({ field, schemaFile }) => ({
      message: `Event time "${field}" is optional: events without it become dead letters`,
      notes: [`declared in ${schemaFile}`],
      help: `add "${field}" to "required", or name a field that every event has`,
    }),
  }),
  changeWithoutDebezium: problemKind<{ field: string }>({
    code: "V108",
    severity: "error",
    title: "The time of a change in a stream without changes",
    explains: "`change.ts_ms` and `change.source_ts_ms` are parts of a Debezium envelope.",
    say: ({ field }) => ({
      message: `Event time "${field}" needs "format: debezium", the format is json`,
      help: "write format: debezium, or name a field of the event",
    }),
  }),
  keyUnknown: problemKind<{ field: string; candidates: readonly string[]; schemaFile: string }>({
    code: "V109",
    severity: "error",
    title: "The key of a stream is no field of its events",
    explains:
      "`key` names the top-level field by which producers partition the topic; leave it out when there is none.",
    say: ({ field, candidates, schemaFile }) => ({
      message: `Key "${field}" is not declared in the schema`,
      notes: [`events are declared in ${schemaFile}`],
      help: among(field, candidates, "fields"),
    }),
  }),
  aliasTaken: problemKind<{ alias: string; stream: string; other: string; otherFile: string }>({
    code: "V110",
    severity: "error",
    title: "Two streams have one alias",
    explains: "Expressions tell streams apart by their aliases, so each alias belongs to one stream.",
    say: ({ alias, stream, other, otherFile }) => ({
      message: `Alias "${alias}" of stream "${stream}" belongs to stream "${other}" already`,
      notes: [`declared in ${otherFile}`],
      help: "give one of the streams another alias",
    }),
  }),
  streamTaken: problemKind<{ stream: string; otherFile: string }>({
    code: "V111",
    severity: "error",
    title: "Two contracts have one name",
    explains: "Rules name streams by `stream`, so each name belongs to one contract.",
    say: ({ stream, otherFile }) => ({
      message: `Stream "${stream}" is declared twice`,
      notes: [`declared in ${otherFile} too`],
      help: "rename one of them or remove it",
    }),
  }),
  aliasReserved: problemKind<{ alias: string }>({
    code: "V112",
    severity: "error",
    title: "An alias that expressions cannot use",
    explains: "An alias is a name of letters, digits and `_`, and none that the expression language has given away.",
    say: ({ alias }) => ({
      message: `Alias "${alias}" cannot be used in expressions`,
      notes: ["the expression language uses the name itself, or it is no name of letters, digits and _"],
      help: "choose another alias, such as the singular of the stream's name",
    }),
  }),
  badTopic: problemKind<{ topic: string; reason: string }>({
    code: "V113",
    severity: "error",
    title: "A topic cannot be read",
    explains:
      'A topic is made of letters, digits, `.`, `_` and `-`; a pattern has `{field}` places, each of which fills a text field that the event lacks: `"factory-{factory}.{type}"`.',
    say: ({ topic, reason }) => ({
      message: `Topic "${topic}" ${reason}`,
      help: 'write a name like "payments", or a pattern like "factory-{factory}.{type}" whose places are text fields',
    }),
  }),
  personalMark: problemKind<{ field: string; mark: string }>({
    code: "V114",
    severity: "error",
    title: "A personal mark cannot be followed",
    explains: "`x-personal` stands at a top-level property and says `hash`, `mask`, `truncate` or `drop`.",
    say: ({ field, mark }) => ({
      message: `"x-personal" of "${field}" cannot be followed: ${mark}`,
      help: "mark a top-level property with hash, mask, truncate or drop",
    }),
  }),
  schemaNotJson: problemKind<{ reason: string }>({
    code: "V116",
    severity: "error",
    title: "The schema is not JSON",
    explains: "Schemas of events are JSON files: names in double quotes, no comments, no comma behind the last entry.",
    say: ({ reason }) => ({
      message: `The schema cannot be read as JSON: ${reason.replace(/ in JSON at position.*$/, "")}`,
      help: "look for a missing quote or comma, or a comma too many",
    }),
  }),
  untyped: problemKind<{ field: string; construct: string }>({
    code: "V115",
    severity: "warning",
    title: "A field whose type the schema leaves open",
    explains:
      "Expressions are checked against the types of the schema. Where a field may hold values of several types, nothing can be checked before the events come.",
    say: ({ field, construct }) => ({
      message: `Field "${field}" has no single type: ${construct}`,
      notes: ["expressions that read it are not checked"],
      help: "declare one type, with null beside it where the field may be empty",
    }),
  }),
} as const;
