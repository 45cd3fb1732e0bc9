/**
 * PostgreSQL behind a small port: the only file that knows the client library. A statement has an answer, a refusal with
 * its code, or no answer in time; then the connections are given up, because nobody knows what they still wait for.
 */
import postgres, { type Sql } from "postgres";
import { sleep } from "./clock.ts";

export type PostgresValue = string | number | boolean | null;
export type PostgresRow = Readonly<Record<string, unknown>>;

export interface PostgresConnection {
  /** Host, port and database, without user and password. */
  readonly address: string;
  /** Runs one statement, or several where there are no values. Throws `PostgresError`. */
  readonly query: (text: string, values?: readonly PostgresValue[]) => Promise<readonly PostgresRow[]>;
  readonly close: () => Promise<void>;
}

/** `away`: nobody answered, and whether the statement was run is not known. `refused`: the server said why. */
export class PostgresError extends Error {
  override readonly name = "PostgresError";

  constructor(message: string, readonly state: "away" | "refused", readonly code = "") {
    super(message);
  }
}

export interface PostgresWaits {
  /** How long a statement may take, with its connection. */
  readonly answerMillis?: number;
  readonly connections?: number;
}

/** Connects when first asked; throws a sentence that does not repeat the URL when that is none. */
export function connectPostgres(
  url: string,
  { answerMillis = 15_000, connections = 4 }: PostgresWaits = {},
): PostgresConnection {
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) {
    throw new Error("The address of PostgreSQL is written postgres://user:password@host:port/database");
  }
  const { host, pathname } = new URL(url);
  const address = `${host}${pathname}`;
  let sql: Sql | undefined;
  const open = () =>
    sql ??= postgres(url, { max: connections, connect_timeout: answerMillis / 1_000, onnotice: () => {} });
  const giveUp = (what: Sql) => {
    if (sql === what) sql = undefined;
    void what.end({ timeout: 0 }).catch(() => {});
  };
  return {
    address,
    async query(text, values = []) {
      const used = open();
      const over = new AbortController();
      const late = sleep(answerMillis, over.signal).then((): never => {
        throw new PostgresError(`PostgreSQL at ${address} did not answer within ${answerMillis} ms`, "away");
      });
      try {
        const answer = used.unsafe(text, [...values], { prepare: values.length > 0 }).execute();
        return [...await Promise.race([answer, late])];
      } catch (error) {
        const known = errorOf(error, address);
        if (known.state === "away") giveUp(used);
        throw known;
      } finally {
        late.catch(() => {});
        over.abort();
      }
    },
    async close() {
      await sql?.end({ timeout: 5 });
      sql = undefined;
    },
  };
}

function errorOf(error: unknown, address: string): PostgresError {
  if (error instanceof PostgresError) return error;
  const { message, code } = error instanceof Error
    ? { message: error.message, code: "code" in error ? String(error.code) : "" }
    : { message: String(error), code: "" };
  if (error instanceof Error && error.name === "PostgresError") {
    return new PostgresError(`PostgreSQL at ${address} refused: ${message} (${code})`, "refused", code);
  }
  return new PostgresError(`PostgreSQL at ${address} is away: ${code || message}`, "away");
}
