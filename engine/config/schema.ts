/**
 * The structure of the deployment file as JSON Schema: what the loader checks and what editors complete. Sinks are
 * checked by the schemas of their kinds, which are given, because sinks are a room above this one.
 */
import { routeSchema } from "./route_schema.ts";

const duration = { type: "string", format: "duration" } as const;
const text = { type: "string", minLength: 1 } as const;
const texts = { type: "array", items: text } as const;
const count = { type: "integer", minimum: 1 } as const;

/** An object that has no other keys than these. */
function closed(properties: Readonly<Record<string, unknown>>, more: Readonly<Record<string, unknown>> = {}) {
  return { type: "object", additionalProperties: false, properties, ...more };
}

/** An object of exactly one of these keys. */
function choice(properties: Readonly<Record<string, unknown>>) {
  return closed(properties, { minProperties: 1, maxProperties: 1 });
}

const sasl = closed(
  { mechanism: { enum: ["plain", "scram-sha-256", "scram-sha-512"] }, username: text, password: text },
  { required: ["mechanism", "username", "password"] },
);

const tls = {
  description: "true for the system's authorities, or PEM texts, such as `${file:/etc/ca.pem}`.",
  anyOf: [{ type: "boolean" }, closed({ ca: text, cert: text, key: text })],
};

const connection = {
  brokers: { description: "Brokers as host:port.", ...texts, minItems: 1 },
  sasl,
  tls,
};

const source = {
  description: "Where events come from: exactly one of these.",
  ...choice({
    kafka: closed({
      ...connection,
      from: {
        description: "Where a partition without a checkpoint begins: earliest, latest or an RFC 3339 time.",
        type: "string",
        pattern: "^(earliest|latest|\\d{4}-\\d{2}-\\d{2}.*)$",
      },
      out_of_range: {
        description: "When the offset of the checkpoint is no longer there: fail, or go on at the earliest and say so.",
        enum: ["fail", "earliest"],
      },
    }, { required: ["brokers"] }),
    files: {
      description: "Recorded events by stream: a file or a list of files, .gz and .zst too.",
      type: "object",
      additionalProperties: { anyOf: [text, { ...texts, minItems: 1 }] },
    },
    stdin: { description: "The stream whose events come from standard input, one JSON object a line.", ...text },
    http: { description: "Events come by POST /v1/events/{stream}.", ...closed({}) },
    generator: {
      description: "Made-up events, seeded and labelled.",
      ...closed({
        rate: { description: "Events a second over all streams.", type: "number", exclusiveMinimum: 0 },
        seed: { description: "The same seed makes the same events.", type: "integer", minimum: 0 },
        streams: { description: "Streams that are made; all that rules read by default.", ...texts },
      }),
    },
  }),
};

const store = {
  description: "Where state is kept: exactly one of these.",
  ...choice({
    memory: { const: true },
    sqlite: { description: "Database file.", ...text },
    redis: { description: "redis:// or rediss:// URL.", ...text, pattern: "^rediss?(\\+sentinel)?://" },
  }),
};

const database = {
  description: "Thresholds, alert history and audit: exactly one of these.",
  ...choice({
    postgres: { description: "Connection URL.", ...text },
    pglite: { description: "Directory of an embedded database, for one process.", ...text },
    file: { description: "List of thresholds, read at start and on reload.", ...text },
  }),
};

const refused = choice({
  kafka: { description: "A topic beside the source's.", ...closed(connection) },
  file: closed({ path: text }, { required: ["path"] }),
  none: { const: true },
});

/** What a sink's schema is to the deployment's. */
export type SinkSchemas = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

/** The schema of `vigie.yaml` with these kinds of sinks. */
export function deploymentSchema(sinks: SinkSchemas): Readonly<Record<string, unknown>> {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Deployment",
    description: "Where a Vigie engine reads, keeps state and delivers.",
    $defs: { route: routeSchema },
    ...closed({
      app: {
        description: "Consumer group, prefix in Redis, first part of topics the engine makes for itself.",
        type: "string",
        pattern: "^[A-Za-z0-9._-]{1,100}$",
      },
      instances: {
        description: "one process (and standbys), or many that share the partitions.",
        enum: ["one", "many"],
      },
      instance: { description: "Name of this instance; the host's name by default.", ...text },
      packs: { description: "Directory of rule packs.", ...text },
      contracts: { description: "Directory of contracts.", ...text },
      source,
      store,
      database,
      params: {
        description: "Values of pack parameters, by pack and name.",
        type: "object",
        additionalProperties: {
          type: "object",
          additionalProperties: { type: ["number", "string", "boolean"] },
        },
      },
      sinks: {
        description:
          "Receivers by name; each names its kind and the kind's options. A list has several under one name.",
        type: "object",
        additionalProperties: {
          anyOf: [
            choice(Object.fromEntries(sinks)),
            { type: "array", minItems: 1, items: choice(Object.fromEntries(sinks)) },
          ],
        },
      },
      default_sinks: { description: "Sinks of rules that name none.", ...texts },
      always: { description: "Sinks of every alert, beside the rule's own.", ...texts },
      routes: { description: "Who is told of which alerts.", type: "array", items: { $ref: "#/$defs/route" } },
      webhooks: {
        description: "How customers are told whose thresholds name a webhook.",
        ...closed({
          ...webhookOptions(sinks),
          secret: {
            description: "`whsec_` and a key in base64, of which each customer's own secret is made; several sign.",
            anyOf: [signingSecret, { type: "array", minItems: 1, items: signingSecret }],
          },
          max: {
            description: "Alerts that wait for one endpoint at most; further ones go to the dead letters.",
            ...count,
          },
        }),
      },
      privacy: closed({ key: { description: "Key of hashed personal fields.", ...text } }),
      retention: closed({ alerts: duration, deliveries: duration, dead_letters: duration, audit: duration }),
      topics: closed({
        create: { description: "Whether topics that the engine writes are created.", type: "boolean" },
        retention: { description: "Retention of created topics.", ...duration },
        partitions: { description: "Partitions of created topics where the source gives no number.", ...count },
      }),
      dead_letters: { description: "Where messages go that are no events.", ...refused },
      late: { description: "Where late events are copied to.", ...refused },
      checkpoint: closed({
        every: { description: "Longest time between two checkpoints.", ...duration },
        group_commit: { description: "How long an alert may wait for others before its checkpoint.", ...duration },
        max_dirty: { description: "Changed keys after which a checkpoint is due.", ...count },
        max_keys: { description: "Keys that memory holds; others are read from the store when needed.", ...count },
      }),
      outbox: closed({
        queue: { description: "Undelivered alerts of a sink in memory; more stay in the store.", ...count },
        max: { description: "Undelivered alerts of a sink after which partitions pause.", ...count },
      }),
      http: closed({ listen: { description: "host:port; 127.0.0.1 only without tokens.", ...text } }),
      telemetry: closed({ otel: { type: "boolean" } }),
      shutdown: { description: "How long a stop may deliver; the rest stays in the outbox.", ...duration },
    }),
  };
}

const signingSecret = { type: "string", pattern: "^whsec_[A-Za-z0-9+/]{16,}={0,2}$" } as const;

/** Options of the sink `webhook`, but for the address: every customer has one of their own. */
function webhookOptions(sinks: SinkSchemas): Readonly<Record<string, unknown>> {
  const { properties } = sinks.get("webhook") ?? {};
  const { url: _, ...rest } = typeof properties === "object" && properties !== null
    ? { url: 0, ...properties }
    : { url: 0 };
  return rest;
}
