/** The plan: everything that the runtime needs, compiled and frozen. One plan serves tests, replay and production. */
import type { Condition, Expression, Template } from "../conditions/expression.ts";
import type { CompiledRule } from "../kinds/kind.ts";
import type { Stream } from "../model/contract.ts";
import type { LookupNeed } from "../model/lookup.ts";
import type { RuleText } from "../model/pack.ts";
import type { ProblemSite } from "../model/problem.ts";
import type { Millis } from "../model/time.ts";
import type { RulePersonal } from "../privacy/trace.ts";

export interface Plan {
  readonly streams: ReadonlyMap<string, Stream>;
  readonly rules: readonly PlanRule[];
  /** Aliases of all streams, for the scope. */
  readonly aliases: readonly string[];
  /** Packs by name, for status pages and the closing table. */
  readonly packs: readonly string[];
  /** Lists in Redis that packs name: whoever runs the plan fills them, and keeps them as they are there. */
  readonly lists: readonly LiveList[];
}

/** A list whose values lie in Redis. Compiled conditions keep the Set, so it changes in place. */
export interface LiveList {
  readonly key: string;
  readonly type: "string" | "number";
  /** Time between two readings. */
  readonly refresh: Millis;
  readonly values: Set<string | number>;
  /** Where the pack names it. */
  readonly site: ProblemSite;
}

export interface PlanRule {
  readonly index: number;
  /** `pack/rule`. */
  readonly name: string;
  readonly text: RuleText;
  readonly compiled: CompiledRule;
  readonly speech: Speech;
  readonly limit: Limit | undefined;
  /** Rows that the rule reads. */
  readonly lookups: readonly PlanLookup[];
  /** Where personal fields show in what it says; undefined when it reads none. */
  readonly personal: RulePersonal | undefined;
  /** Every path that its expressions read, and those of its context: all that it needs of an event. */
  readonly reads: readonly (readonly string[])[];
  /** Hash of what the rule means. */
  readonly revision: string;
  /** Hash of what decides whether state survives an edit. */
  readonly signature: string;
}

/** A lookup as one rule reads it. */
export interface PlanLookup extends Pick<LookupNeed, "fields" | "cache"> {
  readonly name: string;
  /** Renders the row's key from the events at hand. */
  readonly key: Template;
}

/** What an alert or record of the rule says. */
export interface Speech {
  readonly criteria: readonly Criterion[];
  readonly entities: readonly Entity[];
  readonly message: Template | undefined;
  /** The whole event, some fields of it, or nothing. */
  readonly context: "event" | readonly string[] | undefined;
  readonly labels: { readonly [name: string]: string };
  readonly runbook: string | undefined;
  readonly sinks: readonly string[];
  readonly outputs: readonly string[];
  readonly record: readonly { readonly name: string; readonly expression: Expression }[] | undefined;
}

export interface Criterion {
  readonly name: string;
  readonly condition: Condition;
}

/** A business id; several expressions where streams differ, of which the first with a value counts. */
export interface Entity {
  readonly name: string;
  readonly expressions: readonly Expression[];
}

export interface Limit {
  readonly max: number;
  readonly every: Millis;
  /** Positions in the rule's key, or expressions of the event. */
  readonly per: { readonly parts: readonly number[] } | { readonly expressions: readonly Expression[] };
}
