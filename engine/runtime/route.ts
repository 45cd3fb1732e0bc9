/**
 * Hop 3: which rules an event concerns. Rules whose condition requires `path == constant` stand in an index by that
 * constant, so that an event costs the same with ten and with a thousand rules that do not match.
 */
import type { PlanRule } from "../compile/plan.ts";
import type { Condition } from "../conditions/expression.ts";
import type { RuleInput } from "../kinds/kind.ts";
import type { Event } from "../model/event.ts";
import { type Fields, isFields, type Value } from "../model/value.ts";
import type { Clock } from "./clock.ts";
import type { Keeper } from "./keyed.ts";

/** One rule as one stream feeds it. */
export interface Entry {
  readonly rule: PlanRule;
  readonly input: RuleInput;
  /** Index of the input in the rule. */
  readonly inputIndex: number;
  readonly test: Condition["test"] | undefined;
  readonly clock: Clock;
  /** What keeps the rule's state; undefined for stateless rules. */
  readonly keeper: Keeper | undefined;
}

/** An index is built for a path that at least this many rules ask for: below, asking each rule is faster. */
const worthIndexing = 4;

interface PathIndex {
  readonly path: readonly string[];
  readonly entries: ReadonlyMap<Value, readonly Entry[]>;
}

/** The rules of one stream. */
export class Route {
  private readonly always: readonly Entry[];
  private readonly indexes: readonly PathIndex[];

  constructor(entries: readonly Entry[]) {
    const byPath = new Map<string, { entry: Entry; path: readonly string[]; value: string | number | boolean }[]>();
    for (const entry of entries) {
      for (const { path, value } of entry.input.where?.requires ?? entry.rule.compiled.requires ?? []) {
        const name = path.join(".");
        const asked = byPath.get(name) ?? [];
        byPath.set(name, asked);
        asked.push({ entry, path, value });
      }
    }
    const indexed = new Set<Entry>();
    const indexes: PathIndex[] = [];
    for (const asked of [...byPath.values()].sort((a, b) => b.length - a.length)) {
      const free = asked.filter(({ entry }) => !indexed.has(entry));
      if (free.length < worthIndexing) continue;
      const byValue = new Map<Value, Entry[]>();
      for (const { entry, value } of free) {
        byValue.set(value, [...byValue.get(value) ?? [], entry]);
        indexed.add(entry);
      }
      indexes.push({ path: free[0]?.path ?? [], entries: byValue });
    }
    this.indexes = indexes;
    this.always = entries.filter((entry) => !indexed.has(entry));
  }

  /** Calls `visit` for every rule that may concern the event. */
  visit(event: Event, visit: (entry: Entry, event: Event) => void): void {
    const { always, indexes } = this;
    for (let i = 0; i < always.length; i++) visit(always[i]!, event);
    for (let i = 0; i < indexes.length; i++) {
      const index = indexes[i]!;
      const found = index.entries.get(read(event.data, index.path));
      if (found !== undefined) { for (let j = 0; j < found.length; j++) visit(found[j]!, event); }
    }
  }
}

/** The value at a path whose first segment is the alias. */
function read(data: Fields, path: readonly string[]): Value {
  let value: Value = data;
  for (let i = 1; i < path.length; i++) {
    const name = path[i]!;
    if (!isFields(value)) return null;
    value = Object.hasOwn(value, name) ? value[name] ?? null : null;
  }
  return value;
}
