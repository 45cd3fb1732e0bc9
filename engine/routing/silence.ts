/** Silences: for a time, alerts that match are told to nobody by routes. Sinks of rules and `always` get them all the same. */
import type { Condition } from "../conditions/expression.ts";
import { compileCondition } from "../conditions/mod.ts";
import { type Problem, problem } from "../model/problem.ts";
import type { Scope } from "../model/scope.ts";
import { formatTime, type Millis } from "../model/time.ts";
import { isFields, type Value } from "../model/value.ts";
import { alertVocabulary } from "./vocabulary.ts";

export interface Silence {
  readonly id: string;
  /** A condition over `alert`. */
  readonly match: string;
  readonly reason: string;
  readonly author: string;
  readonly starts: Millis;
  /** First moment at which it no longer holds. */
  readonly ends: Millis;
}

/** A silence that can be asked. */
export interface ReadySilence extends Silence {
  readonly condition: Condition;
}

/** Where silences are kept; the port of routes and of `vigie silence`. */
export interface Silences {
  /** All of them, those that are over included. */
  readonly all: () => Promise<readonly Silence[]>;
  /** Changes them; asked again with what is there when another changed them meanwhile. */
  readonly change: (change: (silences: readonly Silence[]) => readonly Silence[]) => Promise<void>;
}

/** The condition of a silence, or what is wrong with it; `file` names where it was typed. */
export function compileSilence(match: string, file: string): Condition | readonly Problem[] {
  const found: Problem[] = [];
  const condition = compileCondition(match, alertVocabulary, (kind, facts, { range }) => {
    found.push(problem(kind, { file, path: [], ...(range === undefined ? {} : { offset: range }) }, facts));
  });
  return condition === undefined || found.some(({ severity }) => severity === "error") ? found : condition;
}

/** Those that can be asked: one that a later Vigie wrote in words unknown here is left out. */
export function readySilences(silences: readonly Silence[]): readonly ReadySilence[] {
  return silences.flatMap((silence) => {
    const condition = compileSilence(silence.match, "silence");
    return "test" in condition ? [{ ...silence, condition }] : [];
  });
}

/** The silence that holds for an alert at a moment; undefined without one. */
export function silenceOf(silences: readonly ReadySilence[], scope: Scope, now: Millis): ReadySilence | undefined {
  return silences.find(({ starts, ends, condition }) => starts <= now && now < ends && condition.test(scope) === true);
}

const version = "1";

export function writeSilences(silences: readonly Silence[]): string {
  const written = silences.map(({ starts, ends, ...rest }) => ({
    ...rest,
    starts: formatTime(starts),
    ends: formatTime(ends),
  }));
  return version + JSON.stringify(written);
}

/** Reads what `writeSilences` wrote; none where nothing was written. */
export function readSilences(text: string | undefined): readonly Silence[] {
  if (text === undefined) return [];
  if (!text.startsWith(version)) throw new Error("The silences were written by a later version of Vigie");
  const written: Value = JSON.parse(text.slice(version.length));
  return (Array.isArray(written) ? written : []).filter(isFields).map((one) => ({
    id: String(one.id),
    match: String(one.match),
    reason: String(one.reason),
    author: String(one.author),
    starts: Date.parse(String(one.starts)),
    ends: Date.parse(String(one.ends)),
  }));
}
