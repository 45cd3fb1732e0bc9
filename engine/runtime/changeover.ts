/**
 * What a change of plan means for what rules say (runtime.md §6). A rule whose state began anew with an edit is warming:
 * it raises no alert until one window after the switch. A rule that was added does not judge windows that began before.
 * What a rule that is gone has left behind is dropped a day of event time later, in case it comes back.
 */
import type { PlanRule } from "../compile/plan.ts";
import type { Signal } from "../model/operator.ts";
import type { Millis } from "../model/time.ts";
import { isFields } from "../model/value.ts";

/** Event time for which the state of a rule that is gone is kept. */
export const graceMillis: Millis = 86_400_000;

/** What the head keeps of a rule. */
export interface RuleMark {
  readonly signature: string;
  /** No alert at or before this time; null when the rule is not warming. */
  readonly quietUntil: Millis | null;
  /** Windows that began by this time are not judged; null when the rule was there from the start. */
  readonly since: Millis | null;
  /** When the rule went; null while it is there. */
  readonly gone: Millis | null;
}

/** Marks by the rule's name. */
export type RuleMarks = ReadonlyMap<string, RuleMark>;

/** The marks of a plan that takes over from what a head says, at the newest event time seen. */
export function takeOver(rules: readonly PlanRule[], before: RuleMarks, newest: Millis): RuleMarks {
  const marks = new Map<string, RuleMark>();
  for (const [name, mark] of before) {
    const gone = mark.gone ?? newest;
    if (gone > newest - graceMillis) marks.set(name, { ...mark, gone });
  }
  for (const rule of rules) marks.set(rule.name, markOf(rule, before, newest));
  return marks;
}

function markOf(rule: PlanRule, before: RuleMarks, newest: Millis): RuleMark {
  const { signature } = rule;
  const known = before.get(rule.name) ?? before.get(formerName(rule) ?? "");
  const fresh = { signature, quietUntil: null, since: null, gone: null };
  // The first plan of a task finds nothing before it.
  if (before.size === 0 || newest === -Infinity) return fresh;
  if (known === undefined) return { ...fresh, since: newest };
  if (known.signature === signature) return { ...known, gone: null };
  const warms = !rule.compiled.stateless && rule.text.raw.on_edit !== "alert_at_once";
  const { horizon, warmUp = horizon } = rule.compiled;
  return { ...fresh, quietUntil: warms ? newest + warmUp : null };
}

/** The full name that a renamed rule had, undefined for one that was not renamed. */
export function formerName({ text }: PlanRule): string | undefined {
  return typeof text.raw.was === "string" ? `${text.pack}/${text.raw.was}` : undefined;
}

/** Whether a rule has to keep a signal to itself. */
export function isQuiet(rule: PlanRule, signal: Signal, { quietUntil, since }: RuleMark): boolean {
  if (since !== null && signal.window !== null && signal.window.start <= since && hasEdges(rule)) return true;
  if (quietUntil === null || signal.output === "record") return false;
  if (signal.status === "firing") return signal.time <= quietUntil;
  // What ends an episode whose beginning was kept quiet is kept quiet too.
  const [began] = signal.episode ?? signal.occasion;
  return typeof began === "number" && began <= quietUntil;
}

/** Windows with fixed edges begin whether an event comes or not; others begin with an event that the rule has seen. */
function hasEdges({ text }: PlanRule): boolean {
  const { window } = text.raw;
  return isFields(window) && (window.tumbling !== undefined || window.hopping !== undefined);
}
