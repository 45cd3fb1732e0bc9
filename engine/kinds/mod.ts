/** The kinds of rules. A new kind is one file and one line here. */
import { absence } from "./absence.ts";
import { filter } from "./filter.ts";
import { join } from "./join.ts";
import type { Kind } from "./kind.ts";
import { kpi } from "./kpi.ts";
import { rollup } from "./rollup.ts";
import { score } from "./score.ts";
import { sequence } from "./sequence.ts";
import { threshold } from "./threshold.ts";
import { zscore } from "./zscore.ts";

export const kinds = {
  filter,
  threshold,
  rollup,
  join,
  sequence,
  absence,
  zscore,
  kpi,
  score,
} satisfies Record<string, Kind>;

/** The kind of a name, undefined when there is none. */
export function findKind(name: string): Kind | undefined {
  return Object.entries(kinds).find(([known]) => known === name)?.[1];
}
