/** Errors of Redis as a store tells them. */
import { StoreError } from "../../runtime/store.ts";
import { RedisError, RedisRefusal } from "./port.ts";

/** Refusals by their code, in words that name the way out. All may pass. */
const passing: Readonly<Record<string, string>> = {
  OOM: "it has reached maxmemory: raise it, or make room",
  LOADING: "it is loading its data",
  BUSY: "a script of another client holds it",
  READONLY: "it is a replica: it waits for a new master, or the address is wrong",
  MASTERDOWN: "it has lost its master",
  CLUSTERDOWN: "its cluster is down",
  NOREPLICAS: "it has too few replicas to take a write (min-replicas-to-write)",
  MISCONF: "it cannot write to its disk and takes no writes",
  NOAUTH: "it asks for a password",
  WRONGPASS: "it does not take this user and password",
  NOPERM: "this user may not do what the engine needs",
};

/** What a store throws for an error of its connection. */
export function asStoreError(error: unknown, address: string): unknown {
  if (error instanceof RedisError) return new StoreError(error.message, "away", { cause: error });
  if (!(error instanceof RedisRefusal)) return error;
  if (error.code === "WRONGTYPE") {
    const message =
      `Redis at ${address}: a name of this app belongs to something else: choose another app, or another database`;
    return new StoreError(message, "refused", { cause: error });
  }
  const why = passing[error.code];
  const detail = `${error.code} ${error.message}`;
  const message = why === undefined
    ? `Redis at ${address} refused: ${detail}`
    : `Redis at ${address}: ${why} (${detail})`;
  return new StoreError(message, "away", { cause: error });
}
