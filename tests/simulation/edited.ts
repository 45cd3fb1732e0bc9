/**
 * Rules that a reload edits, each by one line of the table of runtime.md §6: a condition, a window, a rule that comes,
 * one that goes. Plain enough that `switches.ts` can say what must come of them, whenever the plan is switched.
 */
import type { Fields } from "../../engine/model/value.ts";
import type { Millis } from "../../engine/model/time.ts";

/** A rule in one version of the plan: windows of a length, judged on close by their number of events. */
export interface Counting {
  readonly size: Millis;
  /** Events from which on it alerts. */
  readonly least: number;
}

/** What a rule is in each version of the plan; undefined where it is not there. */
export interface EditedRule {
  readonly id: string;
  readonly versions: readonly [Counting | undefined, Counting | undefined];
}

export const counting: readonly EditedRule[] = [
  { id: "loosened", versions: [{ size: 5_000, least: 2 }, { size: 5_000, least: 1 }] },
  { id: "widened", versions: [{ size: 4_000, least: 1 }, { size: 9_000, least: 1 }] },
  { id: "added", versions: [undefined, { size: 3_000, least: 1 }] },
  { id: "removed", versions: [{ size: 6_000, least: 1 }, undefined] },
];

/** The filter whose condition is edited: an alert for each event whose `x` is at least this, by version. */
export const cut = { id: "cut", versions: [2, 1] } as const;

const ids: ReadonlySet<string> = new Set([cut.id, ...counting.map(({ id }) => id)]);

/** Whether a rule is one of those that are edited. */
export function isEdited(id: string): boolean {
  return ids.has(id);
}

/** The edited rules as a version of the plan has them. */
export function editedRules(version: 0 | 1): readonly Fields[] {
  const filter = { id: cut.id, kind: "filter", on: "a", when: `a.x >= ${cut.versions[version]}`, severity: "info" };
  return [filter, ...counting.flatMap(({ id, versions }) => textOf(id, versions[version]))];
}

function textOf(id: string, rule: Counting | undefined): readonly Fields[] {
  if (rule === undefined) return [];
  const { size, least } = rule;
  return [{
    ...{ id, kind: "threshold", on: "a", key: "a.k", severity: "info" },
    window: { tumbling: `${size / 1_000}s` },
    aggregate: { n: "count()" },
    when: `n >= ${least}`,
    emit: "on_close",
  }];
}
