/**
 * Redis behind a small port: the only file that knows ioredis. Nothing is queued while Redis is away and nothing is sent
 * twice: who asks knows better than a client library what a second time means.
 */
import { Redis, type RedisOptions } from "ioredis";
import { backoff, sleep } from "./clock.ts";
import { addressText, parseAddress, type RedisAddress } from "./redis/address.ts";
import { type RedisCommand, type RedisConnection, RedisError, RedisRefusal } from "./redis/port.ts";

export type { RedisCommand, RedisConnection } from "./redis/port.ts";
export { RedisError, RedisRefusal } from "./redis/port.ts";

/** How long a call waits for a connection, and then for an answer. */
export interface RedisWaits {
  readonly connectMillis?: number;
  readonly answerMillis?: number;
}

/** Begins to connect and comes back at once; the address is as in `redis/address.ts`. */
export function connectRedis(
  url: string,
  { connectMillis = 5_000, answerMillis = 15_000 }: RedisWaits = {},
): RedisConnection {
  const address = parseAddress(url);
  const client = new Redis(optionsOf(address, connectMillis, answerMillis));
  let trouble = "no answer";
  let closed = false;
  client.on("error", (error) => trouble = error.message);
  const away = (why: string) => new RedisError(`Redis at ${addressText(address)} is away: ${why}`);
  return {
    address: addressText(address),
    async pipeline(commands) {
      if (commands.length === 0) return [];
      if (closed) throw away("this connection was closed");
      if (client.status !== "ready" && !await connected(client, connectMillis)) throw away(trouble);
      const answers = await send(client, commands);
      // What a connection that fell silent still waits for nobody knows; a new one starts clean.
      if (answers.some(([error]) => error?.message === silent)) client.disconnect(true);
      return answers.map(([error, value]) => {
        if (error === null) return value;
        if (error.name === "ReplyError") return refusalOf(error.message);
        throw away(lossOf(error, answerMillis));
      });
    },
    async close() {
      closed = true;
      if (client.status === "ready") await client.quit().catch(() => {});
      client.disconnect();
    },
  };
}

function optionsOf(address: RedisAddress, connectTimeout: number, commandTimeout: number) {
  const { hosts, sentinel, username, password, database, tls } = address;
  const [first] = hosts;
  return {
    ...(sentinel === undefined ? { host: first!.host, port: first!.port } : {
      sentinels: hosts.map(({ host, port }) => ({ host, port })),
      name: sentinel.master,
      ...(sentinel.password === undefined ? {} : { sentinelPassword: sentinel.password }),
      ...(tls ? { enableTLSForSentinelMode: true, sentinelTLS: {} } : {}),
    }),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls: {} } : {}),
    db: database,
    connectTimeout,
    commandTimeout,
    protocol: 2,
    disableClientInfo: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (times) => backoff(times - 1, { first: 50, most: 1_000 }),
    // After a fail-over the connection still leads to the old master, which takes no writes any more.
    reconnectOnError: (error) => error.message.startsWith("READONLY"),
  } satisfies RedisOptions;
}

/** Whether the connection stands before the attempt under way, or the time, is over. */
async function connected(client: Redis, millis: number): Promise<boolean> {
  if (client.status === "end") return false;
  const over = new AbortController();
  await new Promise<void>((resolve) => {
    const done = () => {
      for (const event of ["ready", "close", "end"]) client.off(event, done);
      over.abort();
      resolve();
    };
    for (const event of ["ready", "close", "end"]) client.on(event, done);
    void sleep(millis, over.signal).then(done);
  });
  return client.status === "ready";
}

async function send(client: Redis, commands: readonly RedisCommand[]): Promise<readonly [Error | null, unknown][]> {
  const pipeline = client.pipeline();
  for (const [name, ...args] of commands) pipeline.call(String(name), args);
  return await pipeline.exec() ?? [];
}

/** What the library says when an answer did not come in time. */
const silent = "Command timed out";

/** Why an answer is missing, without the library's words. */
function lossOf(error: Error, answerMillis: number): string {
  return error.message === silent ? `no answer within ${answerMillis} ms` : "the connection broke";
}

/** `WRONGTYPE Operation against ...` into its code and its sentence. */
function refusalOf(message: string): RedisRefusal {
  const match = /^([A-Z][A-Z0-9_]*) (.*)$/s.exec(message);
  return match === null ? new RedisRefusal("ERR", message) : new RedisRefusal(match[1] ?? "", match[2] ?? "");
}
