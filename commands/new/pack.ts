/** `vigie new pack NAME`: a pack with one filter on a field of the stream, and tests on both sides of its boundary. */
import { join } from "node:path";
import type { Stream } from "../../engine/model/contract.ts";
import { type Draft, flow, nameOf, type NewContext, sampleEvent, schemaComment } from "./draft.ts";
import { streamOf } from "./stream.ts";

/** The pack and its tests. Throws a UsageError for a name that cannot be one, or an unknown stream. */
export function newPack(names: readonly string[], context: NewContext): readonly Draft[] {
  const name = nameOf("pack", names);
  const stream = streamOf(context);
  const file = join(context.rules, name, `${name}.yaml`);
  const tests = join(context.rules, name, `${name}.test.yaml`);
  const boundary = boundaryOf(stream);
  const pack = [
    schemaComment(file, context.contracts, "rule_pack.schema.json"),
    `pack: ${name}`,
    "owner: my-team",
    `description: What goes wrong with ${stream.name}.`,
    "",
    ...(boundary.param === undefined ? [] : ["params:", `  ${boundary.param}`, ""]),
    "defaults:",
    "  severity: warning",
    "",
    "rules:",
    `  - id: ${boundary.id}`,
    `    title: ${boundary.title}`,
    "    kind: filter",
    `    on: ${stream.name}`,
    `    when: ${boundary.when}`,
    "    context: event",
    "",
  ];
  const test = [
    schemaComment(tests, context.contracts, "test_file.schema.json"),
    `pack: ${name}`,
    "start: 2026-01-05T10:00:00Z",
    "defaults:",
    `  ${stream.name}: ${flow(sampleEvent(stream))}`,
    "tests:",
    `  - name: ${boundary.quiet.name}`,
    `    given: [${givenLine(stream, { [boundary.field]: boundary.quiet.value })}]`,
    "    expect: []",
    `  - name: ${boundary.loud.name}`,
    `    given: [${givenLine(stream, { [boundary.field]: boundary.loud.value })}]`,
    `    expect: [{ at: 0s, rule: ${boundary.id}, severity: warning }]`,
    "",
  ];
  return [{ is: "new", file, text: pack.join("\n") }, { is: "new", file: tests, text: test.join("\n") }];
}

function givenLine(stream: Stream, fields: { readonly [name: string]: number | string | boolean }): string {
  const row = stream.format === "debezium" ? { op: "c", after: fields } : fields;
  return `{ at: 0s, ${stream.name}: ${flow(row)} }`;
}

interface Boundary {
  readonly id: string;
  readonly title: string;
  readonly field: string;
  readonly param: string | undefined;
  readonly when: string;
  readonly quiet: { readonly name: string; readonly value: number | string | boolean };
  readonly loud: { readonly name: string; readonly value: number | string | boolean };
}

/** What a first rule can decide: a number above a parameter, else a flag, else a text. */
function boundaryOf(stream: Stream): Boundary {
  const timeField = stream.time.from === "field" ? stream.time.field : undefined;
  const fields = Object.entries(stream.type.fields).filter(([name, { optional }]) => !optional && name !== timeField);
  const { alias } = stream;
  const number = fields.find(([, { type }]) => type.kind === "number")?.[0];
  if (number !== undefined) {
    const limit = limitOf(stream, number);
    return {
      id: `high-${number.replaceAll("_", "-")}`,
      title: `${number} above ${limit}`,
      field: number,
      param: `high_${number}: { type: number, default: ${limit}, description: Alert above this ${number}. }`,
      when: `${alias}.${number} > params.high_${number}`,
      quiet: { name: `${number} at the limit stays quiet`, value: limit },
      loud: { name: `${number} one above the limit alerts`, value: limit + 1 },
    };
  }
  const flag = fields.find(([, { type }]) => type.kind === "boolean")?.[0];
  const field = flag ?? fields.find(([, { type }]) => type.kind === "string")?.[0] ?? "id";
  return {
    id: `on-${field.replaceAll("_", "-")}`,
    title: `${field} is set`,
    field,
    param: undefined,
    when: flag === undefined ? `${alias}.${field} == "suspicious"` : `${alias}.${field}`,
    quiet: { name: `${field} as usual stays quiet`, value: flag === undefined ? "usual" : false },
    loud: { name: `${field} alerts`, value: flag === undefined ? "suspicious" : true },
  };
}

/** A whole number inside the bounds of the contract that leaves room for one more. */
function limitOf({ schema }: Stream, field: string): number {
  const properties = new Map(Object.entries(schema.properties ?? {}));
  const { minimum, maximum } = properties.get(field) ?? {};
  if (typeof maximum !== "number") return 1000;
  return Math.max(typeof minimum === "number" ? minimum : 0, Math.floor(maximum * 0.8) - 1);
}
