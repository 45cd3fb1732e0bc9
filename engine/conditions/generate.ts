/** From emitted source to functions: the only place that makes code at run time. */
import type { Scope } from "../model/scope.ts";
import type { Value } from "../model/value.ts";
import { Emitter } from "./emit.ts";
import type { Term } from "./term.ts";

/** The function of a scope that gives a term's value, undefined when it has none. */
export function generateValue(term: Term): (scope: Scope) => Value | undefined {
  return generate((emitter) => {
    const code = emitter.value(term);
    return term.missing ? `${code} ?? undefined` : code;
  });
}

/** The function of a scope that tests a boolean term; undefined when it has no value. */
export function generateTest(term: Term): (scope: Scope) => boolean | undefined {
  return generate((emitter) => {
    if (!term.missing) return emitter.truth(term);
    return `${emitter.value(term)} ?? undefined`;
  });
}

/** Types were checked before, so the result is what the caller says. */
function generate<R>(emit: (emitter: Emitter) => string): (scope: Scope) => R {
  const emitter = new Emitter();
  const main = emitter.define(["s"], () => `return ${emit(emitter)};`);
  const names = emitter.captured.map((_, i) => `c${i}`);
  const source = `"use strict";\n${emitter.functions.join("\n")}\nreturn ${main};`;
  return new Function(...names, source)(...emitter.captured);
}
