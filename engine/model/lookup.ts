/** Rows that rules look up by a key, and the port through which a task finds them. */
import type { Millis } from "./time.ts";
import type { Fields } from "./value.ts";

/** What a task asks for rows: synchronous, so what lies elsewhere must have been fetched before. */
export interface Lookups {
  /** The row of a lookup under a key as its template renders it; undefined when there is none. */
  readonly find: (lookup: string, key: string) => Fields | undefined;
}

/** A row that rules will ask for. */
export interface LookupNeed {
  readonly lookup: string;
  readonly key: string;
  /** Types of the row's fields. */
  readonly fields: { readonly [field: string]: "number" | "string" | "boolean" };
  /** Milliseconds that the row may be served from memory. */
  readonly cache: Millis;
}

/** Rows that are known beforehand: from a file, or from a test. By lookup, then by key. */
export function fixedLookups(rows: { readonly [lookup: string]: Fields }): Lookups {
  return {
    find(lookup, key) {
      const table = Object.hasOwn(rows, lookup) ? rows[lookup] : undefined;
      const row = table !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;
      return typeof row === "object" && row !== null && !isList(row) ? row : undefined;
    },
  };
}

function isList(value: object): value is readonly unknown[] {
  return Array.isArray(value);
}
