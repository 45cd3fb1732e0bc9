/** Functions of strings and sizes. A string is counted in Unicode code points, as CEL does. */
import { booleanType, numberType, stringType } from "../../model/type.ts";
import type { FunctionSpec } from "../functions.ts";

const method = { form: "method", partial: false } as const;

/** Any unit of a surrogate pair: without one, units are code points. */
const surrogate = /[\ud800-\udfff]/;
const notAscii = /[^\0-\x7f]/;

/** Number of code points. */
export function codePoints(text: string): number {
  if (!surrogate.test(text)) return text.length;
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** Characters from `start` up to `end`, counted in code points; no value outside of the text. */
function substring(text: string, start: number, end?: number): string | undefined {
  const size = codePoints(text);
  const last = end ?? size;
  if (!Number.isInteger(start) || !Number.isInteger(last)) return undefined;
  if (start < 0 || start > last || last > size) return undefined;
  return size === text.length ? text.slice(start, last) : [...text].slice(start, last).join("");
}

function lowerAscii(text: string): string {
  return notAscii.test(text) ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text.toLowerCase();
}

function upperAscii(text: string): string {
  return notAscii.test(text) ? text.replace(/[a-z]+/g, (letters) => letters.toUpperCase()) : text.toUpperCase();
}

/** Parts between separators; with a limit the last part keeps the rest. */
function split(text: string, separator: string, limit = -1): readonly string[] | undefined {
  if (!Number.isInteger(limit)) return undefined;
  if (limit === 0) return [];
  const parts = separator === "" ? [...text] : text.split(separator);
  if (limit < 0 || parts.length <= limit) return parts;
  return [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(separator)];
}

function sizes(form: "function" | "method"): readonly FunctionSpec[] {
  const common = { name: "size", form, result: numberType, partial: false };
  return [
    { ...common, takes: ["string"], run: codePoints },
    { ...common, takes: ["list"], inline: ([list]) => `${list}.length` },
    { ...common, takes: ["object"], inline: ([fields]) => `Object.keys(${fields}).length` },
  ];
}

export const stringFunctions: readonly FunctionSpec[] = [
  ...sizes("function"),
  ...sizes("method"),
  {
    ...method,
    name: "contains",
    takes: ["string", "string"],
    result: booleanType,
    inline: ([text, part]) => `${text}.includes(${part})`,
  },
  {
    ...method,
    name: "startsWith",
    takes: ["string", "string"],
    result: booleanType,
    inline: ([text, part]) => `${text}.startsWith(${part})`,
  },
  {
    ...method,
    name: "endsWith",
    takes: ["string", "string"],
    result: booleanType,
    inline: ([text, part]) => `${text}.endsWith(${part})`,
  },
  { ...method, name: "lowerAscii", takes: ["string"], result: stringType, run: lowerAscii },
  { ...method, name: "upperAscii", takes: ["string"], result: stringType, run: upperAscii },
  {
    ...method,
    name: "substring",
    takes: ["string", "number", "number"],
    optional: 1,
    result: stringType,
    partial: true,
    run: substring,
  },
  {
    ...method,
    name: "split",
    takes: ["string", "string", "number"],
    optional: 1,
    result: { kind: "list", of: stringType },
    partial: true,
    run: split,
  },
];
