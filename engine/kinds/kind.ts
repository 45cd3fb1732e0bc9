/** What a kind of rule is: schema, example and code in one file; `mod.ts` lists them. */
import type { Condition, Expression, Template, Vocabulary } from "../conditions/expression.ts";
import type { Severity } from "../model/alert.ts";
import type { Stream } from "../model/contract.ts";
import type { CarriedEvents, Operator } from "../model/operator.ts";
import type { Path, ProblemKind } from "../model/problem.ts";
import type { Scope } from "../model/scope.ts";
import type { Millis } from "../model/time.ts";
import type { Type } from "../model/type.ts";
import type { Fields, Value } from "../model/value.ts";

/** JSON Schema of one property of a rule. */
export type PropertySchema = Readonly<Record<string, unknown>>;

export interface Kind {
  readonly name: string;
  readonly summary: string;
  /** Properties beside those of every rule (`rule_schema.ts`), and which of all are required. */
  readonly properties: { readonly [name: string]: PropertySchema };
  readonly required: readonly string[];
  /** Properties of every rule that have no meaning for this kind. */
  readonly refuses?: readonly string[];
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
  /** How long a rule whose state began anew keeps its alerts to itself, where that is not the horizon. */
  readonly warmUp?: Millis;
  /** Whether the rule raises alerts, writes records, or both. */
  readonly speaks: { readonly alerts: boolean; readonly records: boolean };
  /** What messages, entities and context of the rule may name. */
  readonly vocabulary: Vocabulary;
  /** Equalities without which the rule never speaks, where they are not those of `where`: a filter's condition. */
  readonly requires?: Condition["requires"];
  /** Decides at an event, in the order of arrival unless `evaluate: event_time` says otherwise (runtime.md §2). */
  readonly onArrival: boolean;
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
  /** Equalities without which the condition cannot hold: what an index of rules is built from. */
  readonly requires: Condition["requires"];
  /** Severity when the rule's condition holds, undefined when it does not or has no value. Sets `scope.matched`. */
  readonly judge: (scope: Scope, undefinedCondition: () => void) => Severity | undefined;
}

/** Projects an event of a stream to the fields that are read later, by alias. */
export type Carry = (data: Fields, stream: string) => CarriedEvents | undefined;

export interface JudgeOptions {
  /** Whether the rule must have a condition; without one it always holds. */
  readonly required: boolean;
  /** Whether the rule must have a severity (default: when it must have a condition). */
  readonly graded?: boolean;
}

/** Reads one rule for a kind: knows where everything stands, so that a kind never handles line numbers. */
export interface RuleCompiler {
  readonly raw: Fields;
  /** Value at a path below the rule. */
  readonly at: (path: Path) => Value | undefined;
  /** Streams named by `on` (or at a path below the rule), reported when unknown. */
  readonly streams: (path: Path) => readonly Stream[];
  /** Vocabulary of this rule over streams, with values by name and builtins (default: `time`). */
  readonly vocabulary: (
    streams: readonly Stream[],
    more?: Partial<Pick<Vocabulary, "values" | "builtins">>,
  ) => Vocabulary;
  /** The expression at a path, or in a part of the text there; `use` says what is to be done with it, such as `sum`. */
  readonly expression: (
    path: Path,
    vocabulary: Vocabulary,
    accepts?: readonly Type["kind"][],
    part?: { readonly start: number; readonly end: number },
    use?: string,
  ) => Expression | undefined;
  readonly condition: (path: Path, vocabulary: Vocabulary) => Condition | undefined;
  readonly template: (path: Path, vocabulary: Vocabulary) => Template | undefined;
  /** Milliseconds of the duration at a path; undefined when the path is absent. */
  readonly duration: (path: Path) => Millis | undefined;
  /**
   * The key of several sides at a path such as `key: { left: …, right: … }`, each with its stream: the parts of each side
   * in their order, and the names. Undefined, reported, when they do not agree.
   */
  readonly keys: (
    path: Path,
    sides: readonly { readonly name: string; readonly stream: Stream }[],
  ) => { readonly parts: readonly (readonly Expression[])[]; readonly names: readonly string[] } | undefined;
  /** Inputs of a rule with `on` (or the streams given), `where`, `key`: one per stream, with the key's names. */
  readonly inputs: (
    streams?: readonly Stream[],
  ) => { inputs: readonly RuleInput[]; keyNames: readonly string[] } | undefined;
  /** `when` or `criteria`, and `severity`; see `JudgeOptions`. */
  readonly judge: (vocabulary: Vocabulary, options: JudgeOptions) => Judge | undefined;
  /**
   * What must be kept of an event so that messages, entities, context and conditions can be evaluated after it is gone:
   * undefined when nothing of the stream is read.
   */
  readonly carry: (vocabulary: Vocabulary) => Carry;
  readonly report: <A>(
    kind: ProblemKind<A>,
    path: Path,
    facts: A,
    at?: "key" | "value",
    range?: { readonly start: number; readonly end: number },
  ) => void;
}
