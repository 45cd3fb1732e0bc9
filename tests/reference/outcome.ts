/** From what a rule saw to what leaves the engine: limits, resolved alerts and entities. */
import type { Severity } from "../../engine/model/alert.ts";
import type { Millis } from "../../engine/model/time.ts";
import type { Value } from "../../engine/model/value.ts";
import type { Values } from "./aggregates.ts";
import type { LogEvent } from "./log.ts";
import type { RuleMeaning, Signal } from "./rule.ts";

/** An alert or a record as it is compared: everything that the reference can know of it. */
export interface Said {
  readonly rule: string;
  readonly output: "alert" | "record";
  readonly status: "firing" | "resolved";
  readonly severity: Severity | null;
  readonly key: { readonly [name: string]: Value };
  readonly time: Millis;
  readonly window: { readonly start: Millis; readonly end: Millis } | null;
  readonly values: { readonly [name: string]: Value };
  readonly entities: { readonly [name: string]: Value };
  readonly suppressed: number;
}

/** Applies the limit in the order in which the alerts are raised (semantics 21). */
export function outcomeOf(rule: RuleMeaning, signals: readonly Signal[]): readonly Said[] {
  const ordered = signals.toSorted((a, b) => a.said.moment - b.said.moment || a.said.due - b.said.due);
  const limits = new Map<string, Passed>();
  const left = new Set<string>();
  return ordered.flatMap((signal) => {
    if (signal.status === "resolved") return left.has(signal.episode) ? [render(rule, signal, 0)] : [];
    const suppressed = signal.output === "record" ? 0 : passes(rule, signal, limits);
    if (suppressed === undefined) return [];
    left.add(signal.episode);
    return [render(rule, signal, suppressed)];
  });
}

interface Passed {
  readonly times: readonly Millis[];
  readonly suppressed: number;
}

/** How many alerts were held back since the last that passed; undefined when this one is held back itself. */
function passes(rule: RuleMeaning, signal: Signal, limits: Map<string, Passed>): number | undefined {
  const limit = signal.limit ?? rule.limit;
  if (limit === undefined) return 0;
  // A threshold's own limit is for its tenant and metric: the key (semantics 26).
  const own = signal.limit !== undefined || rule.limit?.per === undefined;
  const per = own ? signal.key : rule.limit?.per?.(signal.events[0], signal.key);
  if (per === undefined) return 0;
  const name = JSON.stringify([per, signal.limit?.name ?? null]);
  const { times, suppressed } = limits.get(name) ?? { times: [], suppressed: 0 };
  if (isHeldBack(signal.time, times, limit)) {
    limits.set(name, { times, suppressed: suppressed + 1 });
    return undefined;
  }
  limits.set(name, { times: [...times, signal.time], suppressed: 0 });
  return suppressed;
}

/** "The last that passed" is the newest in event time; an alert exactly `every` away is not held back. */
function isHeldBack(time: Millis, passed: readonly Millis[], { max, every }: { max: number; every: Millis }): boolean {
  const near = passed.filter((earlier) => Math.abs(time - earlier) < every).length;
  return passed.some((earlier) => time < earlier) ? near > 0 : near >= max;
}

function render(rule: RuleMeaning, signal: Signal, suppressed: number): Said {
  const { output, status, key, time, window } = signal;
  const severity = output === "record" ? null : signal.severity;
  const names = Object.keys(rule.key);
  return {
    rule: rule.id,
    output,
    status,
    severity,
    key: Object.fromEntries(key.map((part, i) => [names[i] ?? String(i), part])),
    time,
    window,
    values: known(signal.values),
    entities: entitiesOf(rule, signal.events),
    suppressed,
  };
}

/** An entity is the first of its expressions, over the events at hand, that has a value. */
function entitiesOf(rule: RuleMeaning, events: readonly LogEvent[]): { readonly [name: string]: Value } {
  return known(Object.fromEntries(
    Object.entries(rule.entities ?? {}).map((
      [name, of],
    ) => [name, events.map(of).find((value) => value !== undefined)]),
  ));
}

function known(values: Values): { readonly [name: string]: Value } {
  const found: Record<string, Value> = {};
  for (const [name, value] of Object.entries(values)) if (value !== undefined) found[name] = value;
  return found;
}
