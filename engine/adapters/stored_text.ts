/**
 * The form of every value that a store keeps on disk or in Redis: a format version, a colon, the text. A later form gets
 * the next number, and what turns the older one into it, here; `golden/` holds what each version wrote.
 */
import { StoreError } from "../runtime/store.ts";

const version = "1";

export function sealed(text: string): string {
  return `${version}:${text}`;
}

/** Throws where a newer Vigie wrote the value, or something else did. */
export function unsealed(stored: string): string {
  if (stored.startsWith(`${version}:`)) return stored.slice(version.length + 1);
  const found = /^\d+(?=:)/.exec(stored)?.[0];
  throw new StoreError(
    found === undefined
      ? `The store holds a value that Vigie did not write ("${stored.slice(0, 20)}"): give it a place of its own`
      : `The store holds a value of format ${found}, and this version of Vigie reads format ${version}: use the version that wrote it`,
    "refused",
  );
}
