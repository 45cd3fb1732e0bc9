/** The kinds of rules. A new kind is one file and one line here. */
import { filter } from "./filter.ts";
import type { Kind } from "./kind.ts";
import { rollup } from "./rollup.ts";
import { threshold } from "./threshold.ts";

export const kinds = { filter, threshold, rollup } satisfies Record<string, Kind>;

/** The kind of a name, undefined when there is none. */
export function findKind(name: string): Kind | undefined {
  return Object.entries(kinds).find(([known]) => known === name)?.[1];
}
