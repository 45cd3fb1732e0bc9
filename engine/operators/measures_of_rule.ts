/** The `aggregate` map of a rule, compiled to measures: what each name folds or is computed from, and what is wrong with it. */
import { aggregates } from "../aggregates/mod.ts";
import type { Aggregate, Fold } from "../aggregates/aggregate.ts";
import type { Vocabulary } from "../conditions/expression.ts";
import { parseCall } from "../conditions/mod.ts";
import type { RuleCompiler } from "../kinds/kind.ts";
import type { Stream } from "../model/contract.ts";
import { comparePlaces, type Place } from "../model/event.ts";
import { type Path } from "../model/problem.ts";
import { ruleProblems } from "../model/problems/rules.ts";
import type { Scope } from "../model/scope.ts";
import { anyType, type Type } from "../model/type.ts";
import { type Fields, isFields, type Value } from "../model/value.ts";
import type { Window } from "../windows/window.ts";
import { buildMeasures, type Derived, type Leaf, type Measures } from "./measures.ts";

/** JSON Schema of an `aggregate` map. */
export const aggregateSchema = {
  type: "object",
  minProperties: 1,
  propertyNames: { pattern: "^[A-Za-z_][A-Za-z0-9_]*$" },
  additionalProperties: {
    anyOf: [{ type: ["string", "number", "boolean"] }, { type: "object", minProperties: 1, maxProperties: 1 }],
  },
  description: "Name → aggregate call such as `count()`, or an expression of the aggregates above it.",
} as const;

/** The measures at a path of a rule; undefined when one of them has a problem. */
export function compileMeasures(
  rule: RuleCompiler,
  path: Path,
  streams: readonly Stream[],
  window: Window,
): Measures | undefined {
  const raw = path.reduce<Value | undefined>((at, name) => (isFields(at) ? at[String(name)] : undefined), rule.raw);
  if (!isFields(raw)) return undefined;
  const leaves: Leaf[] = [];
  const derived: Derived[] = [];
  const vocabulary: Record<string, Vocabulary["values"][string]> = {};
  const signature: Record<string, Value> = {};
  const reader = new MeasureReader(rule, streams, window.shape === "sliding" && window.resolution === undefined);
  let sound = true;
  for (const [index, [name, spec]] of Object.entries(raw).entries()) {
    const measure = reader.read(name, spec, [...path, name], index, { ...vocabulary });
    if (measure === undefined) {
      // Whoever uses it below is not told as well that it does not exist.
      vocabulary[name] = { index, type: anyType, optional: true };
      sound = false;
      continue;
    }
    if (measure.leaf !== undefined) leaves.push(measure.leaf);
    if (measure.derived !== undefined) derived.push(measure.derived);
    if (measure.leaf !== undefined) signature[name] = measure.canonical;
    vocabulary[name] = { index, type: measure.type, optional: measure.optional };
  }
  return sound ? buildMeasures(Object.keys(raw), leaves, derived, vocabulary, signature) : undefined;
}

/** One entry of an `aggregate` map: it folds events, or is computed from those above it. */
export interface ReadMeasure {
  readonly leaf?: Leaf;
  readonly derived?: Derived;
  readonly type: Type;
  readonly optional: boolean;
  readonly canonical: string;
}

/** Reads one entry of an `aggregate` map after the other. */
export class MeasureReader {
  constructor(
    private readonly rule: RuleCompiler,
    private readonly streams: readonly Stream[],
    private readonly sliding: boolean,
  ) {}

  read(
    name: string,
    spec: Value,
    path: Path,
    index: number,
    above: Record<string, Vocabulary["values"][string]>,
  ): ReadMeasure | undefined {
    if (isFields(spec)) return this.readMap(name, spec, path, index);
    const call = typeof spec === "string" ? parseCall(spec) : undefined;
    const aggregate = call === undefined ? undefined : findAggregate(call.name);
    if (call !== undefined && aggregate !== undefined) return this.readCall(name, aggregate, call.args, path, index);
    const words = this.rule.vocabulary(this.streams, { values: above, builtins: ["time"] });
    const expression = this.rule.expression(path, { ...words, below: this.namesBelow(name, path) });
    if (expression === undefined) return undefined;
    return {
      derived: { index, expression },
      type: expression.type,
      optional: expression.mayBeMissing,
      canonical: expression.canonical,
    };
  }

  /** The entries that follow an entry of a map. */
  private namesBelow(name: string, path: Path): readonly string[] {
    const entries = this.rule.at(path.slice(0, -1));
    const names = isFields(entries) ? Object.keys(entries) : [];
    return names.includes(name) ? names.slice(names.indexOf(name) + 1) : [];
  }

  /** `distinct: { payments: payment.customer_id, orders: order.customer_id }`, with constants as `[map, 10]`. */
  private readMap(name: string, spec: Fields, path: Path, index: number): ReadMeasure | undefined {
    const [call, given] = Object.entries(spec)[0] ?? ["", null];
    const aggregate = findAggregate(call);
    const map = Array.isArray(given) ? given[0] : given;
    if (aggregate !== undefined && typeof map === "string") {
      return this.wrong(name, path, `"${call}:" is followed by a map stream → expression`, `write \`${call}(${map})\``);
    }
    if (aggregate === undefined || !isFields(map)) {
      return this.wrong(name, path, `"${call}" is no aggregate over a map stream → expression`);
    }
    const mapPath = [...path, call, ...(Array.isArray(given) ? [0] : [])];
    const readings: Record<string, (scope: Scope) => Value | undefined> = {};
    let type: Type | undefined;
    const canonical: string[] = [];
    for (const stream of Object.keys(map)) {
      const known = this.streams.find((candidate) => candidate.name === stream);
      if (known === undefined) {
        const facts = { stream, streams: this.streams.map((candidate) => candidate.name) };
        this.rule.report(ruleProblems.streamNotOfRule, [...mapPath, stream], facts, "key");
        return undefined;
      }
      const accepts = aggregate.parameters[0]?.accepts;
      const words = this.vocabularyOf([known]);
      const expression = this.rule.expression([...mapPath, stream], words, accepts, undefined, useOf(aggregate));
      if (expression === undefined) return undefined;
      readings[stream] = expression.evaluate;
      type = expression.type;
      canonical.push(`${stream}:${expression.canonical}`);
    }
    const constants = Array.isArray(given) ? given.slice(1) : [];
    const wrong = aggregate.check?.(constants);
    if (wrong !== undefined) return this.wrong(name, path, wrong.wrong, wrong.help);
    return this.leaf(aggregate, readings, type, constants, index, canonical.join(";"));
  }

  private readCall(
    name: string,
    aggregate: Aggregate,
    args: readonly { text: string; start: number; end: number }[],
    path: Path,
    index: number,
  ): ReadMeasure | undefined {
    const [first, ...rest] = args;
    const wanted = aggregate.parameters.filter((parameter) => parameter.optional !== true).length;
    if (args.length < wanted || args.length > aggregate.parameters.length) {
      const inside = "a condition belongs inside, as in `sum(payment.is_flagged ? payment.amount : 0)`";
      const help = args.length < wanted ? usageOf(aggregate) : `${usageOf(aggregate)}; ${inside}`;
      return this.wrong(name, path, `"${aggregate.name}" takes ${describeParameters(aggregate)}`, help);
    }
    const constants = rest.map((arg) => constantOf(arg.text));
    if (constants.some((constant) => constant === undefined)) {
      return this.wrong(name, path, `"${aggregate.name}" takes constants after its first argument`);
    }
    const reading = this.readArgument(aggregate, first, path);
    if (reading === undefined) return undefined;
    const known = constants.filter((constant) => constant !== undefined);
    const wrong = aggregate.check?.(known);
    if (wrong !== undefined) return this.wrong(name, path, wrong.wrong, wrong.help);
    return this.leaf(aggregate, reading.arguments, reading.type, known, index, reading.canonical);
  }

  /** What the first argument of a call gives for an event of each stream. */
  private readArgument(
    aggregate: Aggregate,
    first: { text: string; start: number; end: number } | undefined,
    path: Path,
  ): { arguments: Leaf["arguments"]; type: Type | undefined; canonical: string } | undefined {
    const byStream = (read: (stream: Stream) => (scope: Scope) => Value | undefined) =>
      Object.fromEntries(this.streams.map((stream) => [stream.name, read(stream)]));
    if (first === undefined) return { arguments: byStream(() => () => true), type: undefined, canonical: "" };
    const counted = this.streams.find((stream) => stream.alias === first.text.trim());
    if (counted !== undefined && aggregate.parameters[0]?.accepts.includes("boolean")) {
      return { arguments: { [counted.name]: () => true }, type: undefined, canonical: counted.alias };
    }
    const accepts = aggregate.parameters[0]?.accepts;
    const vocabulary = this.vocabularyOf(this.streams);
    const part = { start: first.start, end: first.end };
    const expression = this.rule.expression(path, vocabulary, accepts, part, useOf(aggregate));
    if (expression === undefined) return undefined;
    return { arguments: byStream(() => expression.evaluate), type: expression.type, canonical: expression.canonical };
  }

  private leaf(
    aggregate: Aggregate,
    readings: Leaf["arguments"],
    type: Type | undefined,
    constants: readonly Value[],
    index: number,
    argument: string,
  ): ReadMeasure {
    const fold = this.sliding ? removable(aggregate) : aggregate.fold;
    return {
      leaf: { index, fold: fold(constants), arguments: readings, countsMissing: aggregate.countsMissing === true },
      type: aggregate.type(type),
      optional: !aggregate.total,
      canonical: `${aggregate.name}(${[argument, ...constants.map(String)].join(",")})`,
    };
  }

  private vocabularyOf(streams: readonly Stream[]): Vocabulary {
    return this.rule.vocabulary(streams, { builtins: ["time"] });
  }

  private wrong(name: string, path: Path, wrong: string, help = aggregatesThereAre): undefined {
    this.rule.report(ruleProblems.badAggregate, path, { name, wrong, help });
    return undefined;
  }
}

const aggregatesThereAre = `aggregates are ${Object.keys(aggregates).map((known) => `${known}()`).join(", ")}`;

/** What a message says that was to be done: `sum`, `take percentile of`. */
function useOf({ name, verb }: Aggregate): string {
  return verb ?? `take ${name} of`;
}

/** The fold of a sliding window: an aggregate that cannot take a value back out is folded again from all of them. */
function removable(aggregate: Aggregate): Aggregate["fold"] {
  const make = aggregate.slidingFold ?? aggregate.fold;
  return (constants): Fold<unknown> => {
    const fold = make(constants);
    return fold.remove === undefined ? refolding(fold) : fold;
  };
}

/** A fold that keeps its values, so that it can take the oldest back out; its result costs one pass over them. */
function refolding(fold: Fold<unknown>): Fold<{ value: Value; place: Place }[]> {
  const folded = (kept: readonly { value: Value; place: Place }[]) =>
    kept.reduce((state, { value, place }) => fold.add(state, value, place), fold.empty());
  return {
    empty: () => [],
    add: (kept, value, place) => [...kept, { value, place }],
    merge: (into, other) => [...into, ...other],
    remove: (kept, _value, place) => kept.filter((one) => comparePlaces(one.place, place) !== 0),
    result: (kept, deciding) => fold.result(folded(kept), deciding),
    ...(fold.approximate === undefined ? {} : { approximate: (kept) => fold.approximate?.(folded(kept)) === true }),
  };
}

function findAggregate(name: string): Aggregate | undefined {
  return Object.entries(aggregates).find(([known]) => known === name)?.[1];
}

function describeParameters(aggregate: Aggregate): string {
  if (aggregate.parameters.length === 0) return "no arguments";
  return aggregate.parameters.map((parameter) => `${parameter.name}${parameter.optional ? " (optional)" : ""}`).join(
    ", ",
  );
}

function usageOf({ example }: Aggregate): string {
  return `write it as \`${example.call}\``;
}

/** A number or quoted string of a call's later arguments. */
function constantOf(text: string): Value | undefined {
  const trimmed = text.trim();
  if (/^-?\d+(\.\d+)?$/.test(trimmed)) return Number(trimmed);
  const quoted = /^(["'])(.*)\1$/.exec(trimmed);
  return quoted?.[2];
}
