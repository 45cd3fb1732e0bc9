/**
 * Reads one rule for its kind: streams, keys, expressions and conditions at paths of the YAML, with every problem put
 * where it stands. Remembers what the spoken expressions read, so that windows carry only those fields.
 */
import type { Condition, Expression, LocalSite, Read, Template, Vocabulary } from "../conditions/expression.ts";
import { compileCondition, compileExpression, compileTemplate } from "../conditions/mod.ts";
import type { Carry, Judge, JudgeOptions, RuleCompiler, RuleInput } from "../kinds/kind.ts";
import type { Stream } from "../model/contract.ts";
import type { CarriedEvents } from "../model/operator.ts";
import type { Pack, RuleText } from "../model/pack.ts";
import { nearest, type Path, type Problem, problem, type ProblemKind } from "../model/problem.ts";
import { ruleProblems } from "../model/problems/rules.ts";
import { type Millis, parseDuration } from "../model/time.ts";
import type { Type } from "../model/type.ts";
import { type Fields, isFields, type Value } from "../model/value.ts";
import type { Reading } from "../privacy/trace.ts";
import { compileJudge } from "./judge.ts";
import { compileKey, compileSides } from "./key.ts";
import type { Criterion } from "./plan.ts";
import type { PackWords } from "./words.ts";

/** Properties whose expressions are evaluated after the event may be gone. */
const spoken = new Set(["when", "criteria", "severity", "recover", "entities", "message", "context", "record"]);

export interface RuleCompilation {
  readonly pack: Pack;
  readonly text: RuleText;
  readonly streams: ReadonlyMap<string, Stream>;
  readonly words: PackWords;
}

/** One rule being compiled. */
export class CompilerOfRule implements RuleCompiler {
  readonly raw: Fields;
  readonly problems: Problem[] = [];
  /** Canonical text of every expression, by path: what the revision is made of. */
  readonly canonical = new Map<string, string>();
  /** Criteria that the judge counts, for the alert. */
  criteria: readonly Criterion[] = [];
  /** Lookups that some expression reads. */
  readonly lookupsRead = new Set<string>();
  /** What each expression reads, in the order of compilation: where personal fields show. */
  readonly readings: Reading[] = [];
  /** Every path that some expression reads, by its text. */
  readonly paths = new Map<string, readonly string[]>();
  private readonly reads: Read[] = [];

  constructor(private readonly compilation: RuleCompilation) {
    this.raw = compilation.text.raw;
  }

  /** Value at a path below the rule. */
  at(path: Path): Value | undefined {
    let value: Value | undefined = this.raw;
    for (const name of path) {
      if (Array.isArray(value)) value = value[Number(name)];
      else value = isFields(value) ? value[String(name)] : undefined;
    }
    return value;
  }

  streams(path: Path): readonly Stream[] {
    const raw = this.at(path);
    const names = Array.isArray(raw) ? raw : [raw];
    return names.flatMap((name, i) => {
      const stream = this.compilation.streams.get(String(name));
      if (stream !== undefined) return [stream];
      const known = [...this.compilation.streams.keys()];
      const facts = { stream: String(name), nearest: nearest(String(name), known), known };
      this.report(ruleProblems.unknownStream, Array.isArray(raw) ? [...path, i] : path, facts);
      return [];
    });
  }

  vocabulary(streams: readonly Stream[], more: Partial<Pick<Vocabulary, "values" | "builtins">> = {}): Vocabulary {
    const { params, lists, lookups, conditions } = this.compilation.words;
    const aliases = Object.fromEntries(streams.map((stream) => [stream.alias, {
      type: stream.type,
      optional: streams.length > 1,
      schemaFile: stream.schemaFile,
      change: stream.format === "debezium",
    }]));
    return {
      aliases,
      params,
      lists,
      lookups,
      conditions,
      values: more.values ?? {},
      builtins: more.builtins ?? ["time"],
    };
  }

  expression(
    path: Path,
    vocabulary: Vocabulary,
    accepts?: readonly Type["kind"][],
    part?: { readonly start: number; readonly end: number },
    use?: string,
  ): Expression | undefined {
    const whole = String(this.at(path));
    const text = part === undefined ? whole : whole.slice(part.start, part.end);
    const expression = compileExpression(text, vocabulary, accepts, this.reporter(path, part?.start ?? 0), use);
    if (expression !== undefined) {
      const { canonical, reads, type } = expression;
      this.remember(path, canonical, reads);
      const isPath = expression.path !== undefined;
      this.readings.push({ path, reads, isPath, isBoolean: type.kind === "boolean", source: whole });
    }
    return expression;
  }

  condition(path: Path, vocabulary: Vocabulary): Condition | undefined {
    const condition = compileCondition(this.at(path), vocabulary, this.reporter(path, 0));
    if (condition !== undefined) this.remember(path, condition.canonical, condition.reads);
    return condition;
  }

  template(path: Path, vocabulary: Vocabulary): Template | undefined {
    const template = compileTemplate(String(this.at(path)), vocabulary, this.reporter(path, 0));
    if (template !== undefined) this.remember(path, template.source, template.reads);
    return template;
  }

  duration(path: Path): Millis | undefined {
    const text = this.at(path);
    return typeof text === "string" ? parseDuration(text) : undefined;
  }

  inputs(given?: readonly Stream[]): { inputs: readonly RuleInput[]; keyNames: readonly string[] } | undefined {
    const streams = given ?? this.streams(["on"]);
    const key = compileKey(this, streams, ["key"]);
    if (streams.length === 0 || key === undefined || this.problems.some((found) => found.severity === "error")) {
      return undefined;
    }
    const inputs = streams.map((stream) => ({
      stream,
      where: this.where(stream, streams),
      key: key.parts.get(stream.name) ?? [],
    }));
    return this.problems.some((found) => found.severity === "error") ? undefined : { inputs, keyNames: key.names };
  }

  keys(path: Path, sides: readonly { readonly name: string; readonly stream: Stream }[]) {
    return compileSides(this, path, sides);
  }

  /** `where` for one stream: a condition for all streams, or a map stream → condition. */
  private where(stream: Stream, streams: readonly Stream[]): Condition | undefined {
    if (this.raw.where === undefined) return undefined;
    const map = this.byStream(["where"], streams);
    if (map === undefined) return this.condition(["where"], this.vocabulary(streams));
    return map[stream.name] === undefined
      ? undefined
      : this.condition(["where", stream.name], this.vocabulary([stream]));
  }

  /** The map at a path when its names are all streams of the rule, else undefined. */
  byStream(path: Path, streams: readonly Stream[]): Fields | undefined {
    const value = this.at(path);
    if (!isFields(value)) return undefined;
    const names = Object.keys(value);
    return names.length > 0 && names.every((name) => streams.some((stream) => stream.name === name))
      ? value
      : undefined;
  }

  judge(vocabulary: Vocabulary, options: JudgeOptions): Judge | undefined {
    const compiled = compileJudge(this, vocabulary, options, this.compilation.pack.defaults.severity);
    this.criteria = compiled?.criteria ?? [];
    return compiled?.judge;
  }

  /** Fields are settled at the first event, when everything that the rule says has been compiled. */
  carry(vocabulary: Vocabulary): Carry {
    const projections = new Map<string, (data: Fields) => CarriedEvents | undefined>();
    return (data, stream) => {
      let project = projections.get(stream);
      if (project === undefined) projections.set(stream, project = this.projection(vocabulary, stream));
      return project(data);
    };
  }

  private projection(vocabulary: Vocabulary, streamName: string): (data: Fields) => CarriedEvents | undefined {
    const alias = this.compilation.streams.get(streamName)?.alias ?? streamName;
    if (!(alias in vocabulary.aliases)) return () => undefined;
    if (this.raw.context === "event") return (data) => ({ [alias]: data });
    const listed = Array.isArray(this.raw.context) ? this.raw.context.map(String) : [];
    const read = this.reads.filter((one) => one.path[0] === alias).map((one) => one.path[1] ?? "");
    const fields = [...new Set([...listed, ...read])];
    if (fields.length === 0) return () => undefined;
    return (data) => ({ [alias]: pick(data, fields) });
  }

  report<A>(
    kind: ProblemKind<A>,
    path: Path,
    facts: A,
    at: "key" | "value" = "value",
    range?: { start: number; end: number },
  ): void {
    const { file, id } = this.compilation.text;
    const site = { file, path: [...this.compilation.text.path, ...path], at, rule: id };
    this.problems.push(problem(kind, range === undefined ? site : { ...site, range }, facts));
  }

  /** Puts a problem of an expression where the expression stands. */
  private reporter(path: Path, shift: number) {
    return <A>(kind: ProblemKind<A>, facts: A, site: LocalSite): void => {
      const range = site.range === undefined
        ? undefined
        : { start: site.range.start + shift, end: site.range.end + shift };
      this.report(kind, [...path, ...site.path], facts, site.at ?? "value", range);
    };
  }

  private remember(path: Path, canonical: string, reads: readonly Read[]): void {
    this.canonical.set(path.join("\u0000"), canonical);
    this.notePaths(reads);
    if (spoken.has(String(path[0]))) this.keepFields(reads);
    for (const { path: [root, name] } of reads) if (root === "lookup") this.lookupsRead.add(name ?? "");
  }

  /** What is read of an event is kept for when it may be gone. */
  keepFields(reads: readonly Read[]): void {
    this.notePaths(reads);
    this.reads.push(...reads);
  }

  private notePaths(reads: readonly Read[]): void {
    for (const { path } of reads) this.paths.set(path.join("\u0000"), path);
  }
}

function pick(data: Fields, names: readonly string[]): Fields {
  const picked: Record<string, Value> = {};
  for (const name of names) {
    const value = Object.hasOwn(data, name) ? data[name] : undefined;
    if (value !== undefined) picked[name] = value;
  }
  return picked;
}
