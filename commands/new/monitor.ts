/**
 * `vigie new monitor NAME`: every series of a stream against its own past, with the setting that pages little: seasonal
 * slots, smoothing and extremes (language.md, zscore).
 */
import { join } from "node:path";
import type { Stream } from "../../engine/model/contract.ts";
import { nearest } from "../../engine/model/problem.ts";
import { UsageError } from "../command.ts";
import { type Draft, flow, nameOf, type NewContext, sampleEvent, schemaComment } from "./draft.ts";
import { streamOf } from "./stream.ts";

/** The pack and its tests. Throws a UsageError for unknown streams and fields. */
export function newMonitor(names: readonly string[], context: NewContext): readonly Draft[] {
  const name = nameOf("monitor", names);
  const stream = streamOf(context);
  const key = fieldOf(stream, context, "key", "string");
  const value = fieldOf(stream, context, "value", "number");
  const file = join(context.rules, name, `${name}.yaml`);
  const tests = join(context.rules, name, `${name}.test.yaml`);
  return [
    {
      is: "new",
      file,
      text: packText(name, stream, key, value, schemaComment(file, context.contracts, "rule_pack.schema.json")),
    },
    {
      is: "new",
      file: tests,
      text: testText(name, stream, key, value, schemaComment(tests, context.contracts, "test_file.schema.json")),
    },
  ];
}

/** The field that an option names, else the first of the type. */
function fieldOf(stream: Stream, { given }: NewContext, option: "key" | "value", type: "string" | "number"): string {
  const timeField = stream.time.from === "field" ? stream.time.field : undefined;
  const known = Object.entries(stream.type.fields)
    .filter(([name, field]) => field.type.kind === type && name !== timeField).map(([name]) => name);
  const name = given.text(option)?.replace(`${stream.alias}.`, "") ?? (option === "key" ? stream.key : undefined) ??
    known[0];
  if (name !== undefined && known.includes(name)) return name;
  const near = name === undefined ? undefined : nearest(name, known);
  const hint = near === undefined
    ? `fields that can be one are ${known.join(", ") || "none"}`
    : `did you mean "${near}"?`;
  throw new UsageError(`Stream "${stream.name}" has no ${type} "${name ?? ""}" for \`--${option}\`: ${hint}`);
}

function packText(name: string, stream: Stream, key: string, value: string, comment: string): string {
  const { alias } = stream;
  return `${comment}
pack: ${name}
owner: my-team
description: Each ${key} of ${stream.name} against its own past.

rules:
  - id: unusual-${value.replaceAll("_", "-")}
    title: ${value} is unlike the past of its ${key}
    kind: zscore
    on: ${stream.name}
    key: ${alias}.${key}
    value: ${alias}.${value}
    transform: sqrt
    smooth: 1h
    baseline: { window: 28d, resolution: 1d, min_samples: 24 }
    method: { ewma: { half_life: 14d } }
    seasonality: { period: 24h, slots: 12 }
    levels: { warning: 5 }
    extremes: { margin: 0.05 }
    limit: { max: 1, every: 12h }
    message: '${value} of {${alias}.${key}} is {${alias}.${value}}, {zscore} times its usual spread away from its past'
`;
}

/** Twenty days of a steady series, and then a value that is usual or ten times as large. */
function testText(name: string, stream: Stream, key: string, value: string, comment: string): string {
  const event = (at: string, number: number, more = "") =>
    `      - { at: ${at}, ${stream.name}: ${flow({ [key]: "s1", [value]: number })}${more} }`;
  const days = Array.from({ length: 20 }, (_, day) => day);
  const past = days.map((day) => event(`${day * 24}h`, day % 2 === 0 ? 100 : 110, ", repeat: 24, every: 1h"));
  return [
    comment,
    `pack: ${name}`,
    "start: 2026-01-05T10:00:00Z",
    "defaults:",
    `  ${stream.name}: ${flow(sampleEvent(stream))}`,
    "tests:",
    "  - name: a value within the usual range stays quiet",
    "    given:",
    ...past,
    event("480h", 105),
    "    expect: []",
    "  - name: a value ten times the usual one warns",
    "    given:",
    ...past,
    event("480h", 1000),
    `    expect: [{ at: 480h, rule: unusual-${
      value.replaceAll("_", "-")
    }, severity: warning, values: { value: 1000 } }]`,
    "",
  ].join("\n");
}
