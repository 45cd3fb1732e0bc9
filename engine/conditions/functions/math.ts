/** `math.…`: functions of doubles. What is not a finite number has no value. */
import { numberType } from "../../model/type.ts";
import type { FunctionSpec } from "../functions.ts";

const common = { form: "math", result: numberType, takes: ["number"], partial: false } as const;

function sqrt(x: number): number | undefined {
  return x < 0 ? undefined : Math.sqrt(x);
}

/** Natural logarithm; none for zero and below. */
function ln(x: number): number | undefined {
  return x > 0 ? Math.log(x) : undefined;
}

/** To the nearest integer, halves away from zero, as CEL's math.round. */
function round(x: number): number {
  return x < 0 ? -Math.round(-x) : Math.round(x);
}

export const mathFunctions: readonly FunctionSpec[] = [
  { ...common, name: "abs", inline: ([x]) => `Math.abs(${x})` },
  { ...common, name: "floor", inline: ([x]) => `Math.floor(${x})` },
  { ...common, name: "ceil", inline: ([x]) => `Math.ceil(${x})` },
  { ...common, name: "round", run: round },
  { ...common, name: "min", repeats: true, inline: (args) => `Math.min(${args.join(", ")})` },
  { ...common, name: "max", repeats: true, inline: (args) => `Math.max(${args.join(", ")})` },
  { ...common, name: "sqrt", partial: true, run: sqrt },
  { ...common, name: "ln", partial: true, run: ln },
];
