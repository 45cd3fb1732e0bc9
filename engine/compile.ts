/**
 * RulePack -> frozen Plan. Every rule of every pack is compiled, and every problem of all of them is returned at once;
 * there is a plan only when there is no error. Kinds do the work, this file brings them together.
 */
import { alertCycles, alertsName, alertStream } from "./compile/alerts.ts";
import { lintRule } from "./compile/lint.ts";
import { compileLookups } from "./compile/lookups.ts";
import { compileLimit, compileSpeech } from "./compile/speech.ts";
import type { LiveList, Plan, PlanRule } from "./compile/plan.ts";
import { revisionOf, signatureOf } from "./compile/revision.ts";
import { CompilerOfRule } from "./compile/rule_compiler.ts";
import { unusedNames } from "./compile/unused.ts";
import { liveLists, type PackWords, type ParamOverrides, unknownPacks, wordsOf } from "./compile/words.ts";
import { findKind } from "./kinds/mod.ts";
import type { CompiledRule } from "./kinds/kind.ts";
import type { Stream } from "./model/contract.ts";
import type { Pack, RuleText } from "./model/pack.ts";
import type { Problem } from "./model/problem.ts";
import { tracePersonal } from "./privacy/trace.ts";
import { inEventTime } from "./operators/event_time.ts";

export interface CompileInput {
  readonly packs: readonly Pack[];
  readonly streams: ReadonlyMap<string, Stream>;
}

export interface CompileOptions {
  /** Values of parameters by pack. */
  readonly params?: ParamOverrides;
  /** The deployment file that gives them, under `params`; without one, problems of them stand at the pack. */
  readonly paramsFile?: string;
}

/** Compiles packs to a plan; `plan` is undefined when there is an error among `problems`. */
export function compileProject(
  { packs, streams: declared }: CompileInput,
  { params = {}, paramsFile }: CompileOptions = {},
): { plan: Plan | undefined; problems: readonly Problem[] } {
  const problems: Problem[] = unknownPacks(packs, params, paramsFile);
  const streams = new Map([...declared, [alertsName, alertStream]]);
  const rules: PlanRule[] = [];
  const lists: LiveList[] = [];
  for (const pack of packs) {
    const words = wordsOf(pack, params, problems, paramsFile);
    lists.push(...liveLists(pack, words));
    problems.push(...unusedNames(pack));
    for (const text of pack.rules) {
      const rule = compileRule(pack, text, streams, words, rules.length, problems);
      if (rule !== undefined && text.status !== "disabled") rules.push(rule);
    }
  }
  problems.push(...alertCycles(rules));
  if (problems.some((found) => found.severity === "error")) return { plan: undefined, problems };
  // Without a rule over alerts nobody need feed their stream.
  const read = rules.some(({ compiled }) => compiled.inputs.some(({ stream }) => stream === alertStream));
  const fed = read ? streams : declared;
  const aliases = [...fed.values()].map((stream) => stream.alias);
  const names = packs.map((pack) => pack.name);
  return { plan: Object.freeze({ streams: fed, rules, aliases, packs: names, lists }), problems };
}

function compileRule(
  pack: Pack,
  text: RuleText,
  streams: ReadonlyMap<string, Stream>,
  words: PackWords,
  index: number,
  problems: Problem[],
): PlanRule | undefined {
  const kind = findKind(text.kind);
  if (kind === undefined) return undefined;
  const rule = new CompilerOfRule({ pack, text, streams, words });
  const found = kind.compile(rule);
  if (found === undefined) {
    problems.push(...rule.problems);
    return undefined;
  }
  const compiled = text.raw.evaluate === "event_time" ? evaluatedInOrder(found, text) : found;
  const speech = compileSpeech(rule, compiled, pack);
  const limit = compileLimit(rule, compiled);
  const lookups = compileLookups(rule, compiled.vocabulary, pack);
  lintRule(rule, compiled, limit);
  problems.push(...rule.problems);
  return Object.freeze({
    index,
    name: `${pack.name}/${text.id}`,
    text,
    compiled,
    speech,
    limit,
    lookups,
    personal: tracePersonal({
      streams: compiled.inputs.map(({ stream }) => stream),
      keys: compiled.inputs.map(({ key }) => key),
      readings: rule.readings,
    }),
    reads: [...rule.paths.values(), ...contextPaths(speech, compiled)],
    revision: revisionOf(rule, pack),
    signature: signatureOf(rule, compiled),
  });
}

/** What the context of a rule shows of its events: fields, or each whole. */
function contextPaths({ context }: PlanRule["speech"], { inputs }: CompiledRule): readonly (readonly string[])[] {
  if (context === undefined) return [];
  const aliases = inputs.map(({ stream }) => stream.alias);
  return aliases.flatMap((alias) => context === "event" ? [[alias]] : context.map((field) => [alias, field]));
}

/**
 * `evaluate: event_time`, where it changes anything: for what decides at an event, and for limits, which the thresholds
 * of customers may have too.
 */
function evaluatedInOrder(compiled: CompiledRule, { raw, kind }: RuleText): CompiledRule {
  if (!compiled.onArrival && raw.limit === undefined && kind !== "kpi") return compiled;
  const { operator, inputs, signature } = compiled;
  return { ...compiled, operator: inEventTime(operator, inputs), signature: ["event_time", ...signature] };
}
