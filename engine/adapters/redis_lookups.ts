/**
 * Rows of Redis hashes for rules that look something up. What a slice of events will ask is fetched in one round trip
 * before it is stepped; a row is served from memory for as long as its pack allows, a missing one too.
 */
import type { LookupNeed } from "../model/lookup.ts";
import type { Millis } from "../model/time.ts";
import type { Fields, Value } from "../model/value.ts";
import type { FetchedLookups } from "../runtime/engine/options.ts";
import { monotonic } from "./clock.ts";
import { allOf, type RedisConnection } from "./redis/port.ts";

/** Rows in memory at most; those that were fetched first go first. */
const rowsMax = 200_000;

interface Row {
  readonly fields: Fields | undefined;
  readonly until: Millis;
}

/** `clock` is a monotonic one. */
export function redisLookups(redis: RedisConnection, clock: () => Millis = monotonic): FetchedLookups {
  const rows = new Map<string, Row>();
  const nameOf = (lookup: string, key: string) => `${lookup}\0${key}`;
  return {
    find: (lookup, key) => rows.get(nameOf(lookup, key))?.fields,
    async fetch(needs) {
      const now = clock();
      const wanted = [...needs].filter(({ lookup, key }) => (rows.get(nameOf(lookup, key))?.until ?? -Infinity) <= now);
      if (wanted.length === 0) return;
      const answers = await allOf(redis, wanted.map(({ key }) => ["HGETALL", key]));
      wanted.forEach((need, i) => {
        const name = nameOf(need.lookup, need.key);
        rows.delete(name);
        rows.set(name, { fields: rowOf(need, answers[i]), until: now + need.cache });
      });
      for (const name of rows.keys()) {
        if (rows.size <= rowsMax) break;
        rows.delete(name);
      }
    },
  };
}

/** Names and values in turn, as HGETALL answers; undefined for a hash that does not exist. */
function rowOf({ fields }: LookupNeed, answer: unknown): Fields | undefined {
  if (!Array.isArray(answer) || answer.length === 0) return undefined;
  const row: [string, Value][] = [];
  for (let i = 0; i + 1 < answer.length; i += 2) {
    const name = String(answer[i]);
    const value = Object.hasOwn(fields, name) ? valueOf(fields[name], String(answer[i + 1])) : undefined;
    if (value !== undefined) row.push([name, value]);
  }
  return Object.fromEntries(row);
}

/** A text as the type that the pack declares; undefined when it is none. */
function valueOf(type: LookupNeed["fields"][string] | undefined, text: string): Value | undefined {
  if (type === "string") return text;
  if (type === "boolean") {
    return text === "true" || text === "1" ? true : text === "false" || text === "0" ? false : undefined;
  }
  const number = Number(text);
  return text.trim() !== "" && Number.isFinite(number) ? number : undefined;
}
