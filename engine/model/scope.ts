/**
 * What compiled expressions read. One scope object exists per task and is refilled for every event, so that evaluation
 * allocates nothing and every property access stays monomorphic.
 */
import type { Change } from "./event.ts";
import type { Millis } from "./time.ts";
import type { Fields, Value } from "./value.ts";

export interface Scope {
  /** Event time of the deciding event, or the due time when a timer decides. */
  time: Millis;
  change: Change | undefined;
  /** Aggregates and features of the rule being judged, by the index that the compiler gave their name. */
  values: readonly (Value | undefined)[];
  /** Number of criteria met. */
  matched: number;
  score: number;
  decision: string;
  /** Rows of lookups by lookup name; undefined where the row does not exist. */
  lookup: Record<string, Fields | undefined>;
  /** Events by alias, under the property that `aliasProperty` names; undefined for a stream that is not at hand. */
  [alias: `$${string}`]: Fields | undefined;
}

type AliasProperty = `$${string}`;

const properties = new Map<string, AliasProperty>();

/** Property of the scope that holds the event of an alias. Made once: a text made anew is slow to look a property up by. */
export function aliasProperty(alias: string): AliasProperty {
  let property = properties.get(alias);
  if (property === undefined) properties.set(alias, property = `$${alias}`);
  return property;
}

/** A scope with every property in place, in one order, so that all code sees one hidden class. */
export function createScope(aliases: readonly string[]): Scope {
  const scope: Scope = {
    time: 0,
    change: undefined,
    values: [],
    matched: 0,
    score: 0,
    decision: "",
    lookup: {},
  };
  for (const alias of aliases) scope[aliasProperty(alias)] = undefined;
  return scope;
}
