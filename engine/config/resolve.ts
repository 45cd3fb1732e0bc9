/** The values of a deployment file that has the right structure, with defaults, as a `Deployment`. */
import { isAbsolute, join } from "node:path";
import type { Path, ProblemKind } from "../model/problem.ts";
import { deploymentProblems as problems } from "../model/problems/deployment.ts";
import { type Millis, parseDuration } from "../model/time.ts";
import { type Fields, isFields, type Value } from "../model/value.ts";
import type {
  BrokerSettings,
  CustomerWebhooks,
  DatabaseSettings,
  Deployment,
  RefusedOutput,
  SinkSettings,
  SourceSettings,
  StoreSettings,
} from "./deployment.ts";

/** What is not said in the file. */
export const deploymentDefaults = {
  app: "vigie",
  packs: "rules",
  contracts: "contracts",
  statePath: ".vigie/state.db",
  rate: 50,
  seed: 1,
  retention: { alerts: "365d", deliveries: "90d", dead_letters: "30d", audit: "365d" },
  topics: { create: true, retention: "7d", partitions: 6 },
  checkpoint: { every: "1s", group_commit: "25ms", max_dirty: 5_000, max_keys: 1_000_000 },
  outbox: { queue: 1_000, max: 100_000 },
  webhooksMax: 10_000,
  shutdown: "10s",
  /** Where events are posted to, when the file names no address. */
  listen: "127.0.0.1:8080",
} as const;

export interface Place {
  /** The deployment file, as problems name it. */
  readonly file: string;
  readonly baseDirectory: string;
  readonly instance: string;
  readonly report: <A>(kind: ProblemKind<A>, path: Path, facts: A) => void;
}

/** Reports what the structure could not say, and resolves all the same. */
export function resolveDeployment(file: Fields, place: Place): Deployment {
  const path = (value: Value | undefined, otherwise: string) => placed(textOf(value) ?? otherwise, place.baseDirectory);
  const sinks = sinksOf(part(file, "sinks"));
  const names = sinks.map(({ name }) => name);
  const database = part(file, "database");
  return {
    app: textOf(file.app) ?? deploymentDefaults.app,
    instances: file.instances === "many" ? "many" : "one",
    instance: place.instance,
    file: place.file,
    baseDirectory: place.baseDirectory,
    packs: path(file.packs, deploymentDefaults.packs),
    contracts: path(file.contracts, deploymentDefaults.contracts),
    source: sourceOf(part(file, "source"), place),
    store: storeOf(part(file, "store"), place.baseDirectory),
    database: databaseOf(database, place),
    webhooks: webhooksOf(part(file, "webhooks")),
    params: paramsOf(part(file, "params")),
    sinks,
    defaultSinks: known(file, "default_sinks", names, place),
    always: known(file, "always", names, place),
    routes: listOf(file.routes).filter(isFields),
    privacyKey: textOf(part(file, "privacy").key),
    retention: retentionOf(part(file, "retention")),
    topics: topicsOf(part(file, "topics")),
    deadLetters: refusedOf(file.dead_letters, place.baseDirectory, isFields(part(file, "source").kafka)),
    late: refusedOf(file.late, place.baseDirectory, false),
    checkpoint: checkpointOf(part(file, "checkpoint")),
    outbox: outboxOf(part(file, "outbox")),
    maxKeys: countOf(part(file, "checkpoint").max_keys, deploymentDefaults.checkpoint.max_keys),
    http: httpOf(part(file, "http").listen ?? (hasPosts(file) ? deploymentDefaults.listen : undefined), place),
    telemetry: { otel: part(file, "telemetry").otel === true },
    shutdown: millis(file.shutdown, deploymentDefaults.shutdown),
  };
}

function part(fields: Fields, name: string): Fields {
  const value = fields[name];
  return isFields(value) ? value : {};
}

function textOf(value: Value | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function listOf(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? value : [];
}

function countOf(value: Value | undefined, otherwise: number): number {
  return typeof value === "number" ? value : otherwise;
}

function millis(value: Value | undefined, otherwise: string): Millis {
  return parseDuration(textOf(value) ?? otherwise) ?? 0;
}

function placed(path: string, baseDirectory: string): string {
  return isAbsolute(path) ? path : join(baseDirectory, path);
}

function sourceOf(source: Fields, place: Place): SourceSettings {
  if (isFields(source.kafka)) {
    const { kafka } = source;
    const outOfRange = kafka.out_of_range === "earliest" ? "earliest" : "fail";
    return { kind: "kafka", connection: brokersOf(kafka), from: fromOf(kafka.from, place), outOfRange };
  }
  if (isFields(source.files)) {
    const files = Object.entries(source.files).map(([stream, written]) => {
      const paths = Array.isArray(written) ? written.map(String) : [String(written)];
      return [stream, paths.map((path) => placed(path, place.baseDirectory))] as const;
    });
    return { kind: "files", files: Object.fromEntries(files) };
  }
  if (typeof source.stdin === "string") return { kind: "stdin", stream: source.stdin };
  if (source.http !== undefined) return { kind: "http" };
  const { rate, seed, streams } = part(source, "generator");
  return {
    kind: "generator",
    rate: countOf(rate, deploymentDefaults.rate),
    seed: countOf(seed, deploymentDefaults.seed),
    streams: listOf(streams).map(String),
  };
}

function fromOf(written: Value | undefined, { report }: Place): "earliest" | "latest" | Millis {
  if (written === undefined || written === "earliest") return "earliest";
  if (written === "latest") return "latest";
  const time = Date.parse(String(written));
  if (Number.isNaN(time)) report(problems.badTime, ["source", "kafka", "from"], { text: String(written) });
  return time;
}

function brokersOf(kafka: Fields): BrokerSettings {
  const sasl = saslOf(part(kafka, "sasl"));
  const tls = kafka.tls === true ? true : isFields(kafka.tls) ? pemsOf(kafka.tls) : undefined;
  return {
    brokers: listOf(kafka.brokers).map(String),
    ...(sasl === undefined ? {} : { sasl }),
    ...(tls === undefined ? {} : { tls }),
  };
}

function saslOf({ mechanism, username, password }: Fields): BrokerSettings["sasl"] {
  if (mechanism !== "plain" && mechanism !== "scram-sha-256" && mechanism !== "scram-sha-512") return undefined;
  return { mechanism, username: String(username), password: String(password) };
}

function pemsOf({ ca, cert, key }: Fields): { ca?: string; cert?: string; key?: string } {
  return {
    ...(typeof ca === "string" ? { ca } : {}),
    ...(typeof cert === "string" ? { cert } : {}),
    ...(typeof key === "string" ? { key } : {}),
  };
}

function storeOf(store: Fields, baseDirectory: string): StoreSettings {
  if (typeof store.redis === "string") return { kind: "redis", url: store.redis };
  if (store.memory === true) return { kind: "memory" };
  return { kind: "sqlite", path: placed(textOf(store.sqlite) ?? deploymentDefaults.statePath, baseDirectory) };
}

function databaseOf(database: Fields, { baseDirectory, report }: Place): DatabaseSettings {
  const unread = ["postgres", "pglite"].find((kind) => kind in database);
  if (unread !== undefined) report(problems.unreadDatabase, ["database", unread], { kind: unread });
  if (typeof database.postgres === "string") return { kind: "postgres", url: database.postgres };
  if (typeof database.pglite === "string") return { kind: "pglite", path: placed(database.pglite, baseDirectory) };
  if (typeof database.file === "string") return { kind: "file", path: placed(database.file, baseDirectory) };
  return { kind: "none" };
}

function webhooksOf({ secret, max, ...options }: Fields): CustomerWebhooks {
  const secrets = typeof secret === "string" ? [secret] : listOf(secret).map(String);
  return { secrets, options, max: countOf(max, deploymentDefaults.webhooksMax) };
}

function paramsOf(params: Fields): Deployment["params"] {
  return Object.fromEntries(
    Object.keys(params).map((pack) => [
      pack,
      Object.fromEntries(
        Object.entries(part(params, pack)).flatMap(([name, value]) =>
          typeof value === "number" || typeof value === "string" || typeof value === "boolean" ? [[name, value]] : []
        ),
      ),
    ]),
  );
}

function sinksOf(sinks: Fields): readonly SinkSettings[] {
  return Object.entries(sinks).flatMap(([name, written]) => {
    const all = Array.isArray(written) ? written.filter(isFields) : [part(sinks, name)];
    const kinds = all.flatMap((one) => Object.entries(one));
    return kinds.map(([kind, options], i) => ({
      name,
      lane: kinds.length === 1
        ? name
        : laneName(name, kind, kinds.slice(0, i).filter(([other]) => other === kind).length),
      kind,
      options: isFields(options) ? options : {},
    }));
  });
}

/** `payment_stats/influxdb`; a further one of the same kind has its number. */
function laneName(name: string, kind: string, before: number): string {
  return `${name}/${kind}${before === 0 ? "" : before + 1}`;
}

/** Names of sinks under a key, each of which must be defined. */
function known(file: Fields, key: string, names: readonly string[], { report }: Place): readonly string[] {
  const listed = listOf(file[key]).map(String);
  listed.forEach((sink, i) => {
    if (!names.includes(sink)) report(problems.unknownSink, [key, i], { sink, known: names });
  });
  return listed;
}

function retentionOf(written: Fields): Deployment["retention"] {
  const { retention } = deploymentDefaults;
  return {
    alerts: millis(written.alerts, retention.alerts),
    deliveries: millis(written.deliveries, retention.deliveries),
    deadLetters: millis(written.dead_letters, retention.dead_letters),
    audit: millis(written.audit, retention.audit),
  };
}

function topicsOf({ create, retention, partitions }: Fields): Deployment["topics"] {
  return {
    create: create !== false,
    retention: millis(retention, deploymentDefaults.topics.retention),
    partitions: countOf(partitions, deploymentDefaults.topics.partitions),
  };
}

/** Dead letters go beside the source's topics unless the file says otherwise. */
function refusedOf(written: Value | undefined, baseDirectory: string, kafkaOtherwise: boolean): RefusedOutput {
  if (!isFields(written)) return kafkaOtherwise ? { kind: "kafka", connection: undefined } : { kind: "none" };
  if (isFields(written.file)) return { kind: "file", path: placed(String(written.file.path), baseDirectory) };
  if (!isFields(written.kafka)) return { kind: "none" };
  return { kind: "kafka", connection: written.kafka.brokers === undefined ? undefined : brokersOf(written.kafka) };
}

function checkpointOf({ every, group_commit, max_dirty }: Fields): Deployment["checkpoint"] {
  const { checkpoint } = deploymentDefaults;
  return {
    every: millis(every, checkpoint.every),
    groupCommit: millis(group_commit, checkpoint.group_commit),
    maxDirty: countOf(max_dirty, checkpoint.max_dirty),
  };
}

function outboxOf({ queue, max }: Fields): Deployment["outbox"] {
  return { queue: countOf(queue, deploymentDefaults.outbox.queue), max: countOf(max, deploymentDefaults.outbox.max) };
}

function hasPosts(file: Fields): boolean {
  return part(file, "source").http !== undefined;
}

function httpOf(listen: Value | undefined, { report }: Place): Deployment["http"] {
  if (listen === undefined) return undefined;
  const text = String(listen);
  const match = /^(\[[0-9a-f:]+\]|[^:\s]+):(\d{1,5})$/i.exec(text);
  const port = Number(match?.[2]);
  if (match === null || port > 65_535) {
    report(problems.badListen, ["http", "listen"], { text });
    return undefined;
  }
  const hostname = (match[1] ?? "").replace(/^\[|\]$/g, "");
  if (!["127.0.0.1", "localhost", "::1"].includes(hostname)) report(problems.openListen, ["http", "listen"], { text });
  return { hostname, port };
}
