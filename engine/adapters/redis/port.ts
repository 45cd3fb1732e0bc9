/** What the engine and the sinks ask of Redis. No type of a client library appears here. */

/** A command and its arguments, such as `["HSET", "key", "field", 1]`. */
export type RedisCommand = readonly (string | number)[];

/** One connection that comes back by itself, with waits that grow from 50 ms to 1 s. */
export interface RedisConnection {
  /** Host and port, for messages; never a password. */
  readonly address: string;
  /**
   * Sends commands in one go and gives their answers in order, a `RedisRefusal` for each that Redis refused. Rejects with
   * a `RedisError` where an answer is missing: every command may then have been carried out or not. Nothing is ever
   * sent a second time by itself.
   */
  readonly pipeline: (commands: readonly RedisCommand[]) => Promise<readonly unknown[]>;
  readonly close: () => Promise<void>;
}

/** No answer: a sentence that says which Redis and why. */
export class RedisError extends Error {
  override readonly name = "RedisError";
}

/** Redis answered a command with an error; `code` is its first word, such as `OOM` or `WRONGTYPE`. */
export class RedisRefusal extends Error {
  override readonly name = "RedisRefusal";

  constructor(readonly code: string, message: string) {
    super(message);
  }
}

/** The answers; throws the first refusal among them. */
export async function allOf(redis: RedisConnection, commands: readonly RedisCommand[]): Promise<readonly unknown[]> {
  const answers = await redis.pipeline(commands);
  const refusal = answers.find((answer) => answer instanceof RedisRefusal);
  if (refusal !== undefined) throw refusal;
  return answers;
}
