/** The structure of `contracts/streams/<stream>.yaml` as JSON Schema (language.md §1): for the loader and for editors. */

const duration = { type: "string", pattern: "^\\d{1,12}(ms|s|m|h|d)$" } as const;
const topic = { type: "string", minLength: 1 } as const;

/** Meaning that needs the event's schema (fields, types) is checked by `contracts.ts`. */
export const streamSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "Stream",
  description: "A stream of events: its topic, schema, time and key.",
  type: "object",
  additionalProperties: false,
  required: ["stream", "schema", "time"],
  properties: {
    stream: { description: "Name by which rules select the stream.", type: "string", pattern: "^[a-z][a-z0-9_]*$" },
    alias: { description: "Name of one event in expressions; the stream's name by default.", type: "string" },
    topic: {
      description:
        'Topic, list of topics, or a pattern such as "factory-{factory}.{type}" whose places fill fields that the event lacks; the stream\'s name by default.',
      anyOf: [topic, { type: "array", items: topic, minItems: 1 }],
    },
    schema: { description: "JSON Schema file of one event, relative to this file.", type: "string", minLength: 1 },
    format: { description: "How messages are written; json by default.", enum: ["json", "debezium"] },
    time: {
      description:
        "Field that holds the event time, kafka_timestamp, or for Debezium also change.ts_ms or change.source_ts_ms.",
      type: "string",
      minLength: 1,
    },
    time_unit: { description: "Unit of a time that is a number since 1970.", enum: ["s", "ms", "us", "ns"] },
    key: { description: "Field by which producers partition the topic.", type: "string", minLength: 1 },
    lateness: { description: "Disorder that is tolerated; 10s by default.", ...duration },
    idle: {
      description: "Silence after which a partition no longer holds the watermark; 30s by default.",
      ...duration,
    },
    max_future: {
      description: "How far an event may be ahead of the clock in live runs; 5m by default.",
      ...duration,
    },
  },
} as const;
