/**
 * Alerts and records in Redis: appended to a stream, as a text under a key, or as a hash under a key. Keys are templates,
 * so that a score is found by its transaction and a rollup feeds the lookup of another rule.
 */
import { connectRedis, type RedisCommand, RedisError, RedisRefusal } from "../engine/adapters/redis.ts";
import type { Fields, Value } from "../engine/model/value.ts";
import type { Delivery, Sink, SinkKind, Verdict } from "./sink.ts";
import { fieldsOf, idOf, jsonOf } from "./text/content.ts";
import { duration, millisOf, text, textOf } from "./text/options.ts";
import { type PathTemplate, pathTemplate } from "./text/path_template.ts";
import { hidden } from "./text/secrets.ts";

export const redis: SinkKind = {
  name: "redis",
  summary: "Appends to a stream, or sets a text or a hash under a key",
  schema: {
    type: "object",
    additionalProperties: false,
    required: ["url"],
    oneOf: [{ required: ["stream"] }, { required: ["set"] }, { required: ["hash"] }],
    properties: {
      url: { description: "redis://user:password@host:port/database, rediss:// or redis+sentinel://", ...text },
      stream: { description: "Key of a stream that each alert is appended to.", ...text },
      set: { description: "Key that holds the JSON of the alert or record, such as `score:{tx_id}`.", ...text },
      hash: { description: "Key of a hash of the values, such as `profile:{user_id}`.", ...text },
      ttl: { description: "How long a key of `set` or `hash` stays.", ...duration },
      max_length: { description: "About how many entries a stream keeps.", type: "integer", minimum: 1 },
      timeout: { description: "Longest wait for an answer; 15s by default.", ...duration },
    },
  },
  secondSend: "writes the same key again; in a stream it appends an entry with the same id",
  batchMax: 1_000,
  create(options) {
    const url = String(options.url);
    const answerMillis = millisOf(options.timeout, 15_000);
    const connection = connectRedis(url, { answerMillis, connectMillis: Math.min(answerMillis, 5_000) });
    const write = writerOf(options);
    const secrets = URL.canParse(url) ? [new URL(url).password] : [];
    return openRedis((commands) => connection.pipeline(commands), connection.close, write, secrets);
  },
  example: 'score_cache: { redis: { url: "${env:REDIS_URL}", set: "score:{tx_id}", ttl: 1h } }',
};

/** The commands that write a delivery; undefined when it lacks what its key is made of. */
type Writer = (delivery: Delivery) => readonly RedisCommand[] | undefined;

function writerOf({ stream, set, hash, ttl, max_length }: Fields): Writer {
  const key = pathTemplate(textOf(stream) ?? textOf(set) ?? textOf(hash) ?? "");
  const wait = millisOf(ttl, 0);
  const expiry = wait === 0 ? [] : ["PX", wait];
  if (set !== undefined) return keyed(key, (name, item) => [["SET", name, jsonOf(item), ...expiry]]);
  if (hash !== undefined) return keyed(key, (name, item) => hashed(name, valuesOf(item), wait));
  const trimmed = typeof max_length === "number" ? ["MAXLEN", "~", max_length] : [];
  return keyed(key, (name, item) => {
    const content = "alert" in item ? "alert" : "record";
    return [["XADD", name, ...trimmed, "*", "id", idOf(item), content, jsonOf(item)]];
  });
}

function keyed(key: PathTemplate, write: (name: string, item: Delivery) => readonly RedisCommand[]): Writer {
  return (item) => {
    const name = key(fieldsOf(item));
    return name === undefined ? undefined : write(name, item);
  };
}

function hashed(name: string, values: Fields, ttl: number): readonly RedisCommand[] {
  const pairs = Object.entries(values).flatMap(([field, value]) => [field, shown(value)]);
  if (pairs.length === 0) return [["DEL", name]];
  return [["HSET", name, ...pairs], ...(ttl === 0 ? [] : [["PEXPIRE", name, ttl] as const])];
}

function valuesOf(item: Delivery): Fields {
  return "alert" in item ? item.alert.values : item.record.values;
}

function shown(value: Value): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

type Pipeline = (commands: readonly RedisCommand[]) => Promise<readonly unknown[]>;

function openRedis(pipeline: Pipeline, close: () => Promise<void>, write: Writer, secrets: readonly string[]): Sink {
  return {
    open: () => Promise.resolve(),
    close,
    async deliver(batch) {
      const writes = batch.map(write);
      try {
        const answers = [...await pipeline(writes.flatMap((commands) => commands ?? []))];
        return writes.map((commands) => {
          if (commands === undefined) return { result: "rejected", reason: "it lacks a field that the key is made of" };
          return verdictOf(answers.splice(0, commands.length), secrets);
        });
      } catch (error) {
        if (!(error instanceof RedisError)) throw error;
        const reason = hidden(error.message, secrets);
        return writes.map(() => ({ result: "retry", after: undefined, reason }));
      }
    },
  };
}

/** `ERR` is about the command; every other code (memory, rights, type of the key, a replica) the operator can mend. */
function verdictOf(answers: readonly unknown[], secrets: readonly string[]): Verdict {
  const refusal = answers.find((answer) => answer instanceof RedisRefusal);
  if (refusal === undefined) return { result: "delivered" };
  const reason = hidden(`Redis refused: ${refusal.code} ${refusal.message}`, secrets);
  return refusal.code === "ERR" ? { result: "rejected", reason } : { result: "retry", after: undefined, reason };
}
