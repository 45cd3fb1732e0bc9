/** What the other rooms know of a compiled expression; `mod.ts` makes them. */
import type { Scope } from "../model/scope.ts";
import type { Type } from "../model/type.ts";
import type { Value } from "../model/value.ts";

/** A CEL expression that was parsed, type-checked and turned into JavaScript. */
export interface Expression {
  readonly source: string;
  readonly type: Type;
  /** The value, or undefined when the expression has no value (language.md §2, missing and null). Never null. */
  readonly evaluate: (scope: Scope) => Value | undefined;
  /** False when the types guarantee a value. */
  readonly mayBeMissing: boolean;
  /** Every path the expression reads, once, in the order of appearance. */
  readonly reads: readonly Read[];
  /** The path when the whole expression is one path (`payment.provider`), else undefined: names a key part. */
  readonly path: readonly string[] | undefined;
  /** A text that is equal for expressions that mean the same: layout, comments and parentheses gone, params folded. */
  readonly canonical: string;
}

/** One path read by an expression: `payment.risk_score`, an aggregate `error_rate`, `change.before.quantity`. */
export interface Read {
  readonly path: readonly string[];
  readonly evaluate: (scope: Scope) => Value | undefined;
}

/** A condition tree that was compiled; a leaf without a value is false (semantics.md 14). */
export interface Condition {
  /** One-line rendering for alerts and explain. */
  readonly source: string;
  /** True when the condition holds; undefined when a single expression at the root has no value, which counts as false. */
  readonly test: (scope: Scope) => boolean | undefined;
  readonly reads: readonly Read[];
  readonly canonical: string;
  /**
   * Equalities that must all hold for the condition to hold, of the form path == constant string, number or boolean:
   * what the filter index of a stream is built from.
   */
  readonly requires: readonly { readonly path: readonly string[]; readonly value: string | number | boolean }[];
  /** The value that the types alone decide, when they do. */
  readonly constant: boolean | undefined;
}

/** A message: text with `{expression}` places. */
export interface Template {
  readonly source: string;
  readonly render: (scope: Scope) => string;
  readonly reads: readonly Read[];
}

/** The values of one list of a pack. Redis lists change in place, so compiled code keeps the Set itself. */
export interface ValueList {
  readonly type: "string" | "number";
  readonly values: Set<string | number>;
  /** Written into `canonical` instead of the contents, which are no part of a rule's meaning. */
  readonly name: string;
}

/** What an expression of one place in a rule may name. */
export interface Vocabulary {
  readonly aliases: {
    readonly [alias: string]: {
      readonly type: Type;
      /** The event may not be at hand: rules over several streams. */
      readonly optional: boolean;
      /** Where the fields are declared, for notes: `contracts/events/payment.schema.json`. */
      readonly schemaFile: string;
      /** Debezium streams give `change`. */
      readonly change: boolean;
    };
  };
  /** Aggregates or features that stand above, by name, with their index in `scope.values`. */
  readonly values: {
    readonly [name: string]: { readonly index: number; readonly type: Type; readonly optional: boolean };
  };
  readonly params: { readonly [name: string]: Value };
  readonly lists: { readonly [name: string]: ValueList };
  readonly lookups: { readonly [name: string]: { readonly fields: { readonly [field: string]: Type } } };
  /** Named conditions of the pack, as written. */
  readonly conditions: { readonly [name: string]: unknown };
  /** Aggregates or features that stand below: no name here, and a good guess what was meant. */
  readonly below?: readonly string[];
  /** Which of `time matched score decision` may be named here. */
  readonly builtins: readonly ("time" | "matched" | "score" | "decision")[];
}

/** A problem inside an expression or tree, relative to it: the caller knows file, rule and the path of the node. */
export interface LocalSite {
  /** Path below the node that was given (a leaf of a tree); empty for an expression. */
  readonly path: readonly (string | number)[];
  readonly at?: "key" | "value";
  /** Offsets into the text of the scalar at `path`. */
  readonly range?: { readonly start: number; readonly end: number };
}
