/**
 * Every function of the rule language, by name: CEL's own, a few of strings, and `math`. A name has one entry for each
 * combination of argument types; what stands before the dot of a method is its first argument.
 */
import type { Type } from "../model/type.ts";
import type { Value } from "../model/value.ts";
import { conversionFunctions } from "./functions/conversions.ts";
import { mathFunctions } from "./functions/math.ts";
import { stringFunctions } from "./functions/strings.ts";
import { timeFunctions } from "./functions/time.ts";

export interface FunctionSpec {
  readonly name: string;
  /** `text.size()`, `size(text)`, `math.abs(x)`. */
  readonly form: "method" | "function" | "math";
  /** Kinds of the arguments, the receiver of a method first. */
  readonly takes: readonly Type["kind"][];
  /** How many of the arguments may be left out at the end. */
  readonly optional?: number;
  /** The last argument may be repeated. */
  readonly repeats?: true;
  readonly result: Type;
  /** It may have no value even where all arguments have one. */
  readonly partial: boolean;
  /** The call as JavaScript, each argument used once; or the function to call. */
  readonly inline?: (args: readonly string[]) => string;
  readonly run?: (...args: never[]) => Value | undefined;
}

/** Macros: their arguments are not all expressions, so the checker knows them itself. */
export const macros = ["has", "all", "exists", "exists_one", "filter", "map", "matches"] as const;

export const functions: readonly FunctionSpec[] = [
  ...stringFunctions,
  ...conversionFunctions,
  ...timeFunctions,
  ...mathFunctions,
];

/** Entries of a name in one form. */
export function overloads(name: string, form: FunctionSpec["form"]): readonly FunctionSpec[] {
  return functions.filter((spec) => spec.name === name && spec.form === form);
}

/** Every function as an author writes it: `text.size()`, `size(text)`, `math.abs(x)`. */
export function functionNames(): readonly string[] {
  const names = functions.map((spec) => (spec.form === "math" ? `math.${spec.name}` : spec.name));
  return [...new Set([...names, ...macros])].sort();
}
