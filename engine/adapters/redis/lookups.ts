/**
 * Rows of a lookup, which are hashes in Redis: those that a batch needs in one round trip, each served from memory for as
 * long as the lookup allows. That a row does not exist is remembered like a row.
 */
import type { LookupSource } from "../../model/pack.ts";
import type { Millis } from "../../model/time.ts";
import type { Fields, Value } from "../../model/value.ts";
import { monotonic } from "../clock.ts";
import { allOf, type RedisConnection } from "./port.ts";

export interface LookupOptions {
  /** Rows in memory at most; the one that was not asked for longest goes first. */
  readonly max?: number;
  /** A clock that never goes back. */
  readonly now?: () => Millis;
}

/**
 * Reads rows by the keys that the caller made of the lookup's template, in the order asked; undefined for a row that does
 * not exist. Throws as the connection does: a row whose time is over is not served.
 */
export type RowReader = (keys: readonly string[]) => Promise<readonly (Fields | undefined)[]>;

type Row = Fields | undefined;

export function redisLookup(redis: RedisConnection, source: LookupSource, options: LookupOptions = {}): RowReader {
  const { max = 100_000, now = monotonic } = options;
  const memory = new Map<string, { readonly row: Row; readonly until: Millis }>();
  const remember = (key: string, row: Row, until: Millis) => {
    memory.delete(key);
    memory.set(key, { row, until });
    const [oldest] = memory.keys();
    if (memory.size > max && oldest !== undefined) memory.delete(oldest);
  };
  return async (keys) => {
    const rows = new Map<string, Row>();
    const missing = new Set<string>();
    for (const key of keys) {
      const known = memory.get(key);
      if (known === undefined || known.until <= now()) missing.add(key);
      else {
        rows.set(key, known.row);
        remember(key, known.row, known.until);
      }
    }
    for (const [key, row] of await readRows(redis, source, [...missing])) {
      rows.set(key, row);
      remember(key, row, now() + source.cache);
    }
    return keys.map((key) => rows.get(key));
  };
}

async function readRows(redis: RedisConnection, source: LookupSource, keys: readonly string[]) {
  const fields = Object.keys(source.fields);
  const answers = await allOf(redis, keys.map((key) => ["HMGET", key, ...fields]));
  return keys.map((key, i) => [key, rowOf(source, fields, answers[i] as readonly (string | null)[])] as const);
}

/** A hash without any of the fields is no row; a text that is not of the field's type is no value. */
function rowOf({ fields: types }: LookupSource, fields: readonly string[], texts: readonly (string | null)[]): Row {
  if (texts.every((text) => text === null)) return undefined;
  const row: Record<string, Value> = {};
  for (const [i, field] of fields.entries()) {
    const value = valueOf(types[field], texts[i] ?? null);
    if (value !== undefined) row[field] = value;
  }
  return row;
}

function valueOf(type: "number" | "string" | "boolean" | undefined, text: string | null): Value | undefined {
  if (text === null) return undefined;
  if (type === "number") return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : undefined;
  if (type === "boolean") return ({ true: true, 1: true, false: false, 0: false } as Record<string, boolean>)[text];
  return text;
}
