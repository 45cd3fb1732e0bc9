/** What a kind of rule is: schema, example and code in one file; `mod.ts` lists them. */
import type { Condition, Expression, Template, Vocabulary } from "../conditions/expression.ts";
import type { Severity } from "../model/alert.ts";
import type { Stream } from "../model/contract.ts";
import type { CarriedEvents, Operator } from "../model/operator.ts";
import type { Path, ProblemKind } from "../model/problem.ts";
import type { Scope } from "../model/scope.ts";
import type { Millis } from "../model/time.ts";
import type { Fields, Value } from "../model/value.ts";

/** JSON Schema of one property of a rule. */
export type PropertySchema = Readonly<Record<string, unknown>>;

export interface Kind {
  readonly name: string;
  readonly summary: string;
  /** Properties beside those of every rule (`rule_schema.ts`), and which of all are required. */
  readonly properties: { readonly [name: string]: PropertySchema };
  readonly required: readonly string[];
  /** A pack and its tests, executed by a test and shown in the reference. */
  readonly example: { readonly pack: string; readonly test: string };
  /** Compiles a rule whose structure is sound; reports every problem it finds and returns undefined when there was an error. */
  readonly compile: (compiler: RuleCompiler) => CompiledRule | undefined;
}

/** What a kind gives to the plan. */
export interface CompiledRule {
  readonly inputs: readonly RuleInput[];
  /** Names of the parts of the key (semantics.md 20); empty for one global key. */
  readonly keyNames: readonly string[];
  readonly operator: Operator;
  /** What decides whether state survives an edit, beside streams, key and where (runtime.md §6). */
  readonly signature: readonly Value[];
  /** Longest time that state of a key matters after its newest event, for retention checks; 0 for stateless kinds. */
  readonly horizon: Millis;
  /** Whether the rule raises alerts, writes records, or both. */
  readonly speaks: { readonly alerts: boolean; readonly records: boolean };
  /** What messages, entities and context of the rule may name. */
  readonly vocabulary: Vocabulary;
  /** Ids are made of topic, partition and offset, and alerts need not wait for a checkpoint. */
  readonly stateless: boolean;
}

export interface RuleInput {
  readonly stream: Stream;
  /** Admits events; undefined admits all. */
  readonly where: Condition | undefined;
  /** One expression per part of the key. */
  readonly key: readonly Expression[];
}

/** Decides whether and how badly: `when` or `criteria`, then `severity`. */
export interface Judge {
  /** Severity when the rule's condition holds, undefined when it does not or has no value. Sets `scope.matched`. */
  readonly judge: (scope: Scope, undefinedCondition: () => void) => Severity | undefined;
}

/** Projects an event of a stream to the fields that are read later, by alias. */
export type Carry = (data: Fields, stream: string) => CarriedEvents | undefined;

/** Reads one rule for a kind: knows where everything stands, so that a kind never handles line numbers. */
export interface RuleCompiler {
  readonly raw: Fields;
  /** Streams named by `on` (or at a path below the rule), reported when unknown. */
  readonly streams: (path: Path) => readonly Stream[];
  /** Vocabulary of this rule over streams, with values by name and builtins. */
  readonly vocabulary: (
    streams: readonly Stream[],
    more?: Partial<Pick<Vocabulary, "values" | "builtins">>,
  ) => Vocabulary;
  readonly expression: (path: Path, vocabulary: Vocabulary, accepts?: readonly string[]) => Expression | undefined;
  readonly condition: (path: Path, vocabulary: Vocabulary) => Condition | undefined;
  readonly template: (path: Path, vocabulary: Vocabulary) => Template | undefined;
  /** Milliseconds of the duration at a path; undefined when the path is absent. */
  readonly duration: (path: Path) => Millis | undefined;
  /** Inputs of a rule with `on`, `where`, `key`: one per stream, with the key's names. */
  readonly inputs: () => { inputs: readonly RuleInput[]; keyNames: readonly string[] } | undefined;
  /** `when` or `criteria`, and `severity`. */
  readonly judge: (vocabulary: Vocabulary) => Judge | undefined;
  /** Fields of the deciding event that must be kept for messages, entities and context: by alias, a projection. */
  readonly carry: (
    streams: readonly Stream[],
    vocabulary: Vocabulary,
  ) => (data: Fields, alias: string) => Fields | undefined;
  readonly report: <A>(
    kind: ProblemKind<A>,
    path: Path,
    facts: A,
    at?: "key" | "value",
    range?: { start: number; end: number },
  ) => void;
}
