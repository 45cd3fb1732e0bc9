/** Conversions between types: `string(…)`, `double(…)`, `int(…)`, `bool(…)`. What cannot be converted has no value. */
import { formatTime } from "../../model/time.ts";
import { booleanType, numberType, stringType, type Type } from "../../model/type.ts";
import type { FunctionSpec } from "../functions.ts";

/** A number as CEL and JSON write it; spaces, hexadecimal and infinities are none. */
const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

function parseNumber(text: string): number | undefined {
  const number = decimal.test(text) ? Number(text) : NaN;
  return Number.isFinite(number) ? number : undefined;
}

function parseInteger(text: string): number | undefined {
  const number = /^[+-]?\d+$/.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(number) ? number : undefined;
}

function parseBoolean(text: string): boolean | undefined {
  if (/^(1|t|true|TRUE|True)$/.test(text)) return true;
  return /^(0|f|false|FALSE|False)$/.test(text) ? false : undefined;
}

/** Seconds with a fraction and the unit, as CEL writes durations. */
function durationText(millis: number): string {
  return `${millis / 1_000}s`;
}

function conversion(
  name: string,
  from: Type["kind"],
  result: Type,
  how: Pick<FunctionSpec, "inline" | "run"> & { partial?: boolean },
): FunctionSpec {
  return { form: "function", name, takes: [from], result, partial: false, ...how };
}

const itself = { inline: ([x]: readonly string[]) => `${x}` };

export const conversionFunctions: readonly FunctionSpec[] = [
  conversion("string", "string", stringType, itself),
  conversion("string", "number", stringType, { inline: ([x]) => `String(${x})` }),
  conversion("string", "boolean", stringType, { inline: ([x]) => `String(${x})` }),
  conversion("string", "timestamp", stringType, { run: formatTime }),
  conversion("string", "duration", stringType, { run: durationText }),
  conversion("double", "number", numberType, itself),
  conversion("double", "string", numberType, { run: parseNumber, partial: true }),
  conversion("int", "number", numberType, { inline: ([x]) => `Math.trunc(${x})` }),
  conversion("int", "string", numberType, { run: parseInteger, partial: true }),
  conversion("int", "timestamp", numberType, { inline: ([x]) => `Math.floor(${x} / 1000)` }),
  conversion("bool", "boolean", booleanType, itself),
  conversion("bool", "string", booleanType, { run: parseBoolean, partial: true }),
];
